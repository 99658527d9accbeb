// What the lines of a document come to, and what a part of it comes to: one arithmetic for
// opportunity, quote, order and invoice.
//
//   quote:    for (Line& line : *quote.mutable_lines()) PriceLine(currency, &line);
//             *quote.mutable_totals() = TotalsOf(currency, quote.lines(), quote.adjustments());
//   invoice:  Minus(PartOf(currency, order.lines(), order.adjustments(), fulfilled_now),
//                   PartOf(currency, order.lines(), order.adjustments(), fulfilled_before))
//   credit:   Minus(PartOf(invoice.lines(), invoice.totals(), credited_now),
//                   PartOf(invoice.lines(), invoice.totals(), credited_before))
//
// Parts are computed on cumulative quantities and subtracted, so whatever the split, the parts of a
// document sum to its totals exactly, in every field and every tax category. A part may therefore
// be a minor unit away from what its own quantity would come to alone.
//
// Where it is rounded (always half away from zero, to the currency's digits):
//   line      net = quantity x (unit_price - volume_discount) x (1 - discount_percent)
//             - discount_amount, exact, then rounded once.
//   header    discount = lines x discount_percent + discount_amount, exact, then rounded once;
//             freight likewise.
//   spread    discount, and freight, over the (category, rate) groups in proportion to their lines'
//             net by largest remainder: each group gets its share cut off, the minor units left
//             over go one each to the largest remainders, of equal ones to the first in order of
//             category and rate. A group without value gets nothing, unless no line has any: then
//             every line counts alike.
//   tax       once per group, on its taxable amount.
//   part      of a line: net x quantity / whole quantity; of a group's discount and freight: in
//             proportion to its lines' net; then its tax. A group's amounts depend on its own lines
//             only, so an invoice never names a tax category that it has no line of.
#pragma once

#include <absl/strings/string_view.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/domain/decimal.h"
#include "common/domain/decision.h"
#include "common/domain/lines.h"
#include "common/domain/money.h"
#include "leadstream/common/v1/document.pb.h"

namespace leadstream::domain {

// By line id. A line that is not there has quantity 0; an id that no line has is ignored; a
// quantity beyond the line's is the line's.
using Quantities = std::map<std::string, Decimal, std::less<>>;

// To what multiple a currency's payable total is rounded, where coins are gone: {"HUF", 5}, {"CHF",
// 0.05}. None by default, and none for documents of another currency. The difference is
// Totals.rounding, so nothing else changes.
struct RoundingPolicy {
  std::string currency;
  Decimal increment;
};

// A part of a document. Its lines are those of the document with quantity, discount_amount, base
// and net of the part; those of which it has nothing are left out.
struct Part {
  Lines lines;
  common::v1::Totals totals;
};

// Whether the line has a unit price; 0 is one.
bool IsPriced(const common::v1::Line& line);

// Fills base and net. Both are 0 for a line without a price.
void PriceLine(absl::string_view currency, common::v1::Line* line);

// Computed from quantities, prices and discounts; the lines' own base and net are not read. A
// document without lines comes to 0, whatever its adjustments. Every amount is set, in `currency`.
common::v1::Totals TotalsOf(absl::string_view currency, const Lines& lines,
                            const common::v1::Adjustments& adjustments,
                            const RoundingPolicy& policy = {});

// What these quantities of a document come to, of a quote or an order, whose amounts follow from
// its prices. At full quantity: TotalsOf.
Part PartOf(absl::string_view currency, const Lines& lines,
            const common::v1::Adjustments& adjustments, const Quantities& quantities,
            const RoundingPolicy& policy = {});

// The same of a document whose amounts stand, an invoice: `lines` with base and net, and the
// `totals` that belong to them. At full quantity exactly these.
Part PartOf(const Lines& lines, const common::v1::Totals& totals, const Quantities& quantities,
            const RoundingPolicy& policy = {});

// Amount by amount, tax group by tax group; a group that either has is in the result. Empty Totals
// count as 0.
common::v1::Totals Plus(const common::v1::Totals& a, const common::v1::Totals& b);
common::v1::Totals Minus(const common::v1::Totals& a, const common::v1::Totals& b);

// The same with the lines, by line id; lines and tax groups of which nothing is left are left out.
Part Plus(const Part& a, const Part& b);
Part Minus(const Part& a, const Part& b);

// Everything that annotations cannot say about lines and adjustments, with paths such as
// "lines[2].discount_amount" and "adjustments.discount_amount": a volume discount above the price,
// a discount above what it is taken off, an amount of more than 15 digits before the point, a line
// id used twice, a line with neither product nor description. Empty: the document can be priced.
std::vector<FieldViolation> DocumentProblems(absl::string_view currency, const Lines& lines,
                                             const common::v1::Adjustments& adjustments);

}  // namespace leadstream::domain
