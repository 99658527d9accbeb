// Completes lines from the catalogue and a price list, and says why where it cannot.
//
//   LinePricing pricing(&catalogue, {quote.price_list(), quote.currency(), today});
//   pricing.Complete("lines[0]", GivenPrice::kIsOverride, &line);
//   if (auto refusal = pricing.refusal()) return *refusal;
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/domain/decision.h"
#include "leadstream/common/v1/document.pb.h"
#include "leadstream/quoting/v1/calculation.pb.h"
#include "services/quoting/catalogue.h"
#include "services/quoting/pricing.h"

namespace leadstream::quoting {

// What a price on the line means where the list has one too.
enum class GivenPrice {
  kIsOverride,     // it holds, if somebody says why
  kNeedsNoReason,  // it holds
  kIsReplaced,     // the list's holds
};

class LinePricing {
 public:
  LinePricing(Catalogue* catalogue, PriceSource source)
      : pricing_(catalogue, std::move(source)), catalogue_(catalogue) {}

  // Gives a line with a product what it lacks: description, unit, tax category and rate of the
  // product; price and volume discount of the list. Without a product or a price list it stays as
  // it is. Answers the steps to the list's price; a problem is kept, and named below `path`.
  std::vector<v1::PriceStep> Complete(const std::string& path, GivenPrice given,
                                      common::v1::Line* line);

  // All problems at once, with the reason of the first; nothing if there were none.
  std::optional<domain::Refusal> refusal() const;

 private:
  bool Describe(const std::string& path, common::v1::Line* line);
  void Add(const std::string& path, PriceProblem problem);

  Pricing pricing_;
  Catalogue* const catalogue_;
  std::vector<domain::FieldViolation> bad_;
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

// PRICE_LIST_CURRENCY_MISMATCH: the list that `field` of the request names has prices in another
// currency. Null: no list, no mismatch.
std::optional<domain::Refusal> CurrencyRefusal(const v1::PriceList* list,
                                               const std::string& currency,
                                               const std::string& field);

// The line as a changed one: what follows from the catalogue for the line before, and would be
// something else now, is taken off it, so that Complete gives it anew. False: nothing that prices
// depend on has changed, and what was quoted stays.
bool IsPricedAnew(const common::v1::Line& before, common::v1::Line* line);

}  // namespace leadstream::quoting
