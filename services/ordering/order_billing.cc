// What billing tells of an order: invoices, credit notes, payments. These commands come from
// reactions, so they may come twice or in any order, and no state of the order refuses them: of two
// tellings of one invoice the one of the higher revision stands.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "services/ordering/order_amounts.h"
#include "services/ordering/order_rules.h"

namespace leadstream::ordering {
namespace {

using domain::FieldViolation;

// What is known of it so far: perhaps no more than its name.
OrderInvoice KnownInvoice(const Order& order, const std::string& name) {
  for (const OrderInvoice& invoice : order.invoices()) {
    if (invoice.invoice() == name) return invoice;
  }
  OrderInvoice unknown;
  unknown.set_invoice(name);
  return unknown;
}

void PutInvoice(const OrderInvoice& put, Order* order) {
  auto& invoices = *order->mutable_invoices();
  auto place = std::find_if(invoices.begin(), invoices.end(), [&](const OrderInvoice& invoice) {
    return invoice.invoice() == put.invoice();
  });
  *(place != invoices.end() ? &*place : invoices.Add()) = put;
  SumInvoices(order);
}

Order::BillingState BillingStateWith(const OrderInvoice& invoice, const Order& order) {
  Order after = order;
  PutInvoice(invoice, &after);
  return BillingStateOf(after);
}

void CheckCurrency(const google::type::Money& amount, const Order& order, const std::string& path,
                   std::vector<FieldViolation>* bad) {
  const std::string& currency = amount.currency_code();
  if (currency.empty() || currency == order.currency()) return;
  bad->push_back({path, absl::StrCat("is in ", currency, ", the order is in ", order.currency())});
}

constexpr char kCurrencyDiffers[] = "an order and its invoices are in one currency";

}  // namespace

Decision Decide(const Order& order, const RecordInvoiceRequest& request, const Context&) {
  std::vector<FieldViolation> bad;
  CheckCurrency(request.invoice().total(), order, "invoice.total", &bad);
  CheckCurrency(request.invoice().deducted_amount(), order, "invoice.deducted_amount", &bad);
  for (int i = 0; i < request.invoice().lines_size(); ++i) {
    CheckCurrency(request.invoice().lines(i).net(), order,
                  absl::StrCat("invoice.lines[", i, "].net"), &bad);
  }
  if (!bad.empty()) return RefuseFields(ORDER_CURRENCY_DIFFERS, kCurrencyDiffers, bad);

  const OrderInvoice known = KnownInvoice(order, request.invoice().invoice());
  OrderInvoiceRecorded event;
  *event.mutable_invoice() = known;
  if (known.type() == OrderInvoice::TYPE_UNSPECIFIED ||
      known.revision() < request.invoice().revision()) {
    *event.mutable_invoice() = request.invoice();
    *event.mutable_invoice()->mutable_paid_amount() = known.paid_amount();
    event.mutable_invoice()->set_payment_revision(known.payment_revision());
  }
  event.set_billing_state(BillingStateWith(event.invoice(), order));
  return event;
}

Decision Decide(const Order& order, const RecordPaymentRequest& request, const Context&) {
  std::vector<FieldViolation> bad;
  CheckCurrency(request.paid_amount(), order, "paid_amount", &bad);
  if (!bad.empty()) return RefuseFields(ORDER_CURRENCY_DIFFERS, kCurrencyDiffers, bad);

  OrderPaymentRecorded event;
  *event.mutable_invoice() = KnownInvoice(order, request.invoice());
  if (event.invoice().payment_revision() < request.revision()) {
    *event.mutable_invoice()->mutable_paid_amount() = request.paid_amount();
    event.mutable_invoice()->set_payment_revision(request.revision());
  }
  event.set_billing_state(BillingStateWith(event.invoice(), order));
  return event;
}

void Evolve(const OrderInvoiceRecorded& event, Order* order) {
  PutInvoice(event.invoice(), order);
  order->set_billing_state(event.billing_state());
}

void Evolve(const OrderPaymentRecorded& event, Order* order) {
  PutInvoice(event.invoice(), order);
  order->set_billing_state(event.billing_state());
}

}  // namespace leadstream::ordering
