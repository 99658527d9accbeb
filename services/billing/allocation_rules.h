// What may happen to a payment that settles several invoices, and to its shares on their way. Pure.
//
//   payment               invoice                            payment
//   PaymentCreated    ─►  PaymentRecorded, of as much   ─►   AllocationSettled
//   PaymentAllocated      as is owed, or, of nothing,
//                         PaymentShareDeclined
//   PaymentReversed   ─►  PaymentRefunded
//
// A share changes the invoice alone, by a reaction to the payment, and what the invoice took is
// told the payment by a reaction to the invoice. So whatever meets on the way (the invoice is paid
// or credited meanwhile, the payment is taken back) comes to one end, and no money is counted twice
// or lost: amount = what invoices took + shares on their way + credit + what was paid back.
#pragma once

#include <string>
#include <vector>

#include "leadstream/billing/v1/payment.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"
#include "services/billing/invoice_rules.h"

namespace leadstream::billing {

Decision Decide(const Payment&, const CreatePaymentRequest&, const Context&);
Decision Decide(const Payment&, const AllocatePaymentRequest&, const Context&);
Decision Decide(const Payment&, const ReversePaymentRequest&, const Context&);
Decision Decide(const Payment&, const RefundCreditRequest&, const Context&);
Decision Decide(const Payment&, const SettleAllocationRequest&, const Context&);
// Of the invoice.
Decision Decide(const Invoice&, const TakePaymentShareRequest&, const Context&);
Decision Decide(const Invoice&, const ReturnPaymentShareRequest&, const Context&);

// The account, and the invoices that get shares.
std::vector<std::string> Needs(const CreatePaymentRequest&);
std::vector<std::string> Needs(const AllocatePaymentRequest&);

void Evolve(const PaymentCreated&, Payment*);
void Evolve(const PaymentAllocated&, Payment*);
void Evolve(const AllocationSettled&, Payment*);
void Evolve(const PaymentReversed&, Payment*);
void Evolve(const CreditRefunded&, Payment*);
void Evolve(const PaymentShareDeclined&, Invoice*);

// The payer's references.
void Remember(const PaymentCreated&, const Payment& after, domain::MutableFacts*);
void Remember(const CreditRefunded&, const Payment& after, domain::MutableFacts*);

// What each share of a payment says besides its amount.
PaymentEntry ShareOf(const Payment& payment);

}  // namespace leadstream::billing
