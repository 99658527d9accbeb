#include "services/ordering/order_amounts.h"

#include <map>
#include <string>

#include "common/domain/money.h"

namespace leadstream::ordering {

using domain::Decimal;
using domain::ToDecimal;
using v1::Order;
using v1::OrderInvoice;
using v1::OrderLine;

namespace {

// An invoice together with the credit notes that take back from it: what is left to pay is known of
// both only.
struct Charge {
  Decimal due;
  Decimal paid;
  Decimal deducted;                         // asked for in advance, by a charge of its own
  std::map<std::string, Decimal> net;       // by line id
  std::map<std::string, Decimal> quantity;  // by line id
};

std::map<std::string, Charge> ChargesOf(const Order& order) {
  std::map<std::string, Charge> charges;
  for (const OrderInvoice& invoice : order.invoices()) {
    const bool credits = invoice.type() == OrderInvoice::CREDIT_NOTE;
    Charge& charge =
        charges[credits && !invoice.credited_invoice().empty() ? invoice.credited_invoice()
                                                               : invoice.invoice()];
    const Decimal sign(credits ? -1 : 1);
    charge.due += sign * (ToDecimal(invoice.total()) - ToDecimal(invoice.deducted_amount()));
    charge.deducted += sign * ToDecimal(invoice.deducted_amount());
    charge.paid += sign * ToDecimal(invoice.paid_amount());
    for (const auto& line : invoice.lines()) {
      charge.net[line.line_id()] += sign * ToDecimal(line.net());
      charge.quantity[line.line_id()] += sign * Decimal::Of(line.quantity());
    }
  }
  return charges;
}

// How much of a line's net amount is paid: all of it if the charge is paid, else the same share as
// of the charge. What was asked for in advance counts as paid: who owes it owes the deposit.
Decimal PaidOf(const Decimal& net, const Charge& charge, int digits) {
  if (charge.paid >= charge.due) return net;
  return (net * (charge.paid + charge.deducted)).DividedBy(charge.due + charge.deducted, digits);
}

bool AllChargesPaid(const Order& order) {
  for (const auto& [invoice, charge] : ChargesOf(order)) {
    if (charge.paid < charge.due) return false;
  }
  return true;
}

Decimal WantedQuantity(const OrderLine& line) {
  return Decimal::Of(line.line().quantity()) - Decimal::Of(line.canceled_quantity());
}

}  // namespace

domain::Lines LinesOf(const Order& order) {
  domain::Lines lines;
  for (const OrderLine& line : order.lines()) *lines.Add() = line.line();
  return lines;
}

Decimal OpenQuantity(const OrderLine& line) {
  return WantedQuantity(line) - Decimal::Of(line.fulfilled_quantity());
}

bool HasOpenLines(const Order& order) {
  for (const OrderLine& line : order.lines()) {
    if (OpenQuantity(line).IsPositive()) return true;
  }
  return false;
}

void PriceOrder(Order* order) {
  for (OrderLine& line : *order->mutable_lines())
    domain::PriceLine(order->currency(), line.mutable_line());
  *order->mutable_totals() =
      domain::TotalsOf(order->currency(), LinesOf(*order), order->adjustments());
  *order->mutable_effective_totals() = EffectiveTotalsOf(*order);
}

common::v1::Totals EffectiveTotalsOf(const Order& order) {
  domain::Quantities wanted;
  for (const OrderLine& line : order.lines()) wanted[line.line().line_id()] = WantedQuantity(line);
  return domain::PartOf(order.currency(), LinesOf(order), order.adjustments(), wanted).totals;
}

void SumInvoices(Order* order) {
  const std::string& currency = order->currency();
  const int digits = domain::CurrencyDigits(currency);
  Decimal due, paid;
  std::map<std::string, Decimal> line_quantity, line_net, line_paid;
  for (const auto& [invoice, charge] : ChargesOf(*order)) {
    due += charge.due;
    paid += charge.paid;
    for (const auto& [line_id, net] : charge.net) {
      line_quantity[line_id] += charge.quantity.at(line_id);
      line_net[line_id] += net;
      line_paid[line_id] += PaidOf(net, charge, digits);
    }
  }
  for (OrderLine& line : *order->mutable_lines()) {
    const std::string& line_id = line.line().line_id();
    *line.mutable_invoiced_quantity() = line_quantity[line_id].ToProto();
    *line.mutable_invoiced_amount() = domain::ToMoney(line_net[line_id], currency);
    *line.mutable_paid_amount() = domain::ToMoney(line_paid[line_id], currency);
  }
  *order->mutable_invoiced_amount() = domain::ToMoney(due, currency);
  *order->mutable_paid_amount() = domain::ToMoney(paid, currency);
}

Order::BillingState BillingStateOf(const Order& order) {
  bool any_invoiced = false;
  bool all_invoiced = true;
  for (const OrderLine& line : order.lines()) {
    const Decimal invoiced = Decimal::Of(line.invoiced_quantity());
    any_invoiced |= invoiced.IsPositive();
    all_invoiced &= invoiced >= WantedQuantity(line);
  }
  if (!any_invoiced) return Order::NOT_INVOICED;
  if (!all_invoiced) return Order::PARTLY_INVOICED;
  return AllChargesPaid(order) ? Order::PAID : Order::INVOICED;
}

}  // namespace leadstream::ordering
