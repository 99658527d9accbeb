#include "services/billing/allocation_rules.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <optional>
#include <string>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "services/billing/invoice_names.h"
#include "services/billing/payment_references.h"
#include "services/billing/problems.h"

namespace leadstream::billing {
namespace {

using domain::Decimal;
using domain::ToDecimal;
using google::protobuf::RepeatedPtrField;
using google::type::Money;

// They are kept in the payment, so their number bounds its size.
constexpr int kAllocationsMax = 1000;

Money InCurrencyOf(const Payment& payment, const Decimal& value) {
  return domain::ToMoney(value, payment.amount().currency_code());
}

// What is neither spread, on its way, nor paid back.
Decimal Unallocated(const Payment& payment) {
  Decimal left = ToDecimal(payment.amount()) - ToDecimal(payment.refunded_amount());
  for (const Allocation& allocation : payment.allocations())
    left = left - ToDecimal(allocation.settled() ? allocation.taken_amount() : allocation.amount());
  return left;
}

Payment::State StateOf(const Payment& payment) {
  if (payment.state() == Payment::REVERSED) return Payment::REVERSED;
  for (const Allocation& allocation : payment.allocations()) {
    if (!allocation.settled()) return Payment::OPEN;
  }
  return Unallocated(payment).IsZero() ? Payment::ALLOCATED : Payment::OPEN;
}

// What keeps an invoice from getting a share; nothing: it gets one.
std::optional<std::string> ShareProblem(const Payment& payment, const Invoice& invoice) {
  if (invoice.type() == Invoice::CREDIT_NOTE)
    return "is a credit note; the invoice that it credits is paid";
  if (invoice.state() != Invoice::ISSUED) return "is not issued";
  if (invoice.seller() != payment.seller())
    return absl::StrCat("is of the seller \"", invoice.seller(), "\"");
  if (!payment.account().empty() && invoice.account() != payment.account())
    return "is another account's";
  if (invoice.currency() != payment.amount().currency_code())
    return absl::StrCat("is in ", invoice.currency());
  return std::nullopt;
}

// All that is wrong with shares of a payment, which has so much to spread.
std::optional<domain::Refusal> RefuseShares(const Payment& payment,
                                            const RepeatedPtrField<Allocation>& shares,
                                            const std::string& path, const Decimal& spreadable,
                                            const Context& context) {
  Problems problems;
  Decimal sum;
  for (int i = 0; i < shares.size(); ++i) {
    const std::string at = absl::StrCat(path, "[", i, "]");
    const auto* invoice = context.Find<Invoice>(shares[i].invoice());
    const auto problem = invoice == nullptr ? std::optional<std::string>("is no invoice")
                                            : ShareProblem(payment, *invoice);
    if (problem) problems.Add(PAYMENT_ALLOCATION_INVALID, at + ".invoice", *problem);
    if (shares[i].amount().currency_code() != payment.amount().currency_code()) {
      problems.Add(PAYMENT_ALLOCATION_INVALID, at + ".amount",
                   absl::StrCat("is not in ", payment.amount().currency_code()));
    }
    sum = sum + ToDecimal(shares[i].amount());
  }
  if (problems.any()) return problems.Refuse("these cannot be shares of the payment");
  if (payment.allocations_size() + shares.size() > kAllocationsMax)
    return domain::Refuse(PAYMENT_FULL,
                          absl::StrCat("a payment has at most ", kAllocationsMax, " shares"));
  if (sum > spreadable) {
    return domain::Refuse(PAYMENT_EXCEEDED,
                          absl::StrCat("the shares come to ", sum.ToString(), ", and only ",
                                       spreadable.ToString(), " can be spread"));
  }
  return std::nullopt;
}

void Add(const RepeatedPtrField<Allocation>& shares, Payment* payment) {
  for (const Allocation& share : shares) {
    Allocation* added = payment->add_allocations();
    added->set_invoice(share.invoice());
    *added->mutable_amount() = share.amount();
  }
}

// Everything that follows from the rest. One that was taken back leaves no credit.
void Complete(Payment* payment) {
  payment->set_state(StateOf(*payment));
  const bool reversed = payment->state() == Payment::REVERSED;
  *payment->mutable_unallocated_amount() =
      InCurrencyOf(*payment, reversed ? Decimal() : Unallocated(*payment));
}

Payment Normalized(const CreatePaymentRequest& request, const Context& context) {
  Payment payment = request.payment();
  payment.clear_name();
  payment.clear_allocations();
  if (payment.seller().empty()) payment.set_seller(kDefaultSeller);
  if (payment.payer().empty()) payment.set_payer(payment.account());
  if (!payment.has_date()) *payment.mutable_date() = domain::ToDate(domain::DayOf(context.now));
  *payment.mutable_refunded_amount() = InCurrencyOf(payment, Decimal());
  return payment;
}

// The share of an allocation that was settled, as its invoice has it.
PaymentEntry TakenShare(const Payment& payment, int number) {
  PaymentEntry share = ShareOf(payment);
  share.set_allocation(number);
  *share.mutable_amount() = payment.allocations(number - 1).taken_amount();
  return share;
}

}  // namespace

PaymentEntry ShareOf(const Payment& payment) {
  PaymentEntry share;
  share.set_payer(payment.payer());
  share.set_reference(payment.reference());
  *share.mutable_date() = payment.date();
  share.set_method(payment.method());
  share.set_note(payment.note());
  share.set_payment(payment.name());
  return share;
}

std::vector<std::string> Needs(const CreatePaymentRequest& request) {
  std::vector<std::string> names;
  if (!request.payment().account().empty()) names.push_back(request.payment().account());
  for (const Allocation& share : request.payment().allocations()) names.push_back(share.invoice());
  return names;
}

std::vector<std::string> Needs(const AllocatePaymentRequest& request) {
  std::vector<std::string> names;
  for (const Allocation& share : request.allocations()) names.push_back(share.invoice());
  return names;
}

Decision Decide(const Payment&, const CreatePaymentRequest& request, const Context& context) {
  PaymentCreated created;
  Payment* payment = created.mutable_payment();
  *payment = Normalized(request, context);
  payment->set_name(context.name);
  Problems problems;
  if (absl::StrContains(payment->seller(), '.')) {
    problems.Add(PAYMENT_ID_INVALID, "payment.seller", "has no dots");
  } else if (SellerOfName(context.name) != payment->seller()) {
    problems.Add(PAYMENT_ID_INVALID, "payment_id",
                 absl::StrCat("of the seller \"", payment->seller(), "\" it begins with \"",
                              payment->seller(), ".\"",
                              payment->seller() == kDefaultSeller ? ", or has no dot" : ""));
  }
  if (payment->payer().empty())
    problems.Add(PAYMENT_PAYER_MISSING, "payment.payer", "is missing, and so is `account`");
  // It may be tomorrow where they are.
  if (domain::DayOf(payment->date()) > domain::DayOf(context.now) + 1)
    problems.Add(INVOICE_DATE_INVALID, "payment.date", "is in the future");
  if (problems.any()) return problems.Refuse("this cannot be recorded as it is");
  if (auto refusal = RefuseShares(*payment, request.payment().allocations(), "payment.allocations",
                                  ToDecimal(payment->amount()), context))
    return *refusal;
  if (auto used = RefuseReference(payment->seller(), payment->payer(), payment->reference(),
                                  *context.facts))
    return *used;
  Add(request.payment().allocations(), payment);
  Complete(payment);
  return created;
}

Decision Decide(const Payment& payment, const AllocatePaymentRequest& request,
                const Context& context) {
  if (payment.state() == Payment::REVERSED)
    return domain::Refuse(PAYMENT_IS_REVERSED, "the bank took it back");
  if (auto refusal = RefuseShares(payment, request.allocations(), "allocations",
                                  Unallocated(payment), context))
    return *refusal;
  Payment after = payment;
  Add(request.allocations(), &after);
  PaymentAllocated allocated;
  for (int i = payment.allocations_size(); i < after.allocations_size(); ++i)
    *allocated.add_allocations() = after.allocations(i);
  allocated.set_first_allocation(payment.allocations_size() + 1);
  *allocated.mutable_entry() = ShareOf(payment);
  *allocated.mutable_unallocated_amount() = InCurrencyOf(after, Unallocated(after));
  return allocated;
}

// Shares that are still on their way are taken back when they are settled.
Decision Decide(const Payment& payment, const ReversePaymentRequest& request, const Context&) {
  if (payment.state() == Payment::REVERSED)
    return domain::Refuse(PAYMENT_IS_REVERSED, "the bank took it back before");
  if (ToDecimal(payment.refunded_amount()).IsPositive()) {
    return domain::Refuse(PAYMENT_REFUNDED,
                          absl::StrCat(ToDecimal(payment.refunded_amount()).ToString(),
                                       " of it was paid back already"));
  }
  PaymentReversed reversed;
  reversed.set_reason(request.reason());
  for (int i = 0; i < payment.allocations_size(); ++i) {
    const Allocation& allocation = payment.allocations(i);
    if (!allocation.settled() || !ToDecimal(allocation.taken_amount()).IsPositive()) continue;
    ReturnedShare* share = reversed.add_shares();
    share->set_invoice(allocation.invoice());
    *share->mutable_share() = TakenShare(payment, i + 1);
  }
  return reversed;
}

Decision Decide(const Payment& payment, const RefundCreditRequest& request,
                const Context& context) {
  if (payment.state() == Payment::REVERSED)
    return domain::Refuse(PAYMENT_IS_REVERSED, "the bank took it back");
  Problems problems;
  if (request.amount().currency_code() != payment.amount().currency_code())
    problems.Add(INVOICE_CURRENCY_INVALID, "amount",
                 absl::StrCat("is not in ", payment.amount().currency_code()));
  if (problems.any()) return problems.Refuse("this cannot be recorded as it is");
  if (ToDecimal(request.amount()) > Unallocated(payment)) {
    problems.Add(PAYMENT_EXCEEDED, "amount",
                 absl::StrCat("is more than the credit of ", Unallocated(payment).ToString()));
    return problems.RefuseForNow("no more is paid back than is not spread");
  }
  if (auto used =
          RefuseReference(payment.seller(), payment.payer(), request.reference(), *context.facts))
    return *used;
  Payment after = payment;
  *after.mutable_refunded_amount() = domain::Plus(payment.refunded_amount(), request.amount());
  Complete(&after);
  CreditRefunded refunded;
  *refunded.mutable_amount() = request.amount();
  refunded.set_reference(request.reference());
  refunded.set_note(request.note());
  *refunded.mutable_refunded_amount() = after.refunded_amount();
  *refunded.mutable_unallocated_amount() = after.unallocated_amount();
  refunded.set_state(after.state());
  return refunded;
}

// What invoices tell is never refused.
Decision Decide(const Payment& payment, const SettleAllocationRequest& request, const Context&) {
  AllocationSettled settled;
  settled.set_allocation(request.allocation());
  Payment after = payment;
  if (request.allocation() >= 1 && request.allocation() <= payment.allocations_size()) {
    Allocation* allocation = after.mutable_allocations(request.allocation() - 1);
    allocation->set_settled(true);
    *allocation->mutable_taken_amount() = request.taken_amount();
    settled.set_invoice(allocation->invoice());
    if (payment.state() == Payment::REVERSED && ToDecimal(request.taken_amount()).IsPositive())
      *settled.mutable_to_return() = TakenShare(after, request.allocation());
  }
  Complete(&after);
  *settled.mutable_taken_amount() = request.taken_amount();
  *settled.mutable_unallocated_amount() = after.unallocated_amount();
  settled.set_state(after.state());
  return settled;
}

void Evolve(const PaymentCreated& event, Payment* payment) { *payment = event.payment(); }

void Evolve(const PaymentAllocated& event, Payment* payment) {
  Add(event.allocations(), payment);
  *payment->mutable_unallocated_amount() = event.unallocated_amount();
  payment->set_state(Payment::OPEN);
}

void Evolve(const AllocationSettled& event, Payment* payment) {
  if (event.allocation() >= 1 && event.allocation() <= payment->allocations_size()) {
    Allocation* allocation = payment->mutable_allocations(event.allocation() - 1);
    allocation->set_settled(true);
    *allocation->mutable_taken_amount() = event.taken_amount();
  }
  *payment->mutable_unallocated_amount() = event.unallocated_amount();
  payment->set_state(event.state());
}

void Evolve(const PaymentReversed& event, Payment* payment) {
  payment->set_state(Payment::REVERSED);
  payment->set_reverse_reason(event.reason());
  *payment->mutable_unallocated_amount() = InCurrencyOf(*payment, Decimal());
}

void Evolve(const CreditRefunded& event, Payment* payment) {
  *payment->mutable_refunded_amount() = event.refunded_amount();
  *payment->mutable_unallocated_amount() = event.unallocated_amount();
  payment->set_state(event.state());
}

void Remember(const PaymentCreated&, const Payment& after, domain::MutableFacts* facts) {
  RememberReference(after.seller(), after.payer(), after.reference(), after.name(), facts);
}

void Remember(const CreditRefunded& event, const Payment& after, domain::MutableFacts* facts) {
  RememberReference(after.seller(), after.payer(), event.reference(), after.name(), facts);
}

}  // namespace leadstream::billing
