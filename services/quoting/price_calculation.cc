#include "services/quoting/price_calculation.h"

#include <absl/strings/str_cat.h>

#include "common/domain/date.h"
#include "common/domain/lines.h"
#include "common/domain/money.h"
#include "common/domain/totals.h"
#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "services/quoting/line_pricing.h"
#include "services/quoting/price_steps.h"
#include "services/quoting/quote_amounts.h"

namespace leadstream::quoting {

using common::v1::Line;
using domain::Decimal;
using domain::Refusal;
using v1::CalculatePriceRequest;
using v1::PriceExplanation;
using v1::PriceStep;

namespace {

PriceSource SourceOf(const CalculatePriceRequest& request, const domain::Reader& reader) {
  return {request.price_list(), request.currency(),
          domain::DayOf(request.has_date() ? request.date()
                                           : domain::ToDate(domain::DayOf(reader.Now())))};
}

// Adds the steps from the price of a unit to what the line comes to.
void ExplainAmounts(const Line& line, PriceExplanation* explanation) {
  const auto add = [&](PriceStep::Kind kind, std::string text, const Decimal& amount) {
    *explanation->add_steps() =
        StepTo(kind, std::move(text), amount, "", line.product(), line.unit());
    return explanation->mutable_steps(explanation->steps_size() - 1);
  };
  const Decimal price = Decimal::Of(line.unit_price());
  const Decimal off = Decimal::Of(line.volume_discount());
  const Decimal quantity = Decimal::Of(line.quantity());
  const bool from_list = line.has_list_price() && Decimal::Of(line.list_price()) == price;
  if (!from_list) {
    const std::string& reason = line.price_override_reason();
    add(PriceStep::GIVEN_PRICE,
        reason.empty() ? "the price is given" : absl::StrCat("the price is given: ", reason),
        price);
  }
  if (off.IsPositive()) {
    auto* step =
        add(PriceStep::VOLUME_DISCOUNT,
            absl::StrCat(off.ToString(), " off each for ", quantity.ToString()), price - off);
    *step->mutable_change() = (-off).ToProto();
  }
  const Decimal base = quantity * (price - off);
  *add(PriceStep::QUANTITY, absl::StrCat(quantity.ToString(), " times that"), base)
       ->mutable_factor() = line.quantity();
  const Decimal net = domain::ToDecimal(line.net());
  if (net == base) return;
  std::string text = "rounded";
  if (line.has_discount_amount())
    text = absl::StrCat("less ", line.discount_amount().value(), ", ", text);
  if (line.has_discount_percent())
    text = absl::StrCat("less ", line.discount_percent().value(), " %, ", text);
  auto* step = add(PriceStep::LINE_DISCOUNT, std::move(text), net);
  *step->mutable_change() = (net - base).Rounded(kPriceDecimalsMax).ToProto();
  if (line.has_discount_percent()) *step->mutable_percent() = line.discount_percent();
}

void NameUnpriced(const domain::Lines& lines, bool has_list, Problems* bad) {
  for (int i = 0; i < lines.size(); ++i) {
    if (domain::IsPriced(lines[i]) || (has_list && !lines[i].product().empty())) continue;
    bad->push_back({absl::StrCat("lines[", i, "].unit_price"),
                    has_list ? "a line without a product has no price in the list; give it"
                             : "give the price, or a price list"});
  }
}

// What does not exist, and whether the list is the right one.
std::optional<Refusal> ReferenceProblem(const CalculatePriceRequest& request,
                                        Catalogue* catalogue) {
  const v1::PriceList* list =
      request.price_list().empty() ? nullptr : catalogue->Find<v1::PriceList>(request.price_list());
  if (!catalogue->missing().empty()) {
    return domain::Refuse(common::v1::REFERENCE_NOT_FOUND,
                          absl::StrCat("there is no ", catalogue->missing().front()));
  }
  return CurrencyRefusal(list, request.currency(), "price_list");
}

}  // namespace

std::optional<Refusal> CalculatePrice(const CalculatePriceRequest& request,
                                      const domain::Reader& reader,
                                      v1::CalculatePriceResponse* response) {
  domain::Lines& lines = *response->mutable_lines();
  int64_t next_line = 1;
  Problems bad = domain::AddLines(request.lines(), "lines", &lines, &next_line);
  NameUnpriced(request.lines(), !request.price_list().empty(), &bad);
  Catalogue catalogue(reader);
  LinePricing pricing(&catalogue, SourceOf(request, reader));
  for (int i = 0; i < lines.size(); ++i) {
    PriceExplanation& explanation = *response->add_explanations();
    explanation.set_line_id(lines[i].line_id());
    for (PriceStep& step :
         pricing.Complete(absl::StrCat("lines[", i, "]"), GivenPrice::kNeedsNoReason, &lines[i]))
      *explanation.add_steps() = std::move(step);
  }
  AddAmountProblems(request.currency(), lines, request.adjustments(), "", nullptr, &bad);
  if (!bad.empty())
    return domain::RefuseFields(v1::QUOTE_LINES_INVALID, "the lines cannot be priced", bad);
  if (auto refusal = ReferenceProblem(request, &catalogue)) return refusal;
  if (auto refusal = pricing.refusal()) return refusal;

  PriceLines(request.currency(), &lines);
  for (int i = 0; i < lines.size(); ++i)
    ExplainAmounts(lines[i], response->mutable_explanations(i));
  *response->mutable_totals() = domain::TotalsOf(request.currency(), lines, request.adjustments());
  return std::nullopt;
}

}  // namespace leadstream::quoting
