#include <absl/strings/str_cat.h>

#include "common/domain/date.h"
#include "common/domain/lines.h"
#include "common/domain/totals.h"
#include "services/quoting/line_pricing.h"
#include "services/quoting/quote_amounts.h"
#include "services/quoting/quote_rules.h"

namespace leadstream::quoting {
namespace {

using common::v1::Line;
using domain::Found;
using domain::Lines;
using domain::Refuse;
using domain::RefuseFields;

// Completes lines that are being added, as "lines[0]" where `path` is "lines".
void CompleteLines(absl::string_view path, LinePricing* pricing, Lines* lines) {
  for (int i = 0; i < lines->size(); ++i)
    pricing->Complete(absl::StrCat(path, "[", i, "]"), GivenPrice::kIsOverride, &(*lines)[i]);
}

// The line of an update as it becomes, priced anew if prices may follow from what changed.
void CompleteLine(const Line& before, LinePricing* pricing, Line* line) {
  if (IsPricedAnew(before, line)) pricing->Complete("line", GivenPrice::kIsOverride, line);
}

}  // namespace

std::vector<std::string> Needs(const Quote& quote, const AddQuoteLinesRequest& request,
                               const Found& found) {
  Catalogue catalogue(&found);
  LinePricing pricing(&catalogue, SourceOf(quote));
  Lines lines = request.lines();
  CompleteLines("lines", &pricing, &lines);
  return catalogue.missing();
}

Decision Decide(const Quote& quote, const AddQuoteLinesRequest& request, const Context& context) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Catalogue catalogue(context.found);
  LinePricing pricing(&catalogue, SourceOf(quote, &context));
  Lines lines = request.lines();
  CompleteLines("lines", &pricing, &lines);

  Quote after = quote;
  const int first = quote.lines_size();
  int64_t next_line = quote.next_line();
  Problems bad = domain::AddLines(lines, "lines", after.mutable_lines(), &next_line);
  const auto path = [first](int index) {
    return index < first ? "" : absl::StrCat("lines[", index - first, "]");
  };
  AddAmountProblems(after.currency(), after.lines(), after.adjustments(), "quote", path, &bad);
  if (!bad.empty()) return RefuseFields(QUOTE_LINES_INVALID, "the lines cannot be added", bad);
  if (auto refusal = pricing.refusal()) return *refusal;

  PriceLines(after.currency(), after.mutable_lines(), first);
  ComputeTotals(&after);
  QuoteLinesAdded added;
  added.mutable_lines()->Add(after.lines().begin() + first, after.lines().end());
  added.set_next_line(next_line);
  *added.mutable_totals() = after.totals();
  added.set_opportunity(quote.opportunity());
  return added;
}

void Evolve(const QuoteLinesAdded& event, Quote* quote) {
  domain::PutLines(event.lines(), quote->mutable_lines());
  quote->set_next_line(event.next_line());
  *quote->mutable_totals() = event.totals();
  quote->clear_discount_approval();
}

std::vector<std::string> Needs(const Quote& quote, const UpdateQuoteLineRequest& request,
                               const Found& found) {
  Catalogue catalogue(&found);
  LinePricing pricing(&catalogue, SourceOf(quote));
  const Line* before = domain::FindLine(request.line().line_id(), quote.lines());
  if (before == nullptr) return {};
  Lines lines;
  *lines.Add() = *before;
  domain::UpdateLine(request.line(), request.update_mask(), "line", &lines);
  CompleteLine(*before, &pricing, &lines[0]);
  return catalogue.missing();
}

Decision Decide(const Quote& quote, const UpdateQuoteLineRequest& request, const Context& context) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Catalogue catalogue(context.found);
  LinePricing pricing(&catalogue, SourceOf(quote, &context));
  Quote after = quote;
  Problems bad =
      domain::UpdateLine(request.line(), request.update_mask(), "line", after.mutable_lines());
  for (int i = 0; i < after.lines_size() && bad.empty(); ++i) {
    if (after.lines(i).line_id() == request.line().line_id())
      CompleteLine(quote.lines(i), &pricing, after.mutable_lines(i));
  }
  const auto path = [&](int index) {
    return after.lines(index).line_id() == request.line().line_id() ? "line" : "";
  };
  AddAmountProblems(after.currency(), after.lines(), after.adjustments(), "quote", path, &bad);
  if (!bad.empty()) return RefuseFields(QUOTE_LINES_INVALID, "the line cannot become so", bad);
  if (auto refusal = pricing.refusal()) return *refusal;

  PriceLines(after.currency(), after.mutable_lines());
  ComputeTotals(&after);
  QuoteLineUpdated updated;
  *updated.mutable_line() = *domain::FindLine(request.line().line_id(), after.lines());
  *updated.mutable_totals() = after.totals();
  updated.set_opportunity(quote.opportunity());
  return updated;
}

void Evolve(const QuoteLineUpdated& event, Quote* quote) {
  Lines line;
  *line.Add() = event.line();
  domain::PutLines(line, quote->mutable_lines());
  *quote->mutable_totals() = event.totals();
  quote->clear_discount_approval();
}

Decision Decide(const Quote& quote, const RemoveQuoteLineRequest& request, const Context&) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Quote after = quote;
  Problems bad = domain::RemoveLine(request.line_id(), "line_id", after.mutable_lines());
  AddAmountProblems(after.currency(), after.lines(), after.adjustments(), "quote", nullptr, &bad);
  if (!bad.empty()) return RefuseFields(QUOTE_LINES_INVALID, "the line cannot be removed", bad);

  ComputeTotals(&after);
  QuoteLineRemoved removed;
  removed.set_line_id(request.line_id());
  *removed.mutable_totals() = after.totals();
  removed.set_opportunity(quote.opportunity());
  return removed;
}

void Evolve(const QuoteLineRemoved& event, Quote* quote) {
  domain::DropLine(event.line_id(), quote->mutable_lines());
  *quote->mutable_totals() = event.totals();
  quote->clear_discount_approval();
}

}  // namespace leadstream::quoting
