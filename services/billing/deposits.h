// What is asked for of an order before it is delivered, and deducted from its invoices.
//
// A seller's partition remembers the deposits of each order of which something is neither deducted
// nor credited: `deposits/{order}` -> OrderDeposits. A deposit asks for no more than is left of the
// order: what is not canceled, not invoiced and not asked for by another. Each invoice of the order
// then deducts as much as it can, of the oldest deposit first, taxable amount and tax of each rate
// for themselves. So whatever the split, of every rate: deposits and what the invoices ask for
// beyond them come to the order, to the cent.
//
// Like what is invoiced it is counted when a document is issued: a draft holds nothing back from
// others.
#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/billing/v1/invoice_service.pb.h"

namespace leadstream::billing {

class Problems;

// Issued deposits, by their order.
inline constexpr char kDepositsIndex[] = "deposits";
std::vector<std::string> OrderOfDeposit(const v1::Invoice& invoice);

// Whether deposit_percent and deposit_amount are there where they belong, and only there.
void CheckDepositTerms(const v1::Invoice& invoice, Problems* problems);

// The lines of a deposit, one for each tax rate of the order, and its totals. Each rate's share is
// in proportion to what is left of the order under that rate. Bad fields are below `path`.
std::optional<domain::Refusal> PriceDeposit(absl::string_view path, const domain::Facts& facts,
                                            v1::Invoice* deposit);

// What an invoice for an order, whose totals are known, deducts.
void Deduct(const domain::Facts& facts, v1::Invoice* invoice);

// What a credit takes off the invoice's deductions: no more is deducted than is left of the
// invoice.
void ReturnDeductions(const v1::Invoice& invoice, v1::Credit* credit);
// The deductions less what was returned.
void TakeOffReturned(const v1::Credit& credit, v1::Invoice* invoice);
// Sets deducted_amount to what the deductions sum up to.
void SumDeductions(v1::Invoice* invoice);

// Lines and totals of the credit of all that is not deducted; false: there is nothing.
bool CreditDeposit(const v1::Invoice& deposit, const domain::Facts& facts, v1::Credit* credit);

void RememberDeposits(const v1::InvoiceIssued& issued, const v1::Invoice& after,
                      domain::MutableFacts* facts);
void RememberDeposits(const v1::InvoiceCredited& credited, const v1::Invoice& after,
                      domain::MutableFacts* facts);

}  // namespace leadstream::billing
