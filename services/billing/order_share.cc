#include "services/billing/order_share.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/domain/money.h"
#include "common/domain/tax_groups.h"
#include "common/domain/totals.h"
#include "services/billing/invoice_names.h"
#include "services/billing/problems.h"

namespace leadstream::billing {
namespace {

using common::v1::Line;
using domain::Decimal;
using domain::Lines;
using domain::Part;
using domain::Quantities;
using v1::Invoice;
using v1::InvoicedOrder;
using v1::LineQuantity;

// Digits of a quantity that stands for an amount: enough for any amount to come back when it is
// rounded.
constexpr int kQuantityDigits = 30;

std::string OrderKey(absl::string_view order) { return absl::StrCat("order/", IdOf(order)); }

InvoicedOrder InvoicedOf(absl::string_view order, const domain::Facts& facts) {
  InvoicedOrder invoiced;
  if (auto remembered = facts.Get(OrderKey(order))) invoiced.ParseFromString(*remembered);
  return invoiced;
}

Part ToPart(const InvoicedOrder& invoiced) { return {invoiced.lines(), invoiced.totals()}; }

template <typename List>
Quantities QuantitiesOf(const List& list) {
  Quantities quantities;
  for (const auto& entry : list) quantities[entry.line_id()] = Decimal::Of(entry.quantity());
  return quantities;
}

Decimal At(const Quantities& quantities, const std::string& line_id) {
  auto at = quantities.find(line_id);
  return at == quantities.end() ? Decimal() : at->second;
}

// How much of each line was ever known to be fulfilled; never more than was ordered.
Quantities Fulfilled(const Invoice& invoice, const InvoicedOrder& invoiced) {
  const Quantities now = QuantitiesOf(invoice.order_basis().fulfilled()),
                   before = QuantitiesOf(invoiced.fulfilled());
  Quantities fulfilled;
  for (const Line& line : invoice.order_basis().lines()) {
    const Decimal most = std::max(At(now, line.line_id()), At(before, line.line_id()));
    fulfilled[line.line_id()] = std::min(most, Decimal::Of(line.quantity()));
  }
  return fulfilled;
}

void CheckLines(absl::string_view path, const Invoice& invoice, Problems* problems) {
  const Quantities ordered = QuantitiesOf(invoice.order_basis().lines());
  std::map<std::string, int> seen;
  for (int i = 0; i < invoice.lines_size(); ++i) {
    const std::string& line_id = invoice.lines(i).line_id();
    const std::string field = absl::StrCat(path, "lines[", i, "].line_id");
    if (!ordered.contains(line_id)) {
      problems->Add(v1::INVOICE_LINE_UNKNOWN, field,
                    absl::StrCat(invoice.order(), " has no line \"", line_id, "\""));
    } else if (!seen.emplace(line_id, i).second) {
      problems->Add(v1::INVOICE_LINE_UNKNOWN, field,
                    absl::StrCat("\"", line_id, "\" is named twice"));
    }
  }
}

void CheckFulfilled(absl::string_view path, const Invoice& invoice, const Quantities& before,
                    const Quantities& fulfilled, Problems* problems) {
  for (int i = 0; i < invoice.lines_size(); ++i) {
    const Line& line = invoice.lines(i);
    const Decimal left = At(fulfilled, line.line_id()) - At(before, line.line_id());
    if (Decimal::Of(line.quantity()) <= left) continue;
    problems->Add(v1::INVOICE_EXCEEDS_FULFILLED, absl::StrCat(path, "lines[", i, "].quantity"),
                  absl::StrCat("only ", std::max(left, Decimal()).ToString(), " of line \"",
                               line.line_id(), "\" is fulfilled and not invoiced"));
  }
}

// The quantity of `line` that comes to `net`.
Decimal QuantityFor(const Decimal& net, const Line& line) {
  return (Decimal::Of(line.quantity()) * net)
      .DividedBy(domain::ToDecimal(line.net()), kQuantityDigits);
}

// What of the order is invoiced after this invoice, and what it comes to. A partial credit may
// leave a line a minor unit away from what its quantity comes to. Such a line is set right when it
// is billed again, and not by the way: while only others are billed, it counts for what it was
// invoiced for; and it never counts for less.
Part PartAfter(const Invoice& invoice, const Quantities& billed, const Part& before) {
  Lines ordered = invoice.order_basis().lines();
  std::map<absl::string_view, const Line*> invoiced;
  for (const Line& line : before.lines) invoiced[line.line_id()] = &line;

  Quantities after, counted;
  for (Line& line : ordered) {
    domain::PriceLine(invoice.currency(), &line);
    const Decimal now = At(billed, line.line_id());
    auto at = invoiced.find(line.line_id());
    if (at == invoiced.end() && !now.IsPositive()) continue;
    const Decimal quantity = at == invoiced.end() ? now : Decimal::Of(at->second->quantity()) + now;
    after[line.line_id()] = counted[line.line_id()] = quantity;
    if (at == invoiced.end() || domain::ToDecimal(line.net()).IsZero()) continue;
    const Decimal for_its_net = QuantityFor(domain::ToDecimal(at->second->net()), line);
    counted[line.line_id()] = now.IsZero() ? for_its_net : std::max(quantity, for_its_net);
  }
  Part part =
      domain::PartOf(invoice.currency(), ordered, invoice.order_basis().adjustments(), counted);
  for (Line& line : part.lines) *line.mutable_quantity() = after.at(line.line_id()).ToProto();
  return part;
}

// Leaves the lines that are billed.
void KeepBilled(const Quantities& billed, Part* part) {
  Lines kept;
  for (Line& line : part->lines) {
    if (billed.contains(line.line_id())) *kept.Add() = std::move(line);
  }
  part->lines.Swap(&kept);
}

// Partial credits may leave a tax a minor unit away from what its lines come to. It is set right by
// an invoice that bills one of its lines again; on any other nobody could credit it.
void LeaveOtherTaxes(absl::string_view currency, Part* share) {
  std::set<domain::TaxKey> billed;
  for (const Line& line : share->lines) billed.insert(domain::KeyOf(line));
  common::v1::Totals& totals = share->totals;
  google::protobuf::RepeatedPtrField<common::v1::TaxSubtotal> kept;
  Decimal net, tax;
  for (const common::v1::TaxSubtotal& subtotal : totals.taxes()) {
    if (billed.contains(domain::KeyOf(subtotal))) {
      *kept.Add() = subtotal;
    } else {
      net += domain::ToDecimal(subtotal.taxable());
      tax += domain::ToDecimal(subtotal.tax());
    }
  }
  *totals.mutable_taxes() = std::move(kept);
  const auto lower = [&](const Decimal& by, google::type::Money* amount) {
    if (!by.IsZero()) *amount = domain::ToMoney(domain::ToDecimal(*amount) - by, currency);
  };
  // Of a tax without lines the net is freight less discount.
  if (domain::ToDecimal(totals.discount()).IsZero()) {
    lower(net, totals.mutable_freight());
  } else {
    lower(-net, totals.mutable_discount());
  }
  lower(net, totals.mutable_net());
  lower(tax, totals.mutable_tax());
  lower(net + tax, totals.mutable_total());
}

// What a line's amounts are remembered by: its key, how much of it, what that came to, how it is
// taxed.
Line Remembered(const Line& line) {
  Line remembered;
  remembered.set_line_id(line.line_id());
  *remembered.mutable_quantity() = line.quantity();
  *remembered.mutable_base() = line.base();
  *remembered.mutable_net() = line.net();
  remembered.set_tax_category(line.tax_category());
  if (line.has_tax_rate()) *remembered.mutable_tax_rate() = line.tax_rate();
  if (line.has_discount_amount()) *remembered.mutable_discount_amount() = line.discount_amount();
  return remembered;
}

Part RememberedPart(const Lines& lines, const common::v1::Totals& totals) {
  Part part{{}, totals};
  for (const Line& line : lines) *part.lines.Add() = Remembered(line);
  return part;
}

void Put(absl::string_view order, const Part& part, InvoicedOrder invoiced,
         domain::MutableFacts* facts) {
  *invoiced.mutable_lines() = part.lines;
  *invoiced.mutable_totals() = part.totals;
  facts->Put(OrderKey(order), invoiced.SerializeAsString());
}

}  // namespace

std::optional<domain::Refusal> TakeShareOfOrder(absl::string_view path, const domain::Facts& facts,
                                                Invoice* invoice) {
  const InvoicedOrder invoiced = InvoicedOf(invoice->order(), facts);
  Part before = ToPart(invoiced);
  const Quantities invoiced_quantities = QuantitiesOf(before.lines),
                   fulfilled = Fulfilled(*invoice, invoiced);

  Problems problems;
  CheckLines(path, *invoice, &problems);
  if (problems.any()) return problems.Refuse("an invoice for an order bills the order's lines");
  if (invoice->lines().empty()) {
    for (const Line& line : invoice->order_basis().lines()) {
      const Decimal left = At(fulfilled, line.line_id()) - At(invoiced_quantities, line.line_id());
      if (!left.IsPositive()) continue;
      Line* billed = invoice->add_lines();
      billed->set_line_id(line.line_id());
      *billed->mutable_quantity() = left.ToProto();
    }
    if (invoice->lines().empty()) {
      return domain::Refuse(v1::NOTHING_TO_INVOICE, absl::StrCat("all that was fulfilled of ",
                                                                 invoice->order(), " is invoiced"));
    }
  }
  CheckFulfilled(path, *invoice, invoiced_quantities, fulfilled, &problems);
  if (problems.any()) return problems.RefuseForNow("no more is invoiced than was fulfilled");

  const Quantities billed = QuantitiesOf(invoice->lines());
  Part after = PartAfter(*invoice, billed, before);
  KeepBilled(billed, &after);
  KeepBilled(billed, &before);
  Part share = domain::Minus(after, before);
  LeaveOtherTaxes(invoice->currency(), &share);
  *invoice->mutable_lines() = std::move(share.lines);
  *invoice->mutable_totals() = std::move(share.totals);
  return std::nullopt;
}

common::v1::Totals InvoicedTotals(absl::string_view order, const domain::Facts& facts) {
  return InvoicedOf(order, facts).totals();
}

google::protobuf::RepeatedPtrField<LineQuantity> FulfilledOf(const Invoice& invoice) {
  google::protobuf::RepeatedPtrField<LineQuantity> fulfilled;
  const Quantities billed = QuantitiesOf(invoice.lines());
  for (const LineQuantity& line : invoice.order_basis().fulfilled()) {
    if (billed.contains(line.line_id())) *fulfilled.Add() = line;
  }
  return fulfilled;
}

void RememberInvoiced(const v1::InvoiceIssued& issued, domain::MutableFacts* facts) {
  const Invoice& invoice = issued.invoice();
  // A credit note's amounts were counted when its invoice was credited; a deposit bills nothing.
  if (invoice.order().empty() || invoice.type() != Invoice::INVOICE) return;
  InvoicedOrder invoiced = InvoicedOf(invoice.order(), *facts);
  for (const LineQuantity& line : issued.fulfilled()) {
    auto& known = *invoiced.mutable_fulfilled();
    auto at = std::find_if(known.begin(), known.end(), [&](const LineQuantity& entry) {
      return entry.line_id() == line.line_id();
    });
    if (at == known.end()) {
      *known.Add() = line;
    } else if (Decimal::Of(at->quantity()) < Decimal::Of(line.quantity())) {
      *at->mutable_quantity() = line.quantity();
    }
  }
  Put(invoice.order(),
      domain::Plus(ToPart(invoiced), RememberedPart(invoice.lines(), invoice.totals())), invoiced,
      facts);
}

void RememberCredited(const v1::InvoiceCredited& credited, domain::MutableFacts* facts) {
  if (credited.order().empty() || credited.type() == Invoice::DEPOSIT) return;
  const InvoicedOrder invoiced = InvoicedOf(credited.order(), *facts);
  const v1::Credit& credit = credited.credit();
  Put(credited.order(),
      domain::Minus(ToPart(invoiced), RememberedPart(credit.lines(), credit.totals())), invoiced,
      facts);
}

}  // namespace leadstream::billing
