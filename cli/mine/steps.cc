#include "cli/mine/steps.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include <functional>

#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"

namespace leadstream::mine {
namespace {

using enum Step::Kind;
using billing::v1::Invoice;
using Steps =
    absl::flat_hash_map<std::string, std::function<std::optional<Step>(const log::Record&)>>;

// A step that is the same whatever the event says.
template <typename Event>
void Add(Step step, Steps* steps) {
  steps->emplace(Event::descriptor()->full_name(), [step](const log::Record&) { return step; });
}

// One that depends on it; an event that cannot be read is none.
template <typename Event>
void Add(std::optional<Step> (*step)(const Event&), Steps* steps) {
  steps->emplace(Event::descriptor()->full_name(),
                 [step](const log::Record& record) -> std::optional<Step> {
                   Event event;
                   if (!event.ParseFromString(record.data())) return std::nullopt;
                   return step(event);
                 });
}

std::optional<Step> Inquiry(const lead::v1::LeadCreated& event) {
  Step step{"inquiry"};
  if (event.lead().has_inquiry_time())
    step.time_us = event.lead().inquiry_time().seconds() * 1'000'000 +
                   event.lead().inquiry_time().nanos() / 1'000;
  return step;
}

std::optional<Step> Disqualified(const lead::v1::LeadDisqualified& event) {
  return Step{"disqualified", kEnd, lead::v1::Lead::Status_Name(event.status())};
}

// One that comes from a lead begins with that, which was qualified.
std::optional<Step> Opportunity(const opportunity::v1::OpportunityCreated& event) {
  if (!event.opportunity().lead().empty()) return std::nullopt;
  return Step{"opportunity"};
}

std::optional<Step> Won(const opportunity::v1::OpportunityWon& event) {
  if (event.has_accepted_quote()) return std::nullopt;
  return Step{"won without a quote"};
}

std::optional<Step> Lost(const opportunity::v1::OpportunityLost& event) {
  return Step{"lost", kEnd, opportunity::v1::Opportunity::Status_Name(event.reason())};
}

std::optional<Step> Stage(const opportunity::v1::OpportunityMovedToStage& event) {
  return Step{absl::StrCat("stage ", event.stage()), event.advanced() ? kOnward : kRework};
}

std::optional<Step> Closed(const quoting::v1::QuoteClosed& event) {
  if (event.opportunity_lost()) return std::nullopt;  // which is the step
  return Step{event.reason() == quoting::v1::Quote::EXPIRED    ? "quote expired"
              : event.reason() == quoting::v1::Quote::CANCELED ? "quote taken back"
                                                               : "quote declined"};
}

std::optional<Step> Fulfilled(const ordering::v1::OrderFulfilled& event) {
  return Step{event.state() == ordering::v1::Order::FULFILLED ? "delivered" : "delivered in part"};
}

std::optional<Step> Canceled(const ordering::v1::OrderCanceled& event) {
  if (event.whole()) return Step{"order canceled", kEnd};
  return Step{"canceled in part", kRework};
}

// A credit note is told of by the invoice that it credits.
std::optional<Step> Issued(const billing::v1::InvoiceIssued& event) {
  if (event.invoice().type() == Invoice::CREDIT_NOTE) return std::nullopt;
  return Step{event.invoice().type() == Invoice::DEPOSIT ? "deposit asked for" : "invoiced"};
}

std::optional<Step> Paid(const billing::v1::PaymentRecorded& event) {
  const bool all =
      event.payment_state() == Invoice::PAID || event.payment_state() == Invoice::OVERPAID;
  return Step{all ? "paid" : "paid in part"};
}

Steps Make(bool stages) {
  Steps steps;
  Add(Inquiry, &steps);
  Add<lead::v1::LeadContacted>({"contacted"}, &steps);
  Add<lead::v1::LeadQualified>({"qualified"}, &steps);
  Add(Disqualified, &steps);
  Add<lead::v1::LeadReactivated>({"lead taken up again", kRework}, &steps);
  Add<lead::v1::LeadMerged>({"merged", kRework}, &steps);
  Add(Opportunity, &steps);
  if (stages) Add(Stage, &steps);
  Add<opportunity::v1::OpportunityHeld>({"on hold", kRework}, &steps);
  Add(Won, &steps);
  Add(Lost, &steps);
  Add<opportunity::v1::OpportunityReopened>({"opportunity reopened", kRework}, &steps);
  Add<quoting::v1::QuoteCreated>({"quote drafted"}, &steps);
  Add<quoting::v1::DiscountApprovalRequested>({"discount asked for"}, &steps);
  Add<quoting::v1::DiscountApproved>({"discount approved"}, &steps);
  Add<quoting::v1::DiscountRejected>({"discount rejected", kRework}, &steps);
  Add<quoting::v1::QuoteActivated>({"quote sent"}, &steps);
  Add<quoting::v1::QuoteRevised>({"quote revised", kRework}, &steps);
  Add<quoting::v1::QuoteAccepted>({"quote accepted"}, &steps);
  Add(Closed, &steps);
  Add<ordering::v1::OrderPlaced>({"ordered"}, &steps);
  Add<ordering::v1::OrderUpdated>({"order changed", kRework}, &steps);
  Add(Fulfilled, &steps);
  Add(Canceled, &steps);
  Add(Issued, &steps);
  Add<billing::v1::InvoiceReminded>({"reminded", kRework}, &steps);
  Add<billing::v1::InvoiceCredited>({"credited", kRework}, &steps);
  Add(Paid, &steps);
  Add<billing::v1::PaymentRefunded>({"refunded", kRework}, &steps);
  return steps;
}

}  // namespace

std::optional<Step> StepOf(const log::Record& event, bool stages) {
  static const auto* const with_stages = new Steps(Make(true));
  static const auto* const without = new Steps(Make(false));
  const Steps& steps = stages ? *with_stages : *without;
  auto step = steps.find(event.type());
  return step == steps.end() ? std::nullopt : step->second(event);
}

}  // namespace leadstream::mine
