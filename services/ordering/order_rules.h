// What may happen to an order. Pure: no clock, no I/O.
//
//   order_rules.cc     placing, changing, submitting
//   order_delivery.cc  fulfilling and canceling: what becomes of the quantities
//   order_billing.cc   what billing tells: invoices, credit notes, payments
//   order_amounts.cc   what an order comes to
//
// For every line, always: 0 <= fulfilled, canceled; fulfilled + canceled <= ordered. An order is
// open (ACTIVE, SUBMITTED or PARTIALLY_FULFILLED) exactly as long as that is less for some line.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/ordering/v1/error_reason.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"

namespace leadstream::ordering {

using namespace leadstream::ordering::v1;  // NOLINT(google-build-using-namespace): the context's
                                           // own messages, in its own words
using domain::Context;
using domain::Decision;
using domain::Refuse;
using domain::RefuseFields;

Decision Decide(const Order&, const CreateOrderRequest&, const Context&);
Decision Decide(const Order&, const UpdateOrderRequest&, const Context&);
Decision Decide(const Order&, const SubmitOrderRequest&, const Context&);
Decision Decide(const Order&, const FulfillOrderRequest&, const Context&);
Decision Decide(const Order&, const CancelOrderRequest&, const Context&);
Decision Decide(const Order&, const RecordInvoiceRequest&, const Context&);
Decision Decide(const Order&, const RecordPaymentRequest&, const Context&);

// An order placed directly refers to an account, a contact, an opportunity that exist. What a quote
// refers to was looked at there.
std::vector<std::string> Needs(const CreateOrderRequest&);

void Evolve(const OrderPlaced&, Order*);
void Evolve(const OrderUpdated&, Order*);
void Evolve(const OrderSubmitted&, Order*);
void Evolve(const OrderFulfilled&, Order*);
void Evolve(const OrderCanceled&, Order*);
void Evolve(const OrderInvoiceRecorded&, Order*);
void Evolve(const OrderPaymentRecorded&, Order*);

// What the ids of an order's invoices begin with; derived, so that a reply can name an invoice
// before billing has made it. The invoices of one seller are numbered by one writer, which a
// seller's prefix tells; so none is left out where it could be mistaken.
std::string InvoiceStemOf(const std::string& order_name, const std::string& seller);

// The last number of the year's series in this partition.
void Remember(const OrderPlaced&, const Order& after, domain::MutableFacts*);

}  // namespace leadstream::ordering
