// What may happen to an invoice. Pure: no clock, no I/O.
//
//   invoice_rules.cc   writing, changing, deleting, canceling a draft; issuing
//   invoice_series.cc  the number it is issued under
//   order_share.cc     what a part of an order comes to, so that its invoices sum up to it
//   deposits.cc        what is asked for of an order in advance, and deducted from its invoices
//   payment_rules.cc   payments and refunds, shares of a payment of several invoices, and what they
//                      leave to pay; allocation_rules.h tells how such a payment is spread
//   credit_rules.cc    credits and credit notes
//   reminder_rules.cc  reminding the buyer of what is overdue
//
// Always, of an issued invoice: credited <= quantity for every line; balance = total - deducted -
// credited - paid; 0 <= paid. Always, of a seller: the sequences of a type and year are 1, 2, 3,
// ... Always, of an order: invoiced less credited <= fulfilled for every line.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/billing/v1/error_reason.pb.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/billing/v1/invoice_service.pb.h"

namespace leadstream::billing {

using namespace leadstream::billing::v1;  // NOLINT(google-build-using-namespace): the context's own
                                          // messages, in its own words
using domain::Context;
using domain::Decision;

// Written at once or issued at once; a credit note is made by the same command.
Decision Decide(const Invoice&, const CreateInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const UpdateInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const DeleteInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const IssueInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const CancelInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const RecordPaymentRequest&, const Context&);
Decision Decide(const Invoice&, const RefundPaymentRequest&, const Context&);
Decision Decide(const Invoice&, const CreditInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const RemindOfInvoiceRequest&, const Context&);
Decision Decide(const Invoice&, const HoldRemindersRequest&, const Context&);
Decision Decide(const Invoice&, const ResumeRemindersRequest&, const Context&);

// The order, account and contact of an invoice that somebody writes, the invoice of a credit note.
// Of an order that came with the request nothing is looked up: it has been.
std::vector<std::string> Needs(const CreateInvoiceRequest&);
std::vector<std::string> Needs(const UpdateInvoiceRequest&);

void Evolve(const InvoiceCreated&, Invoice*);
void Evolve(const InvoiceUpdated&, Invoice*);
void Evolve(const InvoiceIssued&, Invoice*);
void Evolve(const InvoiceCanceled&, Invoice*);
void Evolve(const PaymentRecorded&, Invoice*);
void Evolve(const PaymentRefunded&, Invoice*);
void Evolve(const InvoiceCredited&, Invoice*);
void Evolve(const InvoiceReminded&, Invoice*);
void Evolve(const RemindersHeld&, Invoice*);
void Evolve(const RemindersResumed&, Invoice*);

// The last number of the series, and what of the order is invoiced.
void Remember(const InvoiceIssued&, const Invoice& after, domain::MutableFacts*);
// What of the order is invoiced.
void Remember(const InvoiceCredited&, const Invoice& after, domain::MutableFacts*);
// The payer's reference.
void Remember(const PaymentRecorded&, const Invoice& after, domain::MutableFacts*);
void Remember(const PaymentRefunded&, const Invoice& after, domain::MutableFacts*);

}  // namespace leadstream::billing
