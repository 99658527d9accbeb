#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "common/domain/date.h"
#include "common/domain/decimal.h"
#include "common/domain/lines.h"
#include "common/domain/totals.h"
#include "common/domain/update.h"
#include "common/domain/validation.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "services/quoting/line_pricing.h"
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
// So that the ids of the invoices and credit notes of its order, `{seller}.{quote}-{n}-cn{m}`, are
// ids, which end at 63.
constexpr size_t kSellerAndIdLengthMax = 49;

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

// What is wrong with a draft apart from its lines and amounts. `field`: what is at fault if the
// name is too long.
Problems HeaderProblems(const Quote& quote, absl::string_view name, absl::string_view field) {
  Problems bad;
  if (absl::StrContains(quote.seller(), '.')) bad.push_back({"quote.seller", "has no dots"});
  const size_t length = quote.seller().size() + name.size() - name.rfind('/') - 1;
  if (length > kSellerAndIdLengthMax) {
    bad.push_back({std::string(field),
                   absl::StrCat("is too long: seller and id have at most ", kSellerAndIdLengthMax,
                                " characters together, not ", length)});
  }
  if (quote.account().empty() && quote.contact().empty()) {
    bad.push_back({"quote.account", "a quote is for an account or a contact"});
  }
  if (quote.currency().empty()) bad.push_back({"quote.currency", "a quote has a currency"});
  if (quote.payment_days() < 0 || quote.payment_days() > kPaymentDaysMax) {
    bad.push_back({"quote.payment_days", absl::StrCat("must be between 0 and ", kPaymentDaysMax)});
  }
  if (quote.has_valid_from() && quote.has_valid_to() &&
      domain::DayOf(quote.valid_to()) < domain::DayOf(quote.valid_from())) {
    bad.push_back({"quote.valid_to", "is before valid_from"});
  }
  return bad;
}

// Whether anything but computed amounts differs.
bool LinesDiffer(Lines a, Lines b) {
  if (a.size() != b.size()) return true;
  for (int i = 0; i < a.size(); ++i) {
    for (common::v1::Line* line : {&a[i], &b[i]}) {
      line->clear_base();
      line->clear_net();
      line->clear_list_price();
      line->clear_list_volume_discount();
    }
    if (!google::protobuf::util::MessageDifferencer::Equals(a[i], b[i])) return true;
  }
  return false;
}

bool PriceSourceDiffers(const Quote& a, const Quote& b) {
  return a.price_list() != b.price_list() || a.currency() != b.currency();
}

// An opportunity's prices are guesses: the list's take their place.
void CompleteLines(bool given, LinePricing* pricing, Lines* lines) {
  for (int i = 0; i < lines->size(); ++i) {
    pricing->Complete(absl::StrCat("quote.lines[", i, "]"),
                      given ? GivenPrice::kIsOverride : GivenPrice::kIsReplaced, &(*lines)[i]);
  }
}

Problems KeyLines(Quote* quote) {
  const Lines lines = quote->lines();
  int64_t next_line = 1;
  quote->clear_lines();
  Problems bad = domain::AddLines(lines, "quote.lines", quote->mutable_lines(), &next_line);
  quote->set_next_line(next_line);
  return bad;
}

const PriceList* FindPriceList(const Quote& quote, Catalogue* catalogue) {
  return quote.price_list().empty() ? nullptr : catalogue->Find<PriceList>(quote.price_list());
}

// Taking another list is no way around the threshold of the one that lines were priced from.
void TakeThreshold(Catalogue* catalogue, Quote* quote) {
  const PriceList* list = FindPriceList(*quote, catalogue);
  const bool is_new = list != nullptr && list->has_approval_above_percent();
  const bool stays = quote->has_approval_above_percent() &&
                     absl::c_any_of(quote->lines(), [](const common::v1::Line& line) {
                       return line.has_list_price();
                     });
  if (stays && (!is_new || domain::Decimal::Of(quote->approval_above_percent()) <=
                               domain::Decimal::Of(list->approval_above_percent())))
    return;
  quote->clear_approval_above_percent();
  if (is_new) *quote->mutable_approval_above_percent() = list->approval_above_percent();
}

std::optional<Refusal> ListRefusal(const Quote& quote, Catalogue* catalogue) {
  return CurrencyRefusal(FindPriceList(quote, catalogue), quote.currency(), "quote.price_list");
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

std::vector<std::string> Needs(const Quote&, const CreateQuoteRequest& request,
                               const domain::Found& found) {
  Catalogue catalogue(&found);
  Quote quote = request.quote();
  const bool has_lines = !quote.lines().empty();
  if (!quote.opportunity().empty()) {
    const auto* opportunity = catalogue.Find<Opportunity>(quote.opportunity());
    if (opportunity != nullptr) Inherit(*opportunity, &quote);
  }
  FindPriceList(quote, &catalogue);
  LinePricing pricing(&catalogue, SourceOf(quote));
  CompleteLines(has_lines, &pricing, quote.mutable_lines());
  return catalogue.missing();
}

Decision Decide(const Quote&, const CreateQuoteRequest& request, const Context& context) {
  QuoteCreated created;
  Quote& quote = *created.mutable_quote();
  quote = request.quote();
  quote.clear_name();
  quote.clear_etag();
  const bool has_lines = !quote.lines().empty();
  const auto* opportunity = context.Find<Opportunity>(quote.opportunity());
  if (opportunity != nullptr) {
    if (opportunity->state() != Opportunity::OPEN)
      return Refuse(QUOTE_OPPORTUNITY_NOT_OPEN, "the opportunity is not open");
    Inherit(*opportunity, &quote);
  }

  Problems bad = HeaderProblems(quote, context.name,
                                request.quote().seller().empty() ? "quote_id" : "quote.seller");
  if (opportunity != nullptr && quote.currency() != opportunity->currency()) {
    bad.push_back(
        {"quote.currency", absl::StrCat("the opportunity is in ", opportunity->currency())});
  }
  Catalogue catalogue(context.found);
  LinePricing pricing(&catalogue, SourceOf(quote, &context));
  CompleteLines(has_lines, &pricing, quote.mutable_lines());
  const Problems bad_lines = KeyLines(&quote);
  bad.insert(bad.end(), bad_lines.begin(), bad_lines.end());
  AddAmountProblems(quote.currency(), quote.lines(), quote.adjustments(), "quote", nullptr, &bad);
  if (!bad.empty())
    return RefuseFields(QUOTE_FIELDS_INVALID, "the quote cannot be drafted as it is", bad);
  if (auto refusal = ListRefusal(quote, &catalogue)) return *refusal;
  TakeThreshold(&catalogue, &quote);
  if (auto refusal = pricing.refusal()) return *refusal;

  quote.set_state(Quote::DRAFT);
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

// A price list that stays is not looked at again: it may be gone, and prices nothing here.
std::vector<std::string> Needs(const Quote& quote, const UpdateQuoteRequest& request,
                               const domain::Found& found) {
  Catalogue catalogue(&found);
  Quote after = quote;
  domain::ApplyMask(request.update_mask(), request.quote(), &after);
  if (PriceSourceDiffers(quote, after)) FindPriceList(after, &catalogue);
  return catalogue.missing();
}

Decision Decide(const Quote& quote, const UpdateQuoteRequest& request, const Context& context) {
  if (quote.state() != Quote::DRAFT) return RefuseEdit(quote);
  Quote after = quote;
  domain::ApplyMask(request.update_mask(), request.quote(), &after);

  Problems bad = HeaderProblems(after, context.name, "quote.seller");
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
  Catalogue catalogue(context.found);
  if (PriceSourceDiffers(quote, after)) {
    if (auto refusal = ListRefusal(after, &catalogue)) return *refusal;
    TakeThreshold(&catalogue, &after);
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
  quote->clear_discount_approval();
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
