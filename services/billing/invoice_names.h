// How invoices are called, and which of them are numbered together.
//
//   invoices/{id}              of the seller "default", where {id} has no dot
//   invoices/{seller}.{id}     of another seller; also of "default", where {id} has a dot
//   ...{order}-{n}             the invoice of an order's fulfilment n
//   ...{invoice}-cn{n}         the credit note of an invoice's credit n
//
// A series is numbered by one writer, so the invoices of a seller lie in one partition: their names
// alone must say whose they are.
#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>

namespace leadstream::billing {

inline constexpr char kDefaultSeller[] = "default";

// "invoices/acme.4711" -> "acme", "invoices/4711" -> "default".
absl::string_view SellerOfName(absl::string_view invoice_name);

// What the partition is chosen by: "sellers/acme".
std::string PartitionKeyOf(absl::string_view invoice_name);

// The id of the invoice of an order's fulfilment. `order` is its full name.
std::string InvoiceIdOfFulfillment(absl::string_view seller, absl::string_view order,
                                   int32_t fulfillment);

// The full name of the credit note of the invoice's credit 1, 2, ...
std::string CreditNoteOf(absl::string_view invoice_name, int credit);
// Whether it is such a name, so that no invoice takes it before its credit note does.
bool IsCreditNoteName(absl::string_view name);

// What follows the slash.
absl::string_view IdOf(absl::string_view name);

}  // namespace leadstream::billing
