// What an order comes to: as ordered, without what was canceled, and how much of that is invoiced
// and paid.
#pragma once

#include "common/domain/decimal.h"
#include "common/domain/totals.h"
#include "leadstream/ordering/v1/order.pb.h"

namespace leadstream::ordering {

// The lines as ordered, without their progress.
domain::Lines LinesOf(const v1::Order& order);

// What of the line is neither fulfilled nor canceled.
domain::Decimal OpenQuantity(const v1::OrderLine& line);

// Whether something of the order is still to be delivered.
bool HasOpenLines(const v1::Order& order);

// Computes base and net of the lines, totals and effective totals.
void PriceOrder(v1::Order* order);

// What the order comes to without what was canceled. The invoices of its fulfilments sum up to
// this.
common::v1::Totals EffectiveTotalsOf(const v1::Order& order);

// Computes what of each line, and of the whole, is invoiced and paid, from `order->invoices()`.
void SumInvoices(v1::Order* order);

// From the sums that SumInvoices computed.
v1::Order::BillingState BillingStateOf(const v1::Order& order);

}  // namespace leadstream::ordering
