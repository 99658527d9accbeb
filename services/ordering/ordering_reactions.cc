#include "services/ordering/ordering_reactions.h"

#include <string>

#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/events.pb.h"

namespace leadstream::ordering {
namespace {

using billing::v1::Invoice;
using billing::v1::InvoiceIssued;
using billing::v1::PaymentRecorded;
using billing::v1::PaymentRefunded;
using domain::Occurrence;
using quoting::v1::Quote;
using quoting::v1::QuoteAccepted;
using v1::CreateOrderRequest;
using v1::Order;
using v1::OrderInvoice;
using v1::RecordInvoiceRequest;
using v1::RecordPaymentRequest;

// Without the amounts: they are computed again, and must come to the totals that were accepted.
absl::StatusOr<bool> PlaceOrder(const QuoteAccepted& accepted, const Occurrence& on,
                                CreateOrderRequest* place) {
  const Quote& quote = accepted.quote();
  const std::string& name = on.record.subject();
  place->set_order_id(name.substr(name.rfind('/') + 1));
  *place->mutable_accepted_totals() = quote.totals();
  Order* order = place->mutable_order();
  order->set_quote(name);
  order->set_quote_revision(quote.revision());
  order->set_opportunity(quote.opportunity());
  order->set_account(quote.account());
  order->set_contact(quote.contact());
  order->set_seller(quote.seller());
  order->set_owner(quote.owner());
  order->set_customer_reference(quote.customer_reference());
  order->set_topic(quote.topic());
  order->set_notes(quote.notes());
  order->set_currency(quote.currency());
  order->set_payment_terms(quote.payment_terms());
  order->set_payment_days(quote.payment_days());
  if (quote.has_bill_to()) *order->mutable_bill_to() = quote.bill_to();
  if (quote.has_ship_to()) *order->mutable_ship_to() = quote.ship_to();
  for (const auto& line : quote.lines()) *order->add_lines()->mutable_line() = line;
  if (quote.has_adjustments()) *order->mutable_adjustments() = quote.adjustments();
  return true;
}

OrderInvoice::Type TypeOf(const Invoice& invoice) {
  switch (invoice.type()) {
    case Invoice::CREDIT_NOTE:
      return OrderInvoice::CREDIT_NOTE;
    case Invoice::DEPOSIT:
      return OrderInvoice::DEPOSIT;
    default:
      return OrderInvoice::INVOICE;
  }
}

absl::StatusOr<bool> TellInvoice(const InvoiceIssued& issued, const Occurrence& on,
                                 RecordInvoiceRequest* record) {
  const Invoice& invoice = issued.invoice();
  if (invoice.order().empty()) return false;
  record->set_name(invoice.order());
  OrderInvoice* told = record->mutable_invoice();
  told->set_invoice(on.record.subject());
  told->set_type(TypeOf(invoice));
  told->set_number(invoice.number());
  told->set_revision(on.record.revision());
  told->set_fulfillment(invoice.fulfillment());
  told->set_credited_invoice(invoice.credited_invoice());
  *told->mutable_total() = invoice.totals().total();
  if (invoice.has_deducted_amount()) *told->mutable_deducted_amount() = invoice.deducted_amount();
  // The lines of a deposit are not the order's.
  if (invoice.type() == Invoice::DEPOSIT || invoice.credited_type() == Invoice::DEPOSIT)
    return true;
  for (const auto& line : invoice.lines()) {
    auto* billed = told->add_lines();
    billed->set_line_id(line.line_id());
    *billed->mutable_quantity() = line.quantity();
    *billed->mutable_net() = line.net();
  }
  return true;
}

// A payment and a refund alike: both tell what is paid in all.
template <typename Event>
absl::StatusOr<bool> TellPayment(const Event& event, const Occurrence& on,
                                 RecordPaymentRequest* record) {
  if (event.order().empty()) return false;
  record->set_name(event.order());
  record->set_invoice(on.record.subject());
  record->set_revision(on.record.revision());
  *record->mutable_paid_amount() = event.paid_amount();
  return true;
}

}  // namespace

std::vector<domain::Reaction> OrderingReactions() {
  return {
      domain::Whenever<QuoteAccepted, CreateOrderRequest>("place-order-of-accepted-quote",
                                                          PlaceOrder),
      // Of invoices and credit notes; an InvoiceCredited says the same as its credit note's
      // InvoiceIssued.
      domain::Whenever<InvoiceIssued, RecordInvoiceRequest>("record-invoice-of-order", TellInvoice),
      domain::Whenever<PaymentRecorded, RecordPaymentRequest>("record-payment-of-order",
                                                              TellPayment<PaymentRecorded>),
      domain::Whenever<PaymentRefunded, RecordPaymentRequest>("record-refund-of-order",
                                                              TellPayment<PaymentRefunded>),
  };
}

}  // namespace leadstream::ordering
