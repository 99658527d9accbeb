#include "services/opportunity/opportunity_checks.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <utility>

#include "common/domain/money.h"
#include "common/domain/totals.h"

namespace leadstream::opportunity {
namespace {

using domain::FieldViolation;
using v1::Opportunity;

constexpr int kProbabilityMax = 100;

// "lines[7].unit_price" of the document, as the request that holds its lines from `known` on in
// `path` names it.
std::string PathInRequest(absl::string_view field, int known, const std::string& path) {
  absl::string_view rest = field;
  int index = 0;
  if (!absl::ConsumePrefix(&rest, "lines[")) return path;
  const size_t end = rest.find(']');
  if (!absl::SimpleAtoi(rest.substr(0, end), &index) || index < known) return path;
  return absl::StrCat(path, "[", index - known, "]", rest.substr(end + 1));
}

}  // namespace

void Problems::Add(v1::ErrorReason reason, std::string field, std::string description) {
  const auto is_named = [&](const FieldViolation& bad) { return bad.field == field; };
  if (std::any_of(bad_.begin(), bad_.end(), is_named)) return;
  if (bad_.empty()) reason_ = reason;
  bad_.push_back({std::move(field), std::move(description)});
}

void Problems::Add(v1::ErrorReason reason, const std::vector<FieldViolation>& bad) {
  for (const FieldViolation& violation : bad) Add(reason, violation.field, violation.description);
}

domain::Refusal Problems::Refused() const {
  return domain::RefuseFields(
      reason_, absl::StrCat(bad_.front().field, ": ", bad_.front().description), bad_);
}

bool IsOpen(const Opportunity& opportunity) { return opportunity.state() == Opportunity::OPEN; }

domain::Refusal RefuseNotOpen(absl::string_view what) {
  return domain::Refuse(v1::OPPORTUNITY_NOT_OPEN, absl::StrCat("only an open opportunity ", what));
}

void CheckCurrency(absl::string_view currency, const google::type::Money& money,
                   const std::string& field, Problems* problems) {
  if (money.currency_code() == currency) return;
  problems->Add(
      v1::OPPORTUNITY_CURRENCY_MISMATCH, field,
      absl::StrCat("is in ", money.currency_code(), "; the opportunity is in ", currency));
}

void CheckFields(const Opportunity& opportunity, Problems* problems) {
  if (opportunity.account().empty() && opportunity.contact().empty()) {
    problems->Add(v1::OPPORTUNITY_CUSTOMER_MISSING, "opportunity.account",
                  "an opportunity has an account or a contact");
    problems->Add(v1::OPPORTUNITY_CUSTOMER_MISSING, "opportunity.contact",
                  "an opportunity has an account or a contact");
  }
  const std::string& currency = opportunity.currency();
  if (opportunity.has_estimated_revenue()) {
    CheckCurrency(currency, opportunity.estimated_revenue(), "opportunity.estimated_revenue",
                  problems);
  }
  if (opportunity.has_budget())
    CheckCurrency(currency, opportunity.budget(), "opportunity.budget", problems);
  if (opportunity.probability() < 0 || opportunity.probability() > kProbabilityMax) {
    problems->Add(v1::OPPORTUNITY_PROBABILITY_INVALID, "opportunity.probability",
                  "is a percentage from 0 to 100");
  }
  if (opportunity.forecast_category() == Opportunity::CLOSED) {
    problems->Add(v1::OPPORTUNITY_FORECAST_CATEGORY_INVALID, "opportunity.forecast_category",
                  "CLOSED comes with winning");
  }
}

void CheckLines(absl::string_view currency, const domain::Lines& lines, int known,
                const std::string& path, Problems* problems) {
  for (const FieldViolation& bad : domain::DocumentProblems(currency, lines, {})) {
    problems->Add(v1::OPPORTUNITY_LINES_INVALID, PathInRequest(bad.field, known, path),
                  bad.description);
  }
}

void CheckLine(absl::string_view currency, const domain::Lines& lines, const common::v1::Line& line,
               const std::string& path, Problems* problems) {
  domain::Lines alone;
  *alone.Add() = line;
  for (const FieldViolation& bad : domain::DocumentProblems(currency, alone, {})) {
    absl::string_view field = bad.field;
    const bool is_of_line = absl::ConsumePrefix(&field, "lines[0]");
    problems->Add(v1::OPPORTUNITY_LINES_INVALID, is_of_line ? absl::StrCat(path, field) : path,
                  bad.description);
  }
  // What it does to the document is only asked of a line that is right in itself.
  if (problems->empty()) CheckLines(currency, lines, lines.size(), path, problems);
}

void Calculate(Opportunity* opportunity) {
  for (common::v1::Line& line : *opportunity->mutable_lines())
    domain::PriceLine(opportunity->currency(), &line);
  TakeTotals(domain::TotalsOf(opportunity->currency(), opportunity->lines(), {}), opportunity);
}

void TakeTotals(const common::v1::Totals& totals, Opportunity* opportunity) {
  *opportunity->mutable_totals() = totals;
  if (opportunity->lines().empty()) opportunity->clear_totals();
  if (opportunity->revenue_method() == Opportunity::SYSTEM_CALCULATED)
    *opportunity->mutable_estimated_revenue() = totals.net();
}

}  // namespace leadstream::opportunity
