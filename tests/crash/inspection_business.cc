// What must hold of the business itself, whatever happened to the machine.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <set>
#include <tuple>

#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/crash/inspection.h"

namespace leadstream::testing {
namespace {

const char* PrefixOf(billing::v1::Invoice::Type type) {
  return type == billing::v1::Invoice::CREDIT_NOTE ? "CN"
         : type == billing::v1::Invoice::DEPOSIT   ? "DEP"
                                                   : "INV";
}

}  // namespace

using billing::v1::Invoice;
using billing::v1::InvoiceCredited;
using billing::v1::InvoiceIssued;
using billing::v1::PaymentRecorded;
using common::v1::ReactionParked;
using lead::v1::LeadCreated;
using lead::v1::LeadQualified;
using ordering::v1::OrderFulfilled;
using ordering::v1::OrderPlaced;
using quoting::v1::QuoteAccepted;

template <typename Payload>
std::vector<std::pair<const Inspection::Event*, Payload>> Inspection::Each() const {
  std::vector<std::pair<const Event*, Payload>> found;
  for (const Event& event : events_) {
    if (event.record.type() != Payload::descriptor()->full_name()) continue;
    found.emplace_back(&event, Payload());
    found.back().second.ParseFromString(event.record.data());
  }
  return found;
}

std::vector<std::string> Inspection::NothingIsDoubled() const {
  std::vector<std::string> wrong;
  std::set<std::string> intents;
  auto once = [&](const std::string& intent) {
    if (!intents.insert(intent).second) wrong.push_back(absl::StrCat(intent, " is there twice"));
  };
  for (const auto& [event, created] : Each<LeadCreated>())
    once(absl::StrCat("the lead of ", created.lead().topic()));
  for (const auto& [event, placed] : Each<OrderPlaced>())
    once(absl::StrCat("the order of ", placed.order().quote()));
  for (const auto& [event, issued] : Each<InvoiceIssued>()) {
    const Invoice& invoice = issued.invoice();
    if (invoice.type() == Invoice::INVOICE)
      once(absl::StrCat("the invoice of ", invoice.order(), "'s fulfilment ",
                        invoice.fulfillment()));
  }
  for (const auto& [event, recorded] : Each<PaymentRecorded>())
    once(absl::StrCat("the payment ", recorded.payment().reference()));
  return wrong;
}

std::vector<std::string> Inspection::ReactionsAreFinished() const {
  std::vector<std::string> wrong;
  auto expect = [&](const std::string& name, const Event* because) {
    if (!name.empty() && !Exists(name))
      wrong.push_back(absl::StrCat(because->record.type(), " of ", because->record.subject(),
                                   " led to no ", name));
  };
  std::map<std::string, const Invoice> issued;
  for (const auto& [event, payload] : Each<InvoiceIssued>())
    issued.emplace(event->record.subject(), payload.invoice());
  for (const auto& [event, qualified] : Each<LeadQualified>()) {
    expect(qualified.account(), event);
    expect(qualified.contact(), event);
    expect(qualified.opportunity(), event);
  }
  for (const auto& [event, accepted] : Each<QuoteAccepted>())
    expect(absl::StrCat("orders/",
                        event->record.subject().substr(event->record.subject().find('/') + 1)),
           event);
  for (const auto& [event, fulfilled] : Each<OrderFulfilled>()) {
    auto invoice = issued.find(fulfilled.fulfillment().invoice());
    if (invoice == issued.end()) {
      wrong.push_back(absl::StrCat(event->record.subject(), "'s fulfilment ",
                                   fulfilled.fulfillment().number(), " has no invoice"));
    } else if (invoice->second.buyer().name().empty()) {
      wrong.push_back(absl::StrCat(invoice->first, " was issued without its buyer's name, though ",
                                   fulfilled.account(), " has one"));
    }
  }
  for (const auto& [event, credited] : Each<InvoiceCredited>()) {
    if (!issued.contains(credited.credit().credit_note()))
      wrong.push_back(absl::StrCat(event->record.subject(), " was credited without a credit note"));
  }
  for (const auto& [event, parked] : Each<ReactionParked>()) {
    const auto& reaction = parked.parked_reaction();
    wrong.push_back(absl::StrCat("parked: ", reaction.reaction(), " of ", reaction.resource(), ": ",
                                 reaction.reason(), ": ", reaction.message()));
  }
  return wrong;
}

std::vector<std::string> Inspection::NumbersAreGapless() const {
  std::vector<std::string> wrong;
  std::map<std::tuple<std::string, int, int>, int64_t> last;
  for (const auto& [event, issued] : Each<InvoiceIssued>()) {
    const Invoice& invoice = issued.invoice();
    const int64_t next = ++last[{invoice.seller(), invoice.issue_date().year(), invoice.type()}];
    const std::string number = absl::StrFormat("%s-%04d-%06d", PrefixOf(invoice.type()),
                                               invoice.issue_date().year(), next);
    if (invoice.sequence() != next || invoice.number() != number)
      wrong.push_back(absl::StrCat(event->record.subject(), " is ", invoice.number(), "; ", number,
                                   " was next"));
  }
  return wrong;
}

size_t Inspection::invoices() const { return Each<InvoiceIssued>().size() - credit_notes(); }

size_t Inspection::credit_notes() const {
  size_t count = 0;
  for (const auto& [event, issued] : Each<InvoiceIssued>())
    count += issued.invoice().type() == Invoice::CREDIT_NOTE;
  return count;
}

}  // namespace leadstream::testing
