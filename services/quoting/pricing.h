// What price lists say a unit costs, and how they come to it. Pure: one engine for CalculatePrice
// and for the lines of quotes.
//
//   Pricing pricing(&catalogue, {"priceLists/retail", "EUR", today});
//   ListPrice price = pricing.Of("products/panel", "box", Decimal(12));
//   if (!price.problem) ... price.unit_price, price.volume_discount, price.steps
//
// The price of (list, product, unit) is, first that applies:
//   the list's item for that unit, by its method, rounded unless it is FIXED;
//   the price of the product's own unit, as many times as the unit holds it;
//   for a bundle, the prices of its components in that list, each as often as the bundle holds it.
// The volume discount is that of the highest tier reached by the quantity, counted in the unit that
// the item prices.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/time/civil_time.h>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/domain/decimal.h"
#include "leadstream/quoting/v1/calculation.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/price_list.pb.h"
#include "leadstream/quoting/v1/product.pb.h"
#include "services/quoting/catalogue.h"

namespace leadstream::quoting {

// So long a row of lists and bundles may lead to a price.
inline constexpr int kPriceNestingMax = 16;
// As many digits as a line's unit price may have after the point.
inline constexpr int kPriceDecimalsMax = 10;

// Where prices come from.
struct PriceSource {
  std::string price_list;  // "priceLists/retail"
  std::string currency;
  std::optional<absl::CivilDay> day;  // not given: whatever a list's validity is
};

// Why there is no price.
struct PriceProblem {
  v1::ErrorReason reason = v1::PRICE_MISSING;
  std::string field;  // of the line: "product", "unit", "quantity", "unit_price"
  std::string description;
};

struct ListPrice {
  std::optional<PriceProblem> problem;
  domain::Decimal unit_price;
  domain::Decimal volume_discount;  // off each unit
  std::vector<v1::PriceStep> steps;
};

class Pricing {
 public:
  // The catalogue outlives this, and remembers what was missing; then any problem may be answered.
  Pricing(Catalogue* catalogue, PriceSource source)
      : catalogue_(catalogue), source_(std::move(source)) {}

  const PriceSource& source() const { return source_; }
  ListPrice Of(const std::string& product, const std::string& unit,
               const domain::Decimal& quantity);

 private:
  // What one list says, before volume discounts; and the item whose tiers hold.
  struct Listed {
    std::optional<PriceProblem> problem;
    domain::Decimal amount;
    std::vector<v1::PriceStep> steps;
    const v1::PriceListItem* item = nullptr;
    domain::Decimal item_units = domain::Decimal(1);  // of the item's unit in the one asked for
    bool unknown = false;                             // something was missing
    bool too_deep = false;
  };
  // One product in one unit ("": its own) of one list.
  using Key = std::tuple<std::string, std::string, std::string>;

  Listed In(const std::string& list, const std::string& product, const std::string& unit, int depth,
            v1::ErrorReason endless);
  Listed Find(const v1::PriceList& list, const v1::Product& product, const std::string& unit,
              int depth);
  Listed ByMethod(const v1::PriceList& list, const v1::PriceListItem& item,
                  const v1::Product& product, int depth);
  Listed OfCost(const v1::PriceList& list, const v1::PriceListItem& item,
                const v1::Product& product);
  Listed OfBaseList(const v1::PriceListItem& item, const v1::Product& product, int depth);
  Listed OfComponents(const v1::PriceList& list, const v1::Product& product, int depth);
  std::optional<PriceProblem> ProblemOf(const v1::PriceList& list) const;
  const v1::PriceListItem* ItemFor(const v1::PriceList& list, const std::string& product,
                                   const std::string& unit);

  Catalogue* const catalogue_;
  const PriceSource source_;
  absl::flat_hash_map<Key, Listed> listed_;
  absl::flat_hash_map<Key, const v1::PriceListItem*> items_;
  absl::flat_hash_map<std::string, bool> indexed_;
};

// How many of the product's own units a unit is, and how finely it is sold; nothing: the product is
// not sold in it.
std::optional<v1::ProductUnit> FindUnit(const v1::Product& product, const std::string& unit);
// That it is not.
PriceProblem UnitUnknown(const v1::Product& product, const std::string& unit);

}  // namespace leadstream::quoting
