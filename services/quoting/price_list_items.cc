#include "services/quoting/price_list_items.h"

#include <absl/algorithm/container.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include <iterator>

#include "common/domain/decimal.h"
#include "leadstream/quoting/v1/product.pb.h"
#include "services/quoting/bundle.h"

namespace leadstream::quoting {

using domain::Decimal;
using domain::FieldViolation;
using v1::PriceList;
using v1::PriceListItem;
using v1::Product;
using v1::RoundingPolicy;
using v1::VolumeTier;

namespace {

using Problems = std::vector<FieldViolation>;

bool IsFixed(const PriceListItem& item) {
  return item.method() == PriceListItem::FIXED ||
         item.method() == PriceListItem::METHOD_UNSPECIFIED;
}
bool IsOfCost(const PriceListItem& item) {
  return item.method() == PriceListItem::MARKUP || item.method() == PriceListItem::MARGIN;
}

// What each method is given, and nothing that belongs to another.
void CheckMethod(const PriceListItem& item, const std::string& path, Problems* bad) {
  const bool of_list = item.method() == PriceListItem::PERCENT_OF_LIST;
  const auto check = [&](bool given, bool wanted, absl::string_view field) {
    if (given == wanted) return;
    bad->push_back({absl::StrCat(path, ".", field),
                    wanted ? "is what this method starts from" : "has no place in this method"});
  };
  check(item.has_amount(), IsFixed(item), "amount");
  check(item.has_percent(), !IsFixed(item), "percent");
  check(!item.base_list().empty(), of_list, "base_list");
  if (item.cost() != PriceListItem::COST_UNSPECIFIED) check(true, IsOfCost(item), "cost");
  if (item.has_rounding()) check(true, !IsFixed(item), "rounding");
  if (item.method() == PriceListItem::MARGIN && Decimal::Of(item.percent()) >= Decimal(100))
    bad->push_back({path + ".percent", "a margin is below 100: no price is all margin"});
}

void CheckTiers(const PriceListItem& item, const std::string& path, Problems* bad) {
  for (int i = 0; i < item.tiers_size(); ++i) {
    const VolumeTier& tier = item.tiers(i);
    const std::string at = absl::StrCat(path, ".tiers[", i, "]");
    if (i > 0 &&
        Decimal::Of(tier.from_quantity()) <= Decimal::Of(item.tiers(i - 1).from_quantity()))
      bad->push_back({at + ".from_quantity", "is not above that of the tier before"});
    if (tier.has_amount() == tier.has_percent())
      bad->push_back({at + ".amount", "give one of amount and percent"});
    if (IsFixed(item) && Decimal::Of(tier.amount()) > Decimal::Of(item.amount()))
      bad->push_back({at + ".amount", "is above the price"});
  }
}

void CheckReferences(const PriceListItem& item, const std::string& path, const PriceList& list,
                     Catalogue* catalogue, Problems* bad) {
  if (!item.unit().empty()) {
    const auto* product = catalogue->Find<Product>(item.product());
    const auto has_unit = [&](const auto& units) {
      return absl::c_any_of(units, [&](const auto& unit) { return unit.unit() == item.unit(); });
    };
    if (product != nullptr && item.unit() != product->unit() && !has_unit(product->units()) &&
        !has_unit(product->sold().units()))
      bad->push_back({path + ".unit", "is no unit that the product is sold in"});
  }
  if (item.base_list().empty()) return;
  if (item.base_list() == list.name()) {
    bad->push_back({path + ".base_list", "is the list itself"});
  } else if (const auto* base = catalogue->Find<PriceList>(item.base_list());
             base != nullptr && base->currency() != list.currency()) {
    bad->push_back({path + ".base_list",
                    absl::StrCat("is in ", base->currency(), ", not in ", list.currency())});
  }
}

}  // namespace

int FindItem(const Items& items, absl::string_view product, absl::string_view unit) {
  const auto at = absl::c_find_if(items, [&](const PriceListItem& item) {
    return item.product() == product && item.unit() == unit;
  });
  return at == items.end() ? -1 : static_cast<int>(std::distance(items.begin(), at));
}

void WriteOwnUnitsEmpty(Catalogue* catalogue, Items* items) {
  for (PriceListItem& item : *items) {
    const auto* product = catalogue->Find<Product>(item.product());
    if (product != nullptr && item.unit() == product->unit()) item.clear_unit();
  }
}

std::vector<FieldViolation> ItemProblems(const Items& items, absl::string_view path,
                                         const PriceList& list, Catalogue* catalogue) {
  Problems bad;
  absl::flat_hash_set<std::pair<std::string, std::string>> priced;
  for (int i = 0; i < items.size(); ++i) {
    const PriceListItem& item = items[i];
    const std::string at = absl::StrCat(path, "[", i, "]");
    if (!priced.emplace(item.product(), item.unit()).second)
      bad.push_back({at + ".product", "has an earlier item for this unit"});
    CheckMethod(item, at, &bad);
    CheckTiers(item, at, &bad);
    CheckReferences(item, at, list, catalogue, &bad);
    absl::c_move(RoundingProblems(item.rounding(), at + ".rounding"), std::back_inserter(bad));
  }
  return bad;
}

std::vector<FieldViolation> RoundingProblems(const RoundingPolicy& policy,
                                             const std::string& path) {
  Problems bad;
  const Decimal step = Decimal::Of(policy.step());
  const Decimal ending = Decimal::Of(policy.ending());
  if (policy.has_step() && !step.IsPositive())
    bad.push_back({path + ".step", "must be above zero"});
  if (ending.IsPositive() && ending >= step)
    bad.push_back({path + ".ending", "must be less than the step"});
  return bad;
}

}  // namespace leadstream::quoting
