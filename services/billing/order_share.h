// What an invoice bills of its order, so that the invoices of an order sum up to it.
//
// A seller's partition remembers of each order what is invoiced, less what is credited:
// `order/{order}` -> InvoicedOrder. An invoice comes to the order's part at the quantities invoiced
// after it, less what is invoiced before it. So whatever the split and the order of issue, all of
// an order's invoices less their credits come to exactly the order once all of it is invoiced.
//
// It is counted when an invoice is issued: a draft holds nothing back from others, and is priced
// anew when it is issued.
#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice.pb.h"

namespace leadstream::billing {

// Prices the lines of `invoice`, which say line_id and quantity (none: all that is fulfilled and
// not invoiced), from its order_basis. Never more than is fulfilled. Bad fields are below `path`,
// which is empty or ends in a dot.
std::optional<domain::Refusal> TakeShareOfOrder(absl::string_view path, const domain::Facts& facts,
                                                v1::Invoice* invoice);

// What the order's invoices come to, less what was credited of them.
common::v1::Totals InvoicedTotals(absl::string_view order, const domain::Facts& facts);

// What is known to be fulfilled of the lines that the invoice bills.
google::protobuf::RepeatedPtrField<v1::LineQuantity> FulfilledOf(const v1::Invoice& invoice);

void RememberInvoiced(const v1::InvoiceIssued& issued, domain::MutableFacts* facts);
void RememberCredited(const v1::InvoiceCredited& credited, domain::MutableFacts* facts);

}  // namespace leadstream::billing
