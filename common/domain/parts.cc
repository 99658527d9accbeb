// Parts of a document, and their sums and differences: the second half of totals.h.
#include <map>
#include <optional>
#include <set>

#include "common/domain/money.h"
#include "common/domain/tax_groups.h"
#include "common/domain/totals.h"

namespace leadstream::domain {

using common::v1::Line;
using common::v1::TaxSubtotal;
using common::v1::Totals;
using google::type::Money;

namespace {

// How finely lines without value are weighed: q / Q to so many digits.
constexpr int kWeightDigits = 12;

// How much of a line is in the part.
struct Share {
  Decimal quantity;
  Decimal of;
  bool whole = false;

  Decimal Of(const Decimal& amount, int digits) const {
    return whole ? amount : (amount * quantity).DividedBy(of, digits);
  }
};

// Nothing if the part has none of it. A line whose own quantity is not above 0 (no valid one) is
// there as a whole, or not.
std::optional<Share> ShareOf(const Line& line, const Quantities& quantities) {
  const auto at = quantities.find(line.line_id());
  if (at == quantities.end()) return std::nullopt;
  const Decimal of = Decimal::Of(line.quantity());
  if (!of.IsPositive() || at->second >= of) return Share{of, of, true};
  if (!at->second.IsPositive()) return std::nullopt;
  return Share{at->second, of, false};
}

Line PartOfLine(const Line& line, const Share& share, absl::string_view currency) {
  Line part = line;
  if (share.whole) return part;
  const int digits = CurrencyDigits(currency);
  *part.mutable_quantity() = share.quantity.ToProto();
  *part.mutable_base() = ToMoney(share.Of(ToDecimal(line.base()), digits), currency);
  *part.mutable_net() = ToMoney(share.Of(ToDecimal(line.net()), digits), currency);
  if (line.has_discount_amount()) {
    *part.mutable_discount_amount() =
        share.Of(Decimal::Of(line.discount_amount()), digits).ToProto();
  }
  return part;
}

// What each group has of the totals' discount, freight and tax. Totals tell freight - discount of a
// group (as taxable - net); where there are both, the freight is spread as it was when the document
// was priced, and what is missing to that is discount.
void ReadShares(const Totals& totals, int digits, TaxGroups* groups) {
  const bool discounted = !ToDecimal(totals.discount()).IsZero();
  if (discounted && !groups->empty())
    Spread(ToDecimal(totals.freight()).Rounded(digits), digits, &TaxGroup::freight, groups);
  for (const TaxSubtotal& subtotal : totals.taxes()) {
    const auto at = groups->find(KeyOf(subtotal));
    if (at == groups->end()) continue;
    TaxGroup& group = at->second;
    const Decimal added = ToDecimal(subtotal.taxable()) - group.net;
    if (!discounted) group.freight = added;
    group.discount = group.freight - added;
    group.tax = ToDecimal(subtotal.tax());
  }
}

// Fills discount, freight and tax of a group of the part, whose net and weight are known.
void TakeShares(const TaxKey& key, const TaxGroup& whole, bool complete, int digits,
                TaxGroup* part) {
  if (complete) {
    part->discount = whole.discount;
    part->freight = whole.freight;
    part->tax = whole.tax;
    return;
  }
  if (!whole.weight.IsZero()) {
    part->discount = (whole.discount * part->weight).DividedBy(whole.weight, digits);
    part->freight = (whole.freight * part->weight).DividedBy(whole.weight, digits);
  }
  part->tax = TaxOf(key, *part, digits);
}

Money Negated(Money money) {
  money.set_units(-money.units());
  money.set_nanos(-money.nanos());
  return money;
}

Totals Negated(Totals totals) {
  for (Money* amount : {totals.mutable_lines(), totals.mutable_discount(), totals.mutable_freight(),
                        totals.mutable_net(), totals.mutable_tax(), totals.mutable_total(),
                        totals.mutable_rounding()}) {
    *amount = Negated(*amount);
  }
  for (TaxSubtotal& subtotal : *totals.mutable_taxes()) {
    *subtotal.mutable_taxable() = Negated(subtotal.taxable());
    *subtotal.mutable_tax() = Negated(subtotal.tax());
  }
  return totals;
}

Part Negated(Part part) {
  part.totals = Negated(std::move(part.totals));
  for (Line& line : part.lines) {
    *line.mutable_quantity() = (-Decimal::Of(line.quantity())).ToProto();
    *line.mutable_base() = Negated(line.base());
    *line.mutable_net() = Negated(line.net());
    if (line.has_discount_amount())
      *line.mutable_discount_amount() = (-Decimal::Of(line.discount_amount())).ToProto();
  }
  return part;
}

void AddTo(const Line& line, Line* sum) {
  *sum->mutable_quantity() =
      (Decimal::Of(sum->quantity()) + Decimal::Of(line.quantity())).ToProto();
  *sum->mutable_base() = Plus(sum->base(), line.base());
  *sum->mutable_net() = Plus(sum->net(), line.net());
  if (sum->has_discount_amount() || line.has_discount_amount()) {
    *sum->mutable_discount_amount() =
        (Decimal::Of(sum->discount_amount()) + Decimal::Of(line.discount_amount())).ToProto();
  }
}

bool IsNothing(const Line& line) {
  return Decimal::Of(line.quantity()).IsZero() && ToDecimal(line.base()).IsZero() &&
         ToDecimal(line.net()).IsZero();
}

bool IsNothing(const TaxSubtotal& subtotal) {
  return ToDecimal(subtotal.taxable()).IsZero() && ToDecimal(subtotal.tax()).IsZero();
}

}  // namespace

Part PartOf(const Lines& lines, const Totals& totals, const Quantities& quantities,
            const RoundingPolicy& policy) {
  const std::string& currency = totals.lines().currency_code();
  const int digits = CurrencyDigits(currency);
  TaxGroups whole = GroupsOf(lines);
  ReadShares(totals, digits, &whole);

  Part part;
  TaxGroups groups;
  const bool free = AllFree(lines);
  for (const Line& line : lines) {
    const std::optional<Share> share = ShareOf(line, quantities);
    if (!share) continue;
    Line& in_part = *part.lines.Add() = PartOfLine(line, *share, currency);
    const TaxKey key = KeyOf(line);
    TaxGroup& group = groups[key];
    const Decimal net = ToDecimal(in_part.net());
    group.net += net;
    group.weight += free ? share->Of(Decimal(1), kWeightDigits) : net.Abs();
    if (share->whole) ++group.lines;
  }
  bool complete = groups.size() == whole.size();
  for (auto& [key, group] : groups) {
    const TaxGroup& of = whole.at(key);
    const bool group_complete = group.lines == of.lines;
    TakeShares(key, of, group_complete, digits, &group);
    complete &= group_complete;
  }
  part.totals = ToTotals(currency, groups);
  SetRounding(complete ? ToDecimal(totals.rounding()) : RoundingOf(part.totals, policy),
              &part.totals);
  return part;
}

Totals Plus(const Totals& a, const Totals& b) {
  Totals sum;
  *sum.mutable_lines() = Plus(a.lines(), b.lines());
  *sum.mutable_discount() = Plus(a.discount(), b.discount());
  *sum.mutable_freight() = Plus(a.freight(), b.freight());
  *sum.mutable_net() = Plus(a.net(), b.net());
  *sum.mutable_tax() = Plus(a.tax(), b.tax());
  *sum.mutable_total() = Plus(a.total(), b.total());
  *sum.mutable_rounding() = Plus(a.rounding(), b.rounding());
  std::map<TaxKey, TaxSubtotal> taxes;
  for (const Totals* totals : {&a, &b}) {
    for (const TaxSubtotal& subtotal : totals->taxes()) {
      TaxKey key = KeyOf(subtotal);
      TaxSubtotal& group = taxes[key];
      group.set_tax_category(key.first);
      *group.mutable_tax_rate() = key.second.ToProto();
      *group.mutable_taxable() = Plus(group.taxable(), subtotal.taxable());
      *group.mutable_tax() = Plus(group.tax(), subtotal.tax());
    }
  }
  for (const auto& [key, subtotal] : taxes) *sum.add_taxes() = subtotal;
  return sum;
}

Totals Minus(const Totals& a, const Totals& b) { return Plus(a, Negated(b)); }

Part Plus(const Part& a, const Part& b) {
  Part sum;
  std::map<std::string, Line*> by_id;
  Lines lines = a.lines;
  for (Line& line : lines) by_id.emplace(line.line_id(), &line);
  for (const Line& line : b.lines) {
    const auto at = by_id.find(line.line_id());
    if (at != by_id.end()) {
      AddTo(line, at->second);
    } else {
      *lines.Add() = line;
    }
  }
  std::set<TaxKey> used;
  for (Line& line : lines) {
    if (IsNothing(line)) continue;
    used.insert(KeyOf(line));
    *sum.lines.Add() = std::move(line);
  }
  sum.totals = Plus(a.totals, b.totals);
  google::protobuf::RepeatedPtrField<TaxSubtotal> taxes;
  taxes.Swap(sum.totals.mutable_taxes());
  for (TaxSubtotal& subtotal : taxes) {
    if (used.contains(KeyOf(subtotal)) || !IsNothing(subtotal))
      *sum.totals.add_taxes() = std::move(subtotal);
  }
  return sum;
}

Part Minus(const Part& a, const Part& b) { return Plus(a, Negated(b)); }

}  // namespace leadstream::domain
