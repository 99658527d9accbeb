#include "services/opportunity/opportunity_reactions.h"

#include <absl/strings/str_cat.h>

#include <string>

#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"

namespace leadstream::opportunity {
namespace {

using absl::StatusOr;
using domain::Occurrence;
using domain::Whenever;
using lead::v1::Lead;
using lead::v1::LeadQualified;
using ordering::v1::OrderCanceled;
using ordering::v1::OrderPlaced;
using quoting::v1::QuoteAccepted;
using quoting::v1::QuoteActivated;
using quoting::v1::QuoteClosed;
using quoting::v1::QuoteCreated;
using quoting::v1::QuoteDeleted;
using quoting::v1::QuoteRevised;
using namespace leadstream::opportunity::v1;  // NOLINT(google-build-using-namespace): the context's
                                              // own messages, in its own words

const char* TimelineOf(Lead::PurchaseTimeFrame time_frame) {
  switch (time_frame) {
    case Lead::IMMEDIATE:
      return "as soon as possible";
    case Lead::THIS_QUARTER:
      return "this quarter";
    case Lead::NEXT_QUARTER:
      return "next quarter";
    case Lead::THIS_YEAR:
      return "this year";
    case Lead::UNDECIDED:
      return "undecided";
    default:
      return "";
  }
}

// A budget in another currency than the opportunity's stays with the lead.
StatusOr<bool> Open(const LeadQualified& qualified, const Occurrence& on,
                    CreateOpportunityRequest* open) {
  if (!qualified.opportunity_created()) return false;
  const Lead& lead = qualified.lead();
  const std::string& name = qualified.opportunity();
  open->set_opportunity_id(name.substr(name.rfind('/') + 1));
  Opportunity& opportunity = *open->mutable_opportunity();
  opportunity.set_display_name(lead.topic());
  opportunity.set_account(qualified.account());
  opportunity.set_contact(qualified.contact());
  opportunity.set_lead(on.record.subject());
  opportunity.set_owner(lead.owner());
  opportunity.set_currency(qualified.currency());
  opportunity.set_industry(lead.industry());
  opportunity.set_need(lead.need());
  opportunity.set_timeline(TimelineOf(lead.purchase_time_frame()));
  if (!lead.decision_maker().empty())
    opportunity.set_description(absl::StrCat("Decision maker: ", lead.decision_maker()));
  const auto& budget = lead.budget().amount();
  if (lead.budget().has_amount() && budget.currency_code() == qualified.currency()) {
    *opportunity.mutable_budget() = budget;
    opportunity.set_budget_confirmed(lead.budget().confirmed());
    // The first guess, until somebody knows better.
    *opportunity.mutable_estimated_revenue() = budget;
  }
  return true;
}

StatusOr<bool> Link(const LeadQualified& qualified, const Occurrence& on, LinkLeadRequest* link) {
  if (qualified.opportunity_created() || qualified.opportunity().empty()) return false;
  link->set_name(qualified.opportunity());
  link->set_lead(on.record.subject());
  return true;
}

QuoteRecord RecordOf(const Occurrence& on, int32_t revision, QuoteRecord::State state) {
  QuoteRecord quote;
  quote.set_quote(on.record.subject());
  quote.set_quote_etag(on.record.revision());
  quote.set_revision(revision);
  quote.set_state(state);
  return quote;
}

StatusOr<bool> Record(const std::string& opportunity, QuoteRecord quote,
                      RecordQuoteStateRequest* record) {
  if (opportunity.empty()) return false;
  record->set_name(opportunity);
  *record->mutable_quote() = std::move(quote);
  return true;
}

StatusOr<bool> Drafted(const QuoteCreated& created, const Occurrence& on,
                       RecordQuoteStateRequest* record) {
  QuoteRecord quote = RecordOf(on, created.quote().revision(), QuoteRecord::DRAFT);
  if (created.quote().totals().has_net()) *quote.mutable_net() = created.quote().totals().net();
  return Record(created.opportunity(), std::move(quote), record);
}

StatusOr<bool> Deleted(const QuoteDeleted& deleted, const Occurrence& on,
                       RecordQuoteStateRequest* record) {
  return Record(deleted.opportunity(), RecordOf(on, deleted.revision(), QuoteRecord::DELETED),
                record);
}

// An event that says what the quote then came to.
template <typename Event, QuoteRecord::State kState>
StatusOr<bool> Became(const Event& event, const Occurrence& on, RecordQuoteStateRequest* record) {
  QuoteRecord quote = RecordOf(on, event.revision(), kState);
  if (event.has_net()) *quote.mutable_net() = event.net();
  return Record(event.opportunity(), std::move(quote), record);
}

StatusOr<bool> Win(const QuoteAccepted& accepted, const Occurrence& on,
                   RecordAcceptedQuoteRequest* record) {
  if (accepted.opportunity().empty()) return false;
  record->set_name(accepted.opportunity());
  *record->mutable_quote() = RecordOf(on, accepted.revision(), QuoteRecord::WON);
  *record->mutable_quote()->mutable_net() = accepted.net();
  *record->mutable_actual_revenue() = accepted.net();
  if (accepted.has_accept_date()) *record->mutable_accept_date() = accepted.accept_date();
  return true;
}

template <typename Event>
StatusOr<bool> RecordOrder(const Event& event, const Occurrence& on,
                           RecordOrderStateRequest* record) {
  if (event.opportunity().empty()) return false;
  record->set_name(event.opportunity());
  record->mutable_order()->set_order(on.record.subject());
  record->mutable_order()->set_order_etag(on.record.revision());
  return true;
}

StatusOr<bool> Placed(const OrderPlaced& placed, const Occurrence& on,
                      RecordOrderStateRequest* record) {
  record->mutable_order()->set_quote(placed.order().quote());
  if (placed.order().totals().has_net())
    *record->mutable_order()->mutable_net() = placed.order().totals().net();
  return RecordOrder(placed, on, record);
}

StatusOr<bool> Canceled(const OrderCanceled& canceled, const Occurrence& on,
                        RecordOrderStateRequest* record) {
  record->mutable_order()->set_canceled(canceled.whole());
  if (canceled.effective_totals().has_net())
    *record->mutable_order()->mutable_net() = canceled.effective_totals().net();
  return RecordOrder(canceled, on, record);
}

}  // namespace

std::vector<domain::Reaction> OpportunityReactions() {
  return {
      Whenever<LeadQualified, CreateOpportunityRequest>("opportunity-of-qualified-lead", Open),
      Whenever<LeadQualified, LinkLeadRequest>("lead-of-existing-opportunity", Link),
      Whenever<QuoteCreated, RecordQuoteStateRequest>("quote-drafted", Drafted),
      Whenever<QuoteActivated, RecordQuoteStateRequest>(
          "quote-activated", Became<QuoteActivated, QuoteRecord::ACTIVE>),
      Whenever<QuoteRevised, RecordQuoteStateRequest>("quote-revised",
                                                      Became<QuoteRevised, QuoteRecord::DRAFT>),
      Whenever<QuoteClosed, RecordQuoteStateRequest>("quote-closed",
                                                     Became<QuoteClosed, QuoteRecord::CLOSED>),
      Whenever<QuoteDeleted, RecordQuoteStateRequest>("quote-deleted", Deleted),
      Whenever<QuoteAccepted, RecordAcceptedQuoteRequest>("opportunity-won-by-accepted-quote", Win),
      Whenever<OrderPlaced, RecordOrderStateRequest>("order-placed", Placed),
      Whenever<OrderCanceled, RecordOrderStateRequest>("order-canceled", Canceled),
  };
}

}  // namespace leadstream::opportunity
