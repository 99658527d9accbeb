#include "services/quoting/price_calculation.h"

#include <absl/strings/str_cat.h>

#include "common/domain/lines.h"
#include "common/domain/totals.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "services/quoting/quote_amounts.h"

namespace leadstream::quoting {

std::optional<domain::Refusal> CalculatePrice(const v1::CalculatePriceRequest& request,
                                              const domain::Reader&,
                                              v1::CalculatePriceResponse* response) {
  domain::Lines& lines = *response->mutable_lines();
  int64_t next_line = 1;
  Problems bad = domain::AddLines(request.lines(), "lines", &lines, &next_line);
  for (int i = 0; i < request.lines_size(); ++i) {
    if (!domain::IsPriced(request.lines(i))) {
      bad.push_back({absl::StrCat("lines[", i, "].unit_price"),
                     "there are no price lists yet; give the price"});
    }
  }
  if (!request.price_list().empty())
    bad.push_back({"price_list", "there are no price lists yet; give the price on each line"});
  AddAmountProblems(request.currency(), lines, request.adjustments(), "", nullptr, &bad);
  if (!bad.empty())
    return domain::RefuseFields(v1::QUOTE_LINES_INVALID, "the lines cannot be priced", bad);

  PriceLines(request.currency(), &lines);
  *response->mutable_totals() = domain::TotalsOf(request.currency(), lines, request.adjustments());
  return std::nullopt;
}

}  // namespace leadstream::quoting
