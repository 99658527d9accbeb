#include "services/billing/payment_rules.h"

#include <absl/strings/str_cat.h>

#include <optional>
#include <string>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "services/billing/allocation_rules.h"
#include "services/billing/invoice_rules.h"
#include "services/billing/payment_references.h"
#include "services/billing/problems.h"

namespace leadstream::billing {
namespace {

using google::type::Money;

// They are kept in the invoice, so their number bounds its size.
constexpr int kPaymentsMax = 1000;

// What an invoice must have one of.
const std::string& BuyerOf(const Invoice& invoice) {
  return !invoice.account().empty()   ? invoice.account()
         : !invoice.contact().empty() ? invoice.contact()
                                      : invoice.buyer().name();
}

// A payment and a refund are asked for in the same words.
template <typename Request>
PaymentEntry EntryOf(const Request& request, PaymentEntry::Kind kind, const Invoice& invoice,
                     const Context& context) {
  PaymentEntry entry;
  entry.set_kind(kind);
  *entry.mutable_amount() = request.amount();
  entry.set_payer(request.payer().empty() ? BuyerOf(invoice) : request.payer());
  entry.set_reference(request.reference());
  *entry.mutable_date() =
      request.has_date() ? request.date() : domain::ToDate(domain::DayOf(context.now));
  entry.set_method(request.method());
  entry.set_note(request.note());
  *entry.mutable_create_time() = context.now;
  return entry;
}

// What is wrong with it, whichever way the money goes.
std::optional<domain::Refusal> RefuseEntry(const Invoice& invoice, const PaymentEntry& entry,
                                           const Context& context) {
  if (invoice.type() == Invoice::CREDIT_NOTE) {
    return domain::Refuse(INVOICE_IS_CREDIT_NOTE,
                          "a credit note is not paid: record it on the invoice that it credits");
  }
  if (invoice.state() != Invoice::ISSUED)
    return domain::Refuse(INVOICE_NOT_ISSUED, "only an issued invoice is paid");

  Problems problems;
  const std::string& currency = entry.amount().currency_code();
  if (currency != invoice.currency()) {
    problems.Add(INVOICE_CURRENCY_INVALID, "amount",
                 absl::StrCat("is in ", currency, "; the invoice is in ", invoice.currency()));
  }
  // It may be tomorrow where they are.
  if (domain::DayOf(entry.date()) > domain::DayOf(context.now) + 1)
    problems.Add(INVOICE_DATE_INVALID, "date", "is in the future");
  if (problems.any()) return problems.Refuse("this cannot be recorded as it is");

  if (auto used =
          RefuseReference(invoice.seller(), entry.payer(), entry.reference(), *context.facts))
    return used;
  if (invoice.payments_size() >= kPaymentsMax) {
    return domain::Refuse(INVOICE_FULL, absl::StrCat("an invoice takes at most ", kPaymentsMax,
                                                     " payments and refunds"));
  }
  return std::nullopt;
}

// What either event says of the invoice after it.
template <typename Event>
void SayAfter(const Invoice& invoice, const Money& paid, Event* event) {
  event->set_order(invoice.order());
  event->set_seller(invoice.seller());
  *event->mutable_paid_amount() = paid;
  *event->mutable_balance() = BalanceOf(invoice, paid, invoice.credited_amount());
  event->set_payment_state(PaymentStateOf(paid, event->balance()));
}

template <typename Event>
void TakeEntry(const Event& event, const PaymentEntry& entry, Invoice* invoice) {
  *invoice->add_payments() = entry;
  *invoice->mutable_paid_amount() = event.paid_amount();
  *invoice->mutable_balance() = event.balance();
  invoice->set_payment_state(event.payment_state());
}

}  // namespace

Money BalanceOf(const Invoice& invoice, const Money& paid, const Money& credited) {
  const Money asked = domain::Minus(invoice.totals().total(), invoice.deducted_amount());
  return domain::Minus(domain::Minus(asked, credited), paid);
}

Invoice::PaymentState PaymentStateOf(const Money& paid, const Money& balance) {
  const domain::Decimal owed = domain::ToDecimal(balance);
  if (owed.IsNegative()) return Invoice::OVERPAID;
  if (owed.IsZero()) return Invoice::PAID;
  return domain::ToDecimal(paid).IsPositive() ? Invoice::PARTLY_PAID : Invoice::UNPAID;
}

Decision Decide(const Invoice& invoice, const RecordPaymentRequest& request,
                const Context& context) {
  PaymentRecorded recorded;
  *recorded.mutable_payment() = EntryOf(request, PaymentEntry::PAYMENT, invoice, context);
  if (auto refusal = RefuseEntry(invoice, recorded.payment(), context)) return *refusal;
  const Money paid = domain::Plus(invoice.paid_amount(), request.amount());
  if (domain::MoneyProblem(paid))
    return domain::Refuse(INVOICE_FULL, "the sum of the payments is more than an amount can be");
  SayAfter(invoice, paid, &recorded);
  return recorded;
}

Decision Decide(const Invoice& invoice, const RefundPaymentRequest& request,
                const Context& context) {
  PaymentRefunded refunded;
  *refunded.mutable_refund() = EntryOf(request, PaymentEntry::REFUND, invoice, context);
  if (auto refusal = RefuseEntry(invoice, refunded.refund(), context)) return *refusal;
  const Money paid = domain::Minus(invoice.paid_amount(), request.amount());
  if (domain::ToDecimal(paid).IsNegative()) {
    Problems problems;
    problems.Add(
        REFUND_EXCEEDS_PAID, "amount",
        absl::StrCat("only ", domain::ToDecimal(invoice.paid_amount()).ToString(), " is paid"));
    return problems.RefuseForNow("no more is paid back than is paid");
  }
  SayAfter(invoice, paid, &refunded);
  return refunded;
}

// As much as is owed: the rest of the share stays the payer's credit.
Decision Decide(const Invoice& invoice, const TakePaymentShareRequest& request,
                const Context& context) {
  const domain::Decimal owed = domain::ToDecimal(invoice.balance());
  const domain::Decimal offered = domain::ToDecimal(request.share().amount());
  const bool takes = invoice.state() == Invoice::ISSUED && invoice.type() != Invoice::CREDIT_NOTE &&
                     owed.IsPositive() && invoice.payments_size() < kPaymentsMax;
  if (!takes) {
    PaymentShareDeclined declined;
    *declined.mutable_share() = request.share();
    return declined;
  }
  PaymentRecorded recorded;
  PaymentEntry* entry = recorded.mutable_payment();
  *entry = request.share();
  entry->set_kind(PaymentEntry::PAYMENT);
  *entry->mutable_amount() = offered > owed ? invoice.balance() : request.share().amount();
  *entry->mutable_create_time() = context.now;
  SayAfter(invoice, domain::Plus(invoice.paid_amount(), entry->amount()), &recorded);
  return recorded;
}

// No more than is paid: what was paid back meanwhile is not paid back again.
Decision Decide(const Invoice& invoice, const ReturnPaymentShareRequest& request,
                const Context& context) {
  const domain::Decimal paid = domain::ToDecimal(invoice.paid_amount());
  if (!paid.IsPositive()) {
    PaymentShareDeclined declined;
    *declined.mutable_share() = request.share();
    declined.set_asked_back(true);
    return declined;
  }
  PaymentRefunded refunded;
  PaymentEntry* entry = refunded.mutable_refund();
  *entry = request.share();
  entry->set_kind(PaymentEntry::REFUND);
  if (domain::ToDecimal(entry->amount()) > paid) *entry->mutable_amount() = invoice.paid_amount();
  *entry->mutable_create_time() = context.now;
  SayAfter(invoice, domain::Minus(invoice.paid_amount(), entry->amount()), &refunded);
  return refunded;
}

void Evolve(const PaymentRecorded& event, Invoice* invoice) {
  TakeEntry(event, event.payment(), invoice);
}
void Evolve(const PaymentRefunded& event, Invoice* invoice) {
  TakeEntry(event, event.refund(), invoice);
}
void Evolve(const PaymentShareDeclined&, Invoice*) {}

// A share has the reference of its payment, which remembers it.
void Remember(const PaymentRecorded& event, const Invoice& after, domain::MutableFacts* facts) {
  const PaymentEntry& entry = event.payment();
  if (entry.payment().empty())
    RememberReference(event.seller(), entry.payer(), entry.reference(), after.name(), facts);
}
void Remember(const PaymentRefunded& event, const Invoice& after, domain::MutableFacts* facts) {
  const PaymentEntry& entry = event.refund();
  if (entry.payment().empty())
    RememberReference(event.seller(), entry.payer(), entry.reference(), after.name(), facts);
}

}  // namespace leadstream::billing
