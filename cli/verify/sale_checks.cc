#include "cli/verify/sale_checks.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <utility>

#include "common/domain/money.h"
#include "common/log/position.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"

namespace leadstream::verify {

using domain::Decimal;
using domain::ToDecimal;
using google::protobuf::Message;

namespace {

template <typename Event>
const Event* As(const Message& payload) {
  return payload.GetDescriptor() == Event::descriptor() ? static_cast<const Event*>(&payload)
                                                        : nullptr;
}

template <typename Lines>
void AddQuantities(const Lines& lines, std::map<std::string, Decimal>* quantities) {
  for (const auto& line : lines) (*quantities)[line.line_id()] += Decimal::Of(line.quantity());
}

}  // namespace

SaleChecks::SaleChecks(const std::vector<domain::ServiceDefinition>& services, Findings* findings)
    : findings_(findings), payments_(findings) {
  for (const auto& service : services) schemas_.emplace(service.name, store::Schema(service));
}

void SaleChecks::Report(const char* check, const Place& place, std::string what) {
  findings_->Add({check, place.position, place.resource, std::move(what)});
}

template <typename Resource>
Resource SaleChecks::Folded(const std::string& service, const log::LoggedRecord& logged) {
  Resource resource;
  std::string& state = states_[{service, logged.partition}][logged.record.subject()];
  resource.ParseFromString(state);
  schemas_.at(service).OfName(logged.record.subject())->Fold(logged.record, &resource);
  state = resource.SerializeAsString();
  return resource;
}

void SaleChecks::See(const std::string& service, const log::LoggedRecord& logged,
                     const Message& payload) {
  const std::string& subject = logged.record.subject();
  const store::Collection* collection = schemas_.at(service).OfName(subject);
  if (collection == nullptr || collection->aggregate().FindFold(logged.record.type()) == nullptr)
    return;  // reported elsewhere
  const Place place{log::ToString({service, logged.partition, logged.offset}), subject,
                    logged.record.time_us()};
  const auto* resource = collection->aggregate().prototype().GetDescriptor();
  if (resource != common::v1::ParkedReaction::descriptor() &&
      resource != ordering::v1::Order::descriptor() &&
      resource != billing::v1::Invoice::descriptor() &&
      resource != billing::v1::Payment::descriptor() &&
      As<quoting::v1::QuoteAccepted>(payload) == nullptr)
    return;
  absl::MutexLock lock(&mutex_);
  if (resource == common::v1::ParkedReaction::descriptor()) {
    const auto parked = Folded<common::v1::ParkedReaction>(service, logged);
    if (parked.state() == common::v1::ParkedReaction::PARKED) {
      parked_.insert(parked.resource());
    } else if (parked.state() == common::v1::ParkedReaction::DONE) {
      parked_.erase(parked.resource());
    }
  } else if (resource == ordering::v1::Order::descriptor()) {
    KeepOrder(place, Folded<ordering::v1::Order>(service, logged));
  } else if (resource == billing::v1::Invoice::descriptor()) {
    CheckSums(place, Folded<billing::v1::Invoice>(service, logged));
  } else if (resource == billing::v1::Payment::descriptor()) {
    payments_.SeePayment(place, Folded<billing::v1::Payment>(service, logged));
  }
  if (const auto* accepted = As<quoting::v1::QuoteAccepted>(payload)) {
    accepted_[subject].push_back({place, ToDecimal(accepted->quote().totals().total())});
  } else if (const auto* placed = As<ordering::v1::OrderPlaced>(payload)) {
    if (!placed->order().quote().empty())
      placed_[placed->order().quote()].push_back(
          {place, ToDecimal(placed->order().totals().total())});
  } else if (const auto* told = As<ordering::v1::OrderInvoiceRecorded>(payload)) {
    told_.push_back({told->invoice().invoice(), {place, ToDecimal(told->invoice().total())}});
  } else if (const auto* issued = As<billing::v1::InvoiceIssued>(payload)) {
    SeeBilled(place, issued->invoice());
  } else if (const auto* credited = As<billing::v1::InvoiceCredited>(payload)) {
    credited_.push_back({credited->credit().credit_note(),
                         {place, ToDecimal(credited->credit().totals().total())}});
  } else if (const auto* paid = As<billing::v1::PaymentRecorded>(payload)) {
    if (!paid->payment().payment().empty()) payments_.SeeTaken(place, paid->payment());
  } else if (const auto* declined = As<billing::v1::PaymentShareDeclined>(payload)) {
    if (!declined->asked_back()) payments_.SeeDeclined(place, declined->share());
  }
}

void SaleChecks::KeepOrder(const Place& place, const ordering::v1::Order& order) {
  mutex_.AssertHeld();
  Order& kept = orders_[place.resource];
  static_cast<Place&>(kept) = place;
  kept.total = ToDecimal(order.effective_totals().total());
  kept.quote = order.quote();
  kept.fulfilled = order.state() == ordering::v1::Order::FULFILLED;
  for (const auto& line : order.lines())
    kept.delivered[line.line().line_id()] = Decimal::Of(line.fulfilled_quantity());
}

void SaleChecks::SeeBilled(const Place& place, const billing::v1::Invoice& invoice) {
  mutex_.AssertHeld();
  SeeNumber(place, invoice);
  Invoice& kept = invoices_[place.resource];
  static_cast<Place&>(kept) = place;
  kept.total = ToDecimal(invoice.totals().total());
  kept.order = invoice.order();
  kept.credited_invoice = invoice.credited_invoice();
  kept.bills = invoice.type() == billing::v1::Invoice::INVOICE;
  AddQuantities(invoice.lines(), &kept.quantities);
}

void SaleChecks::SeeNumber(const Place& place, const billing::v1::Invoice& invoice) {
  mutex_.AssertHeld();
  int64_t& last = last_of_series_[absl::StrCat(invoice.seller(), "/", invoice.type(), "/",
                                               invoice.issue_date().year())];
  if (invoice.sequence() <= last) {
    Report("invoice-number-doubled", place,
           absl::StrCat("number ", invoice.sequence(), " of its series comes after ", last));
  } else if (invoice.sequence() > last + 1) {
    Report("invoice-number-gap", place,
           absl::StrCat("number ", invoice.sequence(), " of its series follows ", last));
  }
  last = std::max(last, invoice.sequence());
  const std::string printed =
      absl::StrFormat("%04d-%06d", invoice.issue_date().year(), invoice.sequence());
  if (!absl::EndsWith(invoice.number(), printed))
    Report("invoice-number-differs", place,
           absl::StrCat(invoice.number(), " does not end with ", printed));
}

void SaleChecks::CheckSums(const Place& place, const billing::v1::Invoice& invoice) {
  if (invoice.state() != billing::v1::Invoice::ISSUED ||
      invoice.type() == billing::v1::Invoice::CREDIT_NOTE)
    return;
  Decimal paid, credited, deducted;
  for (const auto& entry : invoice.payments()) {
    const Decimal amount = ToDecimal(entry.amount());
    paid += entry.kind() == billing::v1::PaymentEntry::REFUND ? -amount : amount;
  }
  for (const auto& credit : invoice.credits()) credited += ToDecimal(credit.totals().total());
  std::vector<std::pair<std::string, Decimal>> used;
  if (invoice.type() == billing::v1::Invoice::DEPOSIT) used.emplace_back(place.resource, credited);
  for (const auto& deduction : invoice.deductions()) {
    deducted += ToDecimal(deduction.totals().total());
    used.emplace_back(deduction.deposit(), ToDecimal(deduction.totals().total()));
  }
  if (used.empty()) {
    used_.erase(place.resource);
  } else {
    used_[place.resource] = std::move(used);
  }
  auto compare = [&](const char* check, const char* what, const Decimal& sum,
                     const google::type::Money& said) {
    if (sum != ToDecimal(said))
      Report(check, place,
             absl::StrCat(what, " come to ", sum.ToString(), ", the invoice says ",
                          ToDecimal(said).ToString()));
  };
  compare("payments-differ", "its payments", paid, invoice.paid_amount());
  compare("credits-differ", "its credits", credited, invoice.credited_amount());
  compare("deductions-differ", "its deductions", deducted, invoice.deducted_amount());
  compare("balance-differs", "its total less deductions, credits and payments",
          ToDecimal(invoice.totals().total()) - deducted - credited - paid, invoice.balance());
}

void SaleChecks::Forget(const std::string& service, int partition) {
  absl::MutexLock lock(&mutex_);
  states_.erase({service, partition});
}

void SaleChecks::Finish(int64_t settled_us, bool all_there) {
  if (!all_there) return;
  absl::MutexLock lock(&mutex_);
  FinishQuotes(settled_us);
  FinishInvoices(settled_us);
  FinishDeposits();
  payments_.Finish(settled_us, parked_);
}

void SaleChecks::FinishQuotes(int64_t settled_us) {
  mutex_.AssertHeld();
  for (const auto& [quote, accepted] : accepted_) {
    if (accepted.size() > 1)
      Report("quote-accepted-twice", accepted[1], absl::StrCat(quote, " was accepted before"));
    if (!placed_.contains(quote) && !parked_.contains(quote) && accepted[0].time_us <= settled_us)
      Report("order-missing", accepted[0], "it was accepted, and there is no order");
  }
  for (const auto& [quote, orders] : placed_) {
    if (orders.size() > 1)
      Report("order-doubled", orders[1],
             absl::StrCat(orders[0].resource, " is an order of ", quote, " as well"));
    auto accepted = accepted_.find(quote);
    if (accepted == accepted_.end()) {
      if (orders[0].time_us <= settled_us)
        Report("order-without-quote", orders[0], absl::StrCat(quote, " was not accepted"));
    } else if (accepted->second[0].total != orders[0].total) {
      Report("order-differs", orders[0],
             absl::StrCat("it comes to ", orders[0].total.ToString(), ", its quote to ",
                          accepted->second[0].total.ToString()));
    }
  }
}

void SaleChecks::FinishDeposits() {
  mutex_.AssertHeld();
  struct Use {
    std::string first;  // invoice
    Decimal sum;
  };
  std::map<std::string, Use> uses;  // by deposit
  for (const auto& [invoice, used] : used_) {
    for (const auto& [deposit, amount] : used)
      uses.try_emplace(deposit, Use{invoice, Decimal()}).first->second.sum += amount;
  }
  for (const auto& [name, use] : uses) {
    auto deposit = invoices_.find(name);
    const Decimal asked = deposit == invoices_.end() ? Decimal() : deposit->second.total;
    if (use.sum > asked)
      Report("deposit-overdrawn", invoices_[use.first],
             absl::StrCat(use.sum.ToString(), " of ", name,
                          " is deducted or credited; it asked for ", asked.ToString()));
  }
}

void SaleChecks::FinishInvoices(int64_t settled_us) {
  mutex_.AssertHeld();
  std::map<std::string, Decimal> invoiced;
  std::map<std::string, std::map<std::string, Decimal>> quantities;
  for (const auto& [name, invoice] : invoices_) {
    if (invoice.order.empty() || !invoice.bills) continue;
    if (!orders_.contains(invoice.order) && invoice.time_us <= settled_us)
      Report("invoice-without-order", invoice, absl::StrCat("there is no ", invoice.order));
    invoiced[invoice.order] += invoice.total;
    for (const auto& [line, quantity] : invoice.quantities)
      quantities[invoice.order][line] += quantity;
  }
  for (const auto& [name, order] : orders_) {
    if (order.time_us > settled_us) continue;
    if (order.fulfilled && !parked_.contains(name) && invoiced[name] != order.total)
      Report("invoices-differ", order,
             absl::StrCat("it is delivered and comes to ", order.total.ToString(),
                          ", its invoices to ", invoiced[name].ToString()));
    for (const auto& [line, quantity] : quantities[name]) {
      auto delivered = order.delivered.find(line);
      if (delivered == order.delivered.end() || quantity > delivered->second)
        Report("invoiced-beyond-delivery", order,
               absl::StrCat(quantity.ToString(), " of line ", line,
                            " are invoiced, fewer were delivered"));
    }
  }
  auto compare = [&](const char* check, const auto& pairs) {
    for (const auto& [name, told] : pairs) {
      auto issued = invoices_.find(name);
      if (issued == invoices_.end() ? told.time_us <= settled_us
                                    : issued->second.total != told.total)
        Report(check, told,
               issued == invoices_.end()
                   ? absl::StrCat("there is no ", name)
                   : absl::StrCat(name, " comes to ", issued->second.total.ToString(), ", not to ",
                                  told.total.ToString()));
    }
  };
  compare("order-invoice-differs", told_);
  compare("credit-note-differs", credited_);
}

}  // namespace leadstream::verify
