#include "services/quoting/quote_amounts.h"

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <utility>

#include "common/domain/date.h"
#include "common/domain/decimal.h"
#include "common/domain/totals.h"
#include "leadstream/quoting/v1/error_reason.pb.h"

namespace leadstream::quoting {
namespace {

// "lines[2].unit_price" -> 2 and ".unit_price"; false for anything else.
bool SplitLinePath(absl::string_view path, int* index, absl::string_view* rest) {
  if (!absl::ConsumePrefix(&path, "lines[")) return false;
  const size_t end = path.find(']');
  if (end == absl::string_view::npos || !absl::SimpleAtoi(path.substr(0, end), index)) return false;
  *rest = path.substr(end + 1);
  return true;
}

std::string RequestPath(const std::string& path, absl::string_view document,
                        const PathOfLine& path_of_line) {
  int index = 0;
  absl::string_view rest;
  if (path_of_line && SplitLinePath(path, &index, &rest)) {
    const std::string line = path_of_line(index);
    if (!line.empty()) return absl::StrCat(line, rest);
  }
  return absl::StrCat(document, document.empty() ? "" : ".", path);
}

void AddProblem(std::string field, std::string description, Problems* problems) {
  const bool named = std::any_of(problems->begin(), problems->end(),
                                 [&](const auto& problem) { return problem.field == field; });
  if (!named) problems->push_back({std::move(field), std::move(description)});
}

}  // namespace

void AddAmountProblems(absl::string_view currency, const domain::Lines& lines,
                       const common::v1::Adjustments& adjustments, absl::string_view document,
                       const PathOfLine& path_of_line, Problems* problems) {
  // An update that takes the quantity away has passed the annotations, which look at what it
  // brings.
  for (int i = 0; i < lines.size(); ++i) {
    if (domain::Decimal::Of(lines[i].quantity()).IsPositive()) continue;
    AddProblem(RequestPath(absl::StrCat("lines[", i, "].quantity"), document, path_of_line),
               "must be above zero", problems);
  }
  for (const domain::FieldViolation& problem :
       domain::DocumentProblems(currency, lines, adjustments)) {
    AddProblem(RequestPath(problem.field, document, path_of_line), problem.description, problems);
  }
}

void PriceLines(absl::string_view currency, domain::Lines* lines, int first) {
  for (int i = first; i < lines->size(); ++i) domain::PriceLine(currency, &(*lines)[i]);
}

void ComputeTotals(v1::Quote* quote) {
  *quote->mutable_totals() =
      domain::TotalsOf(quote->currency(), quote->lines(), quote->adjustments());
}

PriceSource SourceOf(const v1::Quote& quote, const domain::Context* context) {
  PriceSource source{quote.price_list(), quote.currency(), std::nullopt};
  if (context != nullptr) source.day = domain::DayOf(context->now);
  return source;
}

domain::Refusal RefuseEdit(const v1::Quote& quote) {
  if (quote.state() == v1::Quote::WON)
    return domain::Refuse(v1::QUOTE_NOT_DRAFT, "an accepted quote stays as it was accepted");
  return domain::Refuse(v1::QUOTE_NOT_DRAFT,
                        absl::StrCat("only a draft can be changed; this quote is ",
                                     v1::Quote::State_Name(quote.state()), ": revise it first"));
}

}  // namespace leadstream::quoting
