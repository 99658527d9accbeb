#include "common/domain/tax_groups.h"

#include <algorithm>
#include <vector>

#include "common/domain/check.h"
#include "common/domain/money.h"

namespace leadstream::domain {

using common::v1::Line;
using common::v1::TaxSubtotal;
using common::v1::Totals;

namespace {

TaxKey Key(const std::string& category, const google::type::Decimal& rate) {
  return {category.empty() ? "S" : category, Decimal::Of(rate)};
}

}  // namespace

TaxKey KeyOf(const Line& line) { return Key(line.tax_category(), line.tax_rate()); }

TaxKey KeyOf(const TaxSubtotal& subtotal) {
  return Key(subtotal.tax_category(), subtotal.tax_rate());
}

bool AllFree(const Lines& lines) {
  return std::all_of(lines.begin(), lines.end(),
                     [](const Line& line) { return ToDecimal(line.net()).IsZero(); });
}

TaxGroups GroupsOf(const Lines& lines) {
  const bool free = AllFree(lines);
  TaxGroups groups;
  for (const Line& line : lines) {
    TaxGroup& group = groups[KeyOf(line)];
    const Decimal net = ToDecimal(line.net());
    group.net += net;
    group.weight += free ? Decimal(1) : net.Abs();
    ++group.lines;
  }
  return groups;
}

void Spread(const Decimal& amount, int digits, Decimal TaxGroup::*share, TaxGroups* groups) {
  if (groups->size() == 1) {
    groups->begin()->second.*share = amount;
    return;
  }
  struct Rest {
    Decimal remainder;  // times the sum of weights, which is the same for all
    TaxGroup* group;
  };
  Decimal weights;
  for (const auto& [key, group] : *groups) weights += group.weight;
  Decimal left = amount;
  std::vector<Rest> rests;
  for (auto& [key, group] : *groups) {
    const Decimal exact = amount * group.weight;
    group.*share = exact.DividedDown(weights, digits);
    left -= group.*share;
    rests.push_back({(exact - group.*share * weights).Abs(), &group});
  }
  std::stable_sort(rests.begin(), rests.end(),
                   [](const Rest& a, const Rest& b) { return a.remainder > b.remainder; });
  const Decimal unit = Decimal::Scaled(amount.IsNegative() ? -1 : 1, digits);
  for (Rest& rest : rests) {
    if (left.IsZero()) return;
    rest.group->*share += unit;
    left -= unit;
  }
  // Fewer minor units are left over than there are groups.
  Check(left.IsZero(), "shares do not sum to what was spread");
}

Decimal TaxOf(const TaxKey& key, const TaxGroup& group, int digits) {
  return (group.Taxable() * key.second.Percent()).Rounded(digits);
}

Totals ToTotals(absl::string_view currency, const TaxGroups& groups) {
  Totals totals;
  TaxGroup sum;
  for (const auto& [key, group] : groups) {
    sum.net += group.net;
    sum.discount += group.discount;
    sum.freight += group.freight;
    sum.tax += group.tax;
    TaxSubtotal& subtotal = *totals.add_taxes();
    subtotal.set_tax_category(key.first);
    *subtotal.mutable_tax_rate() = key.second.ToProto();
    *subtotal.mutable_taxable() = ToMoney(group.Taxable(), currency);
    *subtotal.mutable_tax() = ToMoney(group.tax, currency);
  }
  *totals.mutable_lines() = ToMoney(sum.net, currency);
  *totals.mutable_discount() = ToMoney(sum.discount, currency);
  *totals.mutable_freight() = ToMoney(sum.freight, currency);
  *totals.mutable_net() = ToMoney(sum.Taxable(), currency);
  *totals.mutable_tax() = ToMoney(sum.tax, currency);
  SetRounding(Decimal(), &totals);
  return totals;
}

Decimal RoundingOf(const Totals& totals, const RoundingPolicy& policy) {
  if (policy.currency.empty() || policy.currency != totals.net().currency_code() ||
      !policy.increment.IsPositive())
    return Decimal();
  const Decimal payable = ToDecimal(totals.net()) + ToDecimal(totals.tax());
  return payable.RoundedTo(policy.increment) - payable;
}

void SetRounding(const Decimal& rounding, Totals* totals) {
  const std::string& currency = totals->net().currency_code();
  *totals->mutable_rounding() = ToMoney(rounding, currency);
  *totals->mutable_total() =
      ToMoney(ToDecimal(totals->net()) + ToDecimal(totals->tax()) + rounding, currency);
}

}  // namespace leadstream::domain
