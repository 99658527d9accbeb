#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "common/domain/date.h"
#include "common/domain/lines.h"
#include "common/domain/totals.h"
#include "common/domain/update.h"
#include "common/domain/validation.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "services/quoting/quote_amounts.h"
#include "services/quoting/quote_rules.h"

namespace leadstream::quoting {
namespace {

using domain::Lines;
using domain::Refusal;
using domain::Refuse;
using domain::RefuseFields;
using opportunity::v1::Opportunity;

// An invoice is due ten years after its date at the latest.
constexpr int kPaymentDaysMax = 3660;

Refusal RefuseEdit(const Quote& quote) {
  if (quote.state() == Quote::WON)
    return Refuse(QUOTE_NOT_DRAFT, "an accepted quote stays as it was accepted");
  return Refuse(QUOTE_NOT_DRAFT,
                absl::StrCat("only a draft can be changed; this quote is ",
                             Quote::State_Name(quote.state()), ": revise it first"));
}

// What a quote takes from its opportunity, where it has nothing of its own.
void Inherit(const Opportunity& opportunity, Quote* quote) {
  if (quote->account().empty() && quote->contact().empty()) {
    quote->set_account(opportunity.account());
    quote->set_contact(opportunity.contact());
  }
  if (quote->owner().empty()) quote->set_owner(opportunity.owner());
  if (quote->topic().empty()) quote->set_topic(opportunity.display_name());
  if (quote->currency().empty()) quote->set_currency(opportunity.currency());
  if (quote->lines().empty()) *quote->mutable_lines() = opportunity.lines();
}

// What is wrong with a draft apart from its lines and amounts.
Problems HeaderProblems(const Quote& quote) {
  Problems bad;
  if (quote.account().empty() && quote.contact().empty()) {
    bad.push_back({"quote.account", "a quote is for an account or a contact"});
  }
  if (quote.currency().empty()) bad.push_back({"quote.currency", "a quote has a currency"});
  if (!quote.price_list().empty()) {
    bad.push_back(
        {"quote.price_list", "there are no price lists yet; give the price on each line"});
  }
  if (quote.payment_days() < 0 || quote.payment_days() > kPaymentDaysMax) {
    bad.push_back({"quote.payment_days", absl::StrCat("must be between 0 and ", kPaymentDaysMax)});
  }
  if (quote.has_valid_from() && quote.has_valid_to() &&
      domain::DayOf(quote.valid_to()) < domain::DayOf(quote.valid_from())) {
    bad.push_back({"quote.valid_to", "is before valid_from"});
  }
  return bad;
}

void ComputeTotals(Quote* quote) {
  *quote->mutable_totals() =
      domain::TotalsOf(quote->currency(), quote->lines(), quote->adjustments());
}

// Whether anything but computed amounts differs.
bool LinesDiffer(Lines a, Lines b) {
  if (a.size() != b.size()) return true;
  for (int i = 0; i < a.size(); ++i) {
    for (common::v1::Line* line : {&a[i], &b[i]}) {
      line->clear_base();
      line->clear_net();
    }
    if (!google::protobuf::util::MessageDifferencer::Equals(a[i], b[i])) return true;
  }
  return false;
}

std::string NumberKey(const std::string& series) { return absl::StrCat("quote-number/", series); }

// The next number of the year in this partition: "Q-2026-07-00042".
void Number(const Context& context, QuoteCreated* created) {
  created->set_number_series(
      absl::StrFormat("Q-%d-%02d", domain::DayOf(context.now).year(), context.partition));
  int64_t last = 0;
  const auto remembered = context.facts->Get(NumberKey(created->number_series()));
  if (remembered.has_value() && !absl::SimpleAtoi(*remembered, &last)) last = 0;
  created->set_number_in_series(last + 1);
  created->mutable_quote()->set_number(
      absl::StrFormat("%s-%05d", created->number_series(), last + 1));
}

}  // namespace

std::vector<std::string> Needs(const CreateQuoteRequest& request) {
  if (request.quote().opportunity().empty()) return {};
  return {request.quote().opportunity()};
}

Decision Decide(const Quote&, const CreateQuoteRequest& request, const Context& context) {
  QuoteCreated created;
  Quote& quote = *created.mutable_quote();
  quote = request.quote();
  quote.clear_name();
  quote.clear_etag();
  const auto* opportunity = context.Find<Opportunity>(quote.opportunity());
  if (opportunity != nullptr) {
    if (opportunity->state() != Opportunity::OPEN)
      return Refuse(QUOTE_OPPORTUNITY_NOT_OPEN, "the opportunity is not open");
    Inherit(*opportunity, &quote);
  }

  Problems bad = HeaderProblems(quote);
  if (opportunity != nullptr && quote.currency() != opportunity->currency()) {
    bad.push_back(
        {"quote.currency", absl::StrCat("the opportunity is in ", opportunity->currency())});
  }
  const Lines lines = quote.lines();
  int64_t next_line = 1;
  quote.clear_lines();
  const Problems bad_lines =
      domain::AddLines(lines, "quote.lines", quote.mutable_lines(), &next_line);
  bad.insert(bad.end(), bad_lines.begin(), bad_lines.end());
  AddAmountProblems(quote.currency(), quote.lines(), quote.adjustments(), "quote", nullptr, &bad);
  if (!bad.empty())
    return RefuseFields(QUOTE_FIELDS_INVALID, "the quote cannot be drafted as it is", bad);

  quote.set_state(Quote::DRAFT);
  quote.set_next_line(next_line);
  PriceLines(quote.currency(), quote.mutable_lines());
  ComputeTotals(&quote);
  created.set_opportunity(quote.opportunity());
  Number(context, &created);
  return created;
}

void Evolve(const QuoteCreated& event, Quote* quote) { quote->MergeFrom(event.quote()); }

void Remember(const QuoteCreated& event, const Quote&, domain::MutableFacts* facts) {
  facts->Put(NumberKey(event.number_series()), absl::StrCat(event.number_in_series()));
}

Decision Decide(const Quote& quote, const UpdateQuoteRequest& request, const Context&) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Quote after = quote;
  domain::ApplyMask(request.update_mask(), request.quote(), &after);

  Problems bad = HeaderProblems(after);
  if (LinesDiffer(quote.lines(), after.lines())) {
    bad.push_back(
        {"quote.lines", "lines are changed by AddQuoteLines, UpdateQuoteLine and RemoveQuoteLine"});
  }
  *after.mutable_lines() = quote.lines();
  AddAmountProblems(after.currency(), after.lines(), after.adjustments(), "quote", nullptr, &bad);
  if (!bad.empty()) return RefuseFields(QUOTE_FIELDS_INVALID, "the quote cannot become so", bad);
  if (after.currency() != quote.currency() &&
      (!quote.lines().empty() || !quote.opportunity().empty())) {
    return Refuse(QUOTE_CURRENCY_FIXED, absl::StrCat("the quote stays in ", quote.currency(),
                                                     ": it has lines or an opportunity in it"));
  }

  QuoteUpdated updated;
  *updated.mutable_update_mask() = domain::ChangedFields(quote, after);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_quote());
  ComputeTotals(&after);
  *updated.mutable_totals() = after.totals();
  updated.set_opportunity(quote.opportunity());
  return updated;
}

void Evolve(const QuoteUpdated& event, Quote* quote) {
  domain::CopyFields(event.quote(), event.update_mask(), quote);
  *quote->mutable_totals() = event.totals();
}

Decision Decide(const Quote& quote, const AddQuoteLinesRequest& request, const Context&) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Quote after = quote;
  const int first = quote.lines_size();
  int64_t next_line = quote.next_line();
  Problems bad = domain::AddLines(request.lines(), "lines", after.mutable_lines(), &next_line);
  const auto path = [first](int index) {
    return index < first ? "" : absl::StrCat("lines[", index - first, "]");
  };
  AddAmountProblems(after.currency(), after.lines(), after.adjustments(), "quote", path, &bad);
  if (!bad.empty()) return RefuseFields(QUOTE_LINES_INVALID, "the lines cannot be added", bad);

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
}

Decision Decide(const Quote& quote, const UpdateQuoteLineRequest& request, const Context&) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Quote after = quote;
  Problems bad =
      domain::UpdateLine(request.line(), request.update_mask(), "line", after.mutable_lines());
  const auto path = [&](int index) {
    return after.lines(index).line_id() == request.line().line_id() ? "line" : "";
  };
  AddAmountProblems(after.currency(), after.lines(), after.adjustments(), "quote", path, &bad);
  if (!bad.empty()) return RefuseFields(QUOTE_LINES_INVALID, "the line cannot become so", bad);

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
}

Decision Decide(const Quote& quote, const DeleteQuoteRequest&, const Context&) {
  if (quote.state() != Quote::DRAFT) return Refuse(QUOTE_NOT_DRAFT, "only a draft can be deleted");
  QuoteDeleted deleted;
  deleted.set_opportunity(quote.opportunity());
  deleted.set_number(quote.number());
  deleted.set_revision(quote.revision());
  return deleted;
}

}  // namespace leadstream::quoting
