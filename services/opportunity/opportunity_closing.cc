// Won, lost, and opened again.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "services/opportunity/opportunity_checks.h"
#include "services/opportunity/opportunity_quotes.h"
#include "services/opportunity/opportunity_rules.h"
#include "services/opportunity/passages.h"
#include "services/opportunity/process.h"

namespace leadstream::opportunity {
namespace {

using domain::Refuse;
using domain::RefuseFields;

google::type::Date DateOr(bool given, const google::type::Date& date, const Context& context) {
  return given ? date : domain::ToDate(domain::DayOf(context.now));
}

bool IsLossReason(Opportunity::Status status) {
  switch (status) {
    case Opportunity::CANCELED:
    case Opportunity::OUT_SOLD:
    case Opportunity::NO_DECISION:
    case Opportunity::PRICE:
      return true;
    default:
      return false;
  }
}

domain::Refusal RefuseLiveQuotes(const std::vector<std::string>& live, const char* what_helps) {
  return Refuse(OPPORTUNITY_HAS_LIVE_QUOTES,
                absl::StrCat("it has live quotes, ", absl::StrJoin(live, ", "), ": ", what_helps));
}

// What the accepted quote brings, and those before it, as long as they are in one currency.
google::type::Money RevenueWith(const google::type::Money& accepted,
                                const Opportunity& opportunity) {
  const bool is_further =
      opportunity.state() == Opportunity::WON && !opportunity.accepted_quote().empty();
  if (!is_further || opportunity.actual_revenue().currency_code() != accepted.currency_code())
    return accepted;
  return domain::Plus(opportunity.actual_revenue(), accepted);
}

// An order that was placed and not canceled; or the accepted quote whose order is not known yet,
// for it is coming. Empty: none.
std::string StandingOrder(const Opportunity& opportunity) {
  for (const OrderRecord& order : opportunity.orders()) {
    if (!order.canceled()) return order.order();
  }
  for (const QuoteRecord& quote : opportunity.quotes()) {
    if (quote.state() != QuoteRecord::WON) continue;
    const auto is_of_quote = [&](const OrderRecord& order) {
      return order.quote() == quote.quote();
    };
    const auto& orders = opportunity.orders();
    if (std::none_of(orders.begin(), orders.end(), is_of_quote))
      return absl::StrCat("the order of ", quote.quote());
  }
  return "";
}

void Close(Opportunity::State state, Opportunity::Status status, const google::type::Date& date,
           Opportunity* opportunity) {
  opportunity->set_state(state);
  opportunity->set_status(status);
  *opportunity->mutable_actual_close_date() = date;
  opportunity->set_probability(state == Opportunity::WON ? 100 : 0);
  opportunity->set_forecast_category(state == Opportunity::WON ? Opportunity::CLOSED
                                                               : Opportunity::OMITTED);
  opportunity->clear_hold_note();
  opportunity->clear_hold_until();
}

}  // namespace

Decision Decide(const Opportunity& opportunity, const WinOpportunityRequest& request,
                const Context& context) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("can be won");
  Problems problems;
  if (request.has_actual_revenue())
    CheckCurrency(opportunity.currency(), request.actual_revenue(), "actual_revenue", &problems);
  if (!problems.empty()) return problems.Refused();
  const std::vector<std::string> live = LiveQuotes(opportunity);
  if (!live.empty()) return RefuseLiveQuotes(live, "accept one of them, or close them");

  OpportunityWon event;
  event.set_lead(opportunity.lead());
  if (request.has_actual_revenue()) {
    *event.mutable_actual_revenue() = request.actual_revenue();
  } else if (opportunity.has_estimated_revenue()) {
    *event.mutable_actual_revenue() = opportunity.estimated_revenue();
  } else {
    *event.mutable_actual_revenue() = domain::ZeroMoney(opportunity.currency());
  }
  *event.mutable_actual_close_date() =
      DateOr(request.has_actual_close_date(), request.actual_close_date(), context);
  *event.mutable_close_time() = context.now;
  event.set_note(request.note());
  return event;
}

Decision Decide(const Opportunity& opportunity, const LoseOpportunityRequest& request,
                const Context& context) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("can be lost");
  if (!IsLossReason(request.reason())) {
    return RefuseFields(OPPORTUNITY_LOSS_REASON_INVALID, "say why it was lost",
                        {{"reason", "is one of CANCELED, OUT_SOLD, NO_DECISION, PRICE"}});
  }
  const std::vector<std::string> live = LiveQuotes(opportunity);
  if (!live.empty() && !request.close_quotes())
    return RefuseLiveQuotes(live, "close them first, or with `close_quotes`");

  OpportunityLost event;
  event.set_lead(opportunity.lead());
  event.set_reason(request.reason());
  event.set_competitor(request.competitor());
  event.set_note(request.note());
  *event.mutable_actual_close_date() =
      DateOr(request.has_actual_close_date(), request.actual_close_date(), context);
  *event.mutable_close_time() = context.now;
  event.mutable_quotes_to_close()->Assign(live.begin(), live.end());
  event.set_close_quotes(request.close_quotes());
  return event;
}

Decision Decide(const Opportunity& opportunity, const ReopenOpportunityRequest& request,
                const Context& context) {
  if (opportunity.state() == Opportunity::OPEN) return Refuse(OPPORTUNITY_NOT_CLOSED, "it is open");
  if (opportunity.state() == Opportunity::WON) {
    const std::string order = StandingOrder(opportunity);
    if (!order.empty())
      return Refuse(OPPORTUNITY_ORDERED,
                    absl::StrCat("it was won by ", order, "; cancel that first"));
  }
  Opportunity forecast;
  forecast.set_stage(opportunity.stage());
  CompleteForecast(ProcessOf(opportunity, context), &forecast);
  OpportunityReopened event;
  event.set_lead(opportunity.lead());
  event.set_probability(forecast.probability());
  event.set_forecast_category(forecast.forecast_category());
  event.set_note(request.note());
  *event.mutable_reopen_time() = context.now;
  return event;
}

Decision Decide(const Opportunity& opportunity, const RecordAcceptedQuoteRequest& request,
                const Context& context) {
  QuoteRecord accepted = request.quote();
  accepted.set_state(QuoteRecord::WON);
  // Told twice, it would count twice.
  const QuoteRecord* known = FindQuote(accepted.quote(), opportunity);
  if (known != nullptr && known->state() == QuoteRecord::WON) {
    OpportunityQuoteRecorded event;
    *event.mutable_quote() = std::move(accepted);
    return event;
  }
  OpportunityWon event;
  event.set_lead(opportunity.lead());
  *event.mutable_actual_revenue() = RevenueWith(request.actual_revenue(), opportunity);
  *event.mutable_actual_close_date() =
      DateOr(request.has_accept_date(), request.accept_date(), context);
  *event.mutable_close_time() = context.now;
  *event.mutable_accepted_quote() = std::move(accepted);
  return event;
}

void Evolve(const OpportunityWon& event, Opportunity* opportunity) {
  LeaveStage(event.close_time(), false, opportunity);
  Close(Opportunity::WON, Opportunity::STATUS_UNSPECIFIED, event.actual_close_date(), opportunity);
  *opportunity->mutable_actual_revenue() = event.actual_revenue();
  opportunity->set_close_note(event.note());
  opportunity->clear_lost_to();
  opportunity->clear_quotes_lost();
  opportunity->set_accepted_quote(event.accepted_quote().quote());
  if (event.has_accepted_quote()) PutQuote(event.accepted_quote(), opportunity);
}

void Evolve(const OpportunityLost& event, Opportunity* opportunity) {
  LeaveStage(event.close_time(), false, opportunity);
  Close(Opportunity::LOST, event.reason(), event.actual_close_date(), opportunity);
  opportunity->set_close_note(event.note());
  opportunity->set_lost_to(event.competitor());
  opportunity->set_quotes_lost(event.close_quotes());
}

void Evolve(const OpportunityReopened& event, Opportunity* opportunity) {
  opportunity->set_state(Opportunity::OPEN);
  opportunity->set_status(Opportunity::IN_PROGRESS);
  opportunity->set_probability(event.probability());
  opportunity->set_forecast_category(event.forecast_category());
  opportunity->clear_actual_revenue();
  opportunity->clear_actual_close_date();
  opportunity->clear_close_note();
  opportunity->clear_lost_to();
  opportunity->clear_quotes_lost();
  opportunity->clear_accepted_quote();
  if (event.has_reopen_time()) EnterStage(event.reopen_time(), opportunity);
}

}  // namespace leadstream::opportunity
