#include "cli/demo/words.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include <map>

#include "common/domain/currency.h"
#include "common/domain/money.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"

namespace leadstream::demo {
namespace {

using common::v1::Event;

// "NO_LONGER_INTERESTED" -> "no longer interested".
std::string Plain(const std::string& name) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"_", " "}}));
}

std::string Quantities(const google::protobuf::RepeatedPtrField<ordering::v1::LineChange>& lines) {
  return absl::StrJoin(lines, ", ", [](std::string* out, const auto& line) {
    absl::StrAppend(out, line.quantity().value(), " of line ", line.line_id());
  });
}

// One row an event: its type, and what it says.
using Say = std::string (*)(const Event&);
template <typename Payload, std::string (*kSay)(const Payload&)>
std::pair<const std::string, Say> Row() {
  return {Payload::descriptor()->full_name(), [](const Event& event) {
            Payload payload;
            event.payload().UnpackTo(&payload);
            return kSay(payload);
          }};
}

std::string Said(const lead::v1::LeadCreated& e) {
  const auto& person = e.lead().person();
  return absl::StrCat("inquiry of ", person.given_name(), person.given_name().empty() ? "" : " ",
                      person.family_name(), e.lead().company().empty() ? "" : ", ",
                      e.lead().company(), ": ", e.lead().topic());
}
std::string Said(const lead::v1::LeadAssigned& e) { return absl::StrCat("given to ", e.owner()); }
std::string Said(const lead::v1::LeadContacted& e) {
  return absl::StrCat("in touch", e.note().empty() ? "" : ": ", e.note());
}
std::string Said(const lead::v1::LeadAbsorbed& e) {
  return absl::StrCat("the same inquiry as ", e.source(), ", merged");
}
std::string Said(const lead::v1::LeadQualified& e) {
  const std::string means = e.lead().budget().confirmed()
                                ? absl::StrCat("budget ", InWords(e.lead().budget().amount()))
                                : absl::StrCat("decision maker ", e.lead().decision_maker());
  return absl::StrCat("qualified: needs ", e.lead().need(), "; ", means);
}
std::string Said(const lead::v1::AccountCreated& e) {
  return absl::StrCat("account ", e.account().display_name());
}
std::string Said(const lead::v1::ContactCreated& e) {
  return absl::StrCat("contact ", e.contact().person().given_name(), " ",
                      e.contact().person().family_name());
}
std::string Said(const opportunity::v1::OpportunityCreated& e) {
  return absl::StrCat("opportunity: ", e.opportunity().display_name());
}
std::string Said(const opportunity::v1::OpportunityLinesAdded& e) {
  return absl::StrCat(absl::StrJoin(e.lines(), ", ",
                                    [](std::string* out, const auto& line) {
                                      absl::StrAppend(out, line.quantity().value(), " ",
                                                      line.unit(), " ", line.description());
                                    }),
                      ": ", InWords(e.totals().total()));
}
std::string Said(const opportunity::v1::OpportunityMovedToStage& e) {
  return absl::StrCat("stage ", e.stage(), ", ", e.probability(), " %");
}
std::string Said(const opportunity::v1::StakeholderAdded& e) {
  return absl::StrCat("stakeholder: ",
                      Plain(opportunity::v1::Stakeholder::Role_Name(e.stakeholder().role())));
}
std::string Said(const opportunity::v1::OpportunityWon& e) {
  return absl::StrCat("won: ", InWords(e.actual_revenue()), " net");
}
std::string Said(const opportunity::v1::OpportunityLost& e) {
  return absl::StrCat("lost: ", Plain(opportunity::v1::Opportunity::Status_Name(e.reason())));
}
std::string Said(const quoting::v1::QuoteCreated& e) {
  return absl::StrCat("quote ", e.quote().number(),
                      " drafted: ", InWords(e.quote().totals().total()));
}
std::string Said(const quoting::v1::QuoteActivated& e) {
  return absl::StrCat("quote sent: ", InWords(e.total()));
}
std::string Said(const quoting::v1::QuoteRevised& e) {
  return absl::StrCat("quote revised, revision ", e.revision(), ": ", e.note());
}
std::string Said(const quoting::v1::QuoteLineUpdated& e) {
  return absl::StrCat(
      "line ", e.line().line_id(), " of the quote: ",
      e.line().discount_percent().value().empty() ? "0" : e.line().discount_percent().value(),
      " % off, ", InWords(e.totals().total()), " in all");
}
std::string Said(const quoting::v1::QuoteAccepted& e) {
  return absl::StrCat("quote accepted: ", InWords(e.quote().totals().total()),
                      e.note().empty() ? "" : ", ", e.note());
}
std::string Said(const ordering::v1::OrderPlaced& e) {
  return absl::StrCat("order ", e.order().number(), ": ", InWords(e.order().totals().total()));
}
std::string Said(const ordering::v1::OrderSubmitted&) { return "order handed to the warehouse"; }
std::string Said(const ordering::v1::OrderFulfilled& e) {
  return absl::StrCat(e.state() == ordering::v1::Order::FULFILLED ? "delivered, all of it now: "
                                                                  : "delivered in part: ",
                      Quantities(e.fulfillment().lines()));
}
std::string Said(const ordering::v1::OrderCanceled& e) {
  return absl::StrCat("canceled ", Quantities(e.cancellation().lines()), ": ",
                      e.cancellation().reason());
}
std::string Said(const billing::v1::InvoiceIssued& e) {
  const billing::v1::Invoice& invoice = e.invoice();
  const char* const kind = invoice.type() == billing::v1::Invoice::CREDIT_NOTE ? "credit note "
                           : invoice.type() == billing::v1::Invoice::DEPOSIT   ? "deposit invoice "
                                                                               : "invoice ";
  return absl::StrCat(
      kind, invoice.number(), ": ", InWords(invoice.totals().total()),
      invoice.deductions().empty() || invoice.type() != billing::v1::Invoice::INVOICE
          ? ""
          : absl::StrCat(", less ", InWords(invoice.deducted_amount()), " paid in advance"));
}
std::string Said(const billing::v1::InvoiceCredited& e) {
  return absl::StrCat("credited ", InWords(e.credit().totals().total()), ": ", e.credit().reason());
}
std::string Said(const billing::v1::PaymentRecorded& e) {
  return absl::StrCat("paid ", InWords(e.payment().amount()), ", ", InWords(e.balance()), " left");
}
std::string Said(const billing::v1::PaymentCreated& e) {
  return absl::StrCat("one transfer for ", e.payment().allocations_size(),
                      " invoices: ", InWords(e.payment().amount()));
}

const std::map<std::string, Say>& Sayings() {
  static const auto* const sayings = new std::map<std::string, Say>{
      Row<lead::v1::LeadCreated, Said>(),
      Row<lead::v1::LeadAssigned, Said>(),
      Row<lead::v1::LeadContacted, Said>(),
      Row<lead::v1::LeadAbsorbed, Said>(),
      Row<lead::v1::LeadQualified, Said>(),
      Row<lead::v1::AccountCreated, Said>(),
      Row<lead::v1::ContactCreated, Said>(),
      Row<opportunity::v1::OpportunityCreated, Said>(),
      Row<opportunity::v1::OpportunityLinesAdded, Said>(),
      Row<opportunity::v1::OpportunityMovedToStage, Said>(),
      Row<opportunity::v1::StakeholderAdded, Said>(),
      Row<opportunity::v1::OpportunityWon, Said>(),
      Row<opportunity::v1::OpportunityLost, Said>(),
      Row<quoting::v1::QuoteCreated, Said>(),
      Row<quoting::v1::QuoteActivated, Said>(),
      Row<quoting::v1::QuoteRevised, Said>(),
      Row<quoting::v1::QuoteLineUpdated, Said>(),
      Row<quoting::v1::QuoteAccepted, Said>(),
      Row<ordering::v1::OrderPlaced, Said>(),
      Row<ordering::v1::OrderSubmitted, Said>(),
      Row<ordering::v1::OrderFulfilled, Said>(),
      Row<ordering::v1::OrderCanceled, Said>(),
      Row<billing::v1::InvoiceIssued, Said>(),
      Row<billing::v1::InvoiceCredited, Said>(),
      Row<billing::v1::PaymentCreated, Said>(),
      Row<billing::v1::PaymentRecorded, Said>(),
  };
  return *sayings;
}

}  // namespace

std::string InWords(const Event& event) {
  auto at = Sayings().find(event.type());
  return at == Sayings().end() ? "" : at->second(event);
}

}  // namespace leadstream::demo
