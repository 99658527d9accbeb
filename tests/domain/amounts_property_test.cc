// Whatever the document, and however it is fulfilled, canceled, invoiced and credited: its parts
// sum to its totals, to the last minor unit.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "common/domain/totals.h"
#include "tests/domain/random_document.h"

namespace leadstream::domain {
namespace {

using common::v1::Line;
using common::v1::TaxSubtotal;
using common::v1::Totals;
using google::type::Money;

constexpr int kDocuments = 20'000;
constexpr int kCreditedDocuments = 3'000;
constexpr uint64_t kSeed = 20260302;

Decimal Amount(const Money& money) { return ToDecimal(money); }

Decimal SumOfNets(const Lines& lines) {
  Decimal sum;
  for (const Line& line : lines) sum += Amount(line.net());
  return sum;
}

std::string GroupOf(const std::string& category, const google::type::Decimal& rate) {
  return absl::StrCat(category.empty() ? "S" : category, " ", Decimal::Of(rate).ToString());
}

void ExpectSame(const Totals& sum, const Totals& whole) {
  if (sum.SerializeAsString() == whole.SerializeAsString()) return;
  EXPECT_EQ(sum.ShortDebugString(), whole.ShortDebugString());
}

// What holds of the totals of every document and every part.
void ExpectSound(const Totals& totals, const Lines& lines, const std::string& currency) {
  EXPECT_EQ(Amount(totals.lines()), SumOfNets(lines));
  EXPECT_EQ(Amount(totals.net()),
            Amount(totals.lines()) - Amount(totals.discount()) + Amount(totals.freight()));
  EXPECT_EQ(Amount(totals.total()),
            Amount(totals.net()) + Amount(totals.tax()) + Amount(totals.rounding()));
  Decimal taxable, tax;
  std::set<std::string> groups, groups_of_lines;
  const Decimal minor_unit = Decimal::Scaled(1, CurrencyDigits(currency));
  for (const TaxSubtotal& subtotal : totals.taxes()) {
    taxable += Amount(subtotal.taxable());
    tax += Amount(subtotal.tax());
    groups.insert(GroupOf(subtotal.tax_category(), subtotal.tax_rate()));
    EXPECT_FALSE(Amount(subtotal.taxable()).IsNegative());
    // A part's tax is a difference of two rounded ones, a credit's one of differences: it strays
    // from its own rate by less than two units.
    const Decimal exact = Amount(subtotal.taxable()) * Decimal::Of(subtotal.tax_rate()).Percent();
    EXPECT_LT((Amount(subtotal.tax()) - exact).Abs(), minor_unit * Decimal(2));
  }
  for (const Line& line : lines)
    groups_of_lines.insert(GroupOf(line.tax_category(), line.tax_rate()));
  EXPECT_EQ(groups, groups_of_lines);
  EXPECT_EQ(taxable, Amount(totals.net()));
  EXPECT_EQ(tax, Amount(totals.tax()));
  for (const Money& money : {totals.lines(), totals.discount(), totals.freight(), totals.net(),
                             totals.tax(), totals.total(), totals.rounding()}) {
    EXPECT_EQ(MoneyProblem(money), std::nullopt) << money.ShortDebugString();
    EXPECT_EQ(money.currency_code(), currency);
  }
  for (const Money& money : {totals.lines(), totals.discount(), totals.freight(), totals.net()})
    EXPECT_FALSE(Amount(money).IsNegative());
}

// What holds of a whole document only.
void ExpectPricedOnce(const RandomDocument& document, const Totals& totals) {
  const int digits = CurrencyDigits(document.currency);
  std::map<std::string, Decimal> nets;
  for (const Line& line : document.lines)
    nets[GroupOf(line.tax_category(), line.tax_rate())] += Amount(line.net());
  for (const TaxSubtotal& subtotal : totals.taxes()) {
    EXPECT_EQ(
        Amount(subtotal.tax()),
        (Amount(subtotal.taxable()) * Decimal::Of(subtotal.tax_rate()).Percent()).Rounded(digits));
    // Discount and freight are each less than a minor unit away from proportion: times the sum, to
    // stay exact.
    const Decimal net = nets[GroupOf(subtotal.tax_category(), subtotal.tax_rate())];
    const Decimal sum = Amount(totals.lines());
    if (sum.IsZero()) continue;
    const Decimal off = (Amount(subtotal.taxable()) - net) * sum -
                        (Amount(totals.freight()) - Amount(totals.discount())) * net;
    EXPECT_LT(off.Abs(), sum * Decimal::Scaled(2, digits));
  }
  const bool in_cash = !document.policy.currency.empty();
  const Decimal increment = in_cash ? document.policy.increment : Decimal::Scaled(1, digits);
  EXPECT_EQ(Amount(totals.total()), Amount(totals.total()).RoundedTo(increment));
  EXPECT_TRUE(in_cash || Amount(totals.rounding()).IsZero());
}

// Credits an invoice in steps, the last of which takes what is left.
void ExpectCreditedInFull(const Part& invoice, const std::string& currency,
                          const RoundingPolicy& policy, Dice& dice) {
  Part credited;
  Quantities so_far;
  for (int64_t steps = dice.Roll(3); steps >= 0; --steps) {
    const Quantities now = steps == 0 ? AllOf(invoice.lines) : MoreOf(invoice.lines, so_far, dice);
    const Part credit = Minus(PartOf(invoice.lines, invoice.totals, now, policy),
                              PartOf(invoice.lines, invoice.totals, so_far, policy));
    ExpectSound(credit.totals, credit.lines, currency);
    credited = Plus(credited, credit);
    so_far = now;
  }
  ExpectSame(credited.totals, invoice.totals);
  const Part open = Minus(invoice, credited);
  EXPECT_TRUE(open.lines.empty());
  EXPECT_TRUE(open.totals.taxes().empty());
  EXPECT_TRUE(Amount(open.totals.total()).IsZero());
}

TEST(AmountsProperty, InvoicesAndWhatIsCanceledSumToTheQuote) {
  Dice dice(kSeed);
  int invoices = 0, canceled = 0, groups = 0;
  for (int n = 0; n < kDocuments && !HasFailure(); ++n) {
    const RandomDocument document = MakeRandomDocument(dice);
    const auto& [currency, lines, adjustments, policy] = document;
    SCOPED_TRACE(absl::StrCat("document ", n));
    for (const FieldViolation& bad : DocumentProblems(currency, lines, adjustments))
      ADD_FAILURE() << bad.field << " " << bad.description;
    const Totals quote = TotalsOf(currency, lines, adjustments, policy);
    ExpectSound(quote, lines, currency);
    ExpectPricedOnce(document, quote);
    groups += quote.taxes_size() > 1;

    Part parts, before;
    Quantities fulfilled;
    for (int64_t steps = dice.Roll(4); steps >= 0; --steps) {
      fulfilled = steps == 0 && dice.OneIn(2) ? AllOf(lines) : MoreOf(lines, fulfilled, dice);
      const Part after = PartOf(currency, lines, adjustments, fulfilled, policy);
      const Part invoice = Minus(after, before);
      ExpectSound(invoice.totals, invoice.lines, currency);
      parts = Plus(parts, invoice);
      before = after;
      ++invoices;
    }
    const Part whole = PartOf(currency, lines, adjustments, AllOf(lines), policy);
    const Part rest = Minus(whole, before);
    canceled += !rest.lines.empty();
    parts = Plus(parts, rest);

    ExpectSame(whole.totals, quote);
    ExpectSame(parts.totals, quote);
    ASSERT_EQ(parts.lines.size(), lines.size());
    std::map<std::string, const Line*> by_id;
    for (const Line& line : parts.lines) by_id[line.line_id()] = &line;
    for (const Line& line : lines) {
      ASSERT_TRUE(by_id.contains(line.line_id()));
      const Line& sum = *by_id[line.line_id()];
      EXPECT_EQ(Amount(sum.net()), Amount(line.net()));
      EXPECT_EQ(Amount(sum.base()), Amount(line.base()));
      EXPECT_EQ(Decimal::Of(sum.quantity()), Decimal::Of(line.quantity()));
      EXPECT_EQ(Decimal::Of(sum.discount_amount()), Decimal::Of(line.discount_amount()));
    }
  }
  // The documents are not all of the easy kind.
  EXPECT_GT(invoices, kDocuments);
  EXPECT_GT(canceled, kDocuments / 4);
  EXPECT_GT(groups, kDocuments / 4);
}

TEST(AmountsProperty, CreditsSumToTheirInvoice) {
  Dice dice(kSeed + 1);
  for (int n = 0; n < kCreditedDocuments && !HasFailure(); ++n) {
    const auto [currency, lines, adjustments, policy] = MakeRandomDocument(dice);
    SCOPED_TRACE(absl::StrCat("document ", n));
    const Quantities before = MoreOf(lines, {}, dice);
    const Quantities after = dice.OneIn(2) ? AllOf(lines) : MoreOf(lines, before, dice);
    const Part first = PartOf(currency, lines, adjustments, before, policy);
    const Part second = Minus(PartOf(currency, lines, adjustments, after, policy), first);
    ExpectCreditedInFull(first, currency, policy, dice);
    ExpectCreditedInFull(second, currency, policy, dice);
  }
}

}  // namespace
}  // namespace leadstream::domain
