#include "common/domain/totals.h"

#include <absl/strings/str_cat.h>

#include <set>

#include "common/domain/tax_groups.h"

namespace leadstream::domain {

using common::v1::Adjustments;
using common::v1::Line;
using common::v1::Totals;

namespace {

struct LineAmounts {
  Decimal base;  // exact
  Decimal net;   // exact
};

LineAmounts Price(const Line& line) {
  if (!IsPriced(line)) return {};
  LineAmounts amounts;
  amounts.base = Decimal::Of(line.quantity()) *
                 (Decimal::Of(line.unit_price()) - Decimal::Of(line.volume_discount()));
  amounts.net = amounts.base - amounts.base * Decimal::Of(line.discount_percent()).Percent() -
                Decimal::Of(line.discount_amount());
  return amounts;
}

Lines Priced(absl::string_view currency, const Lines& lines) {
  Lines priced = lines;
  for (Line& line : priced) PriceLine(currency, &line);
  return priced;
}

Decimal HeaderDiscount(const Decimal& lines, const Adjustments& adjustments, int digits) {
  return (lines * Decimal::Of(adjustments.discount_percent()).Percent() +
          Decimal::Of(adjustments.discount_amount()))
      .Rounded(digits);
}

// Of lines whose base and net are filled.
Totals TotalsOfPriced(absl::string_view currency, const Lines& lines,
                      const Adjustments& adjustments, const RoundingPolicy& policy) {
  TaxGroups groups = GroupsOf(lines);
  if (!groups.empty()) {
    const int digits = CurrencyDigits(currency);
    Decimal sum;
    for (const auto& [key, group] : groups) sum += group.net;
    Spread(HeaderDiscount(sum, adjustments, digits), digits, &TaxGroup::discount, &groups);
    Spread(Decimal::Of(adjustments.freight()).Rounded(digits), digits, &TaxGroup::freight, &groups);
    for (auto& [key, group] : groups) group.tax = TaxOf(key, group, digits);
  }
  Totals totals = ToTotals(currency, groups);
  SetRounding(RoundingOf(totals, policy), &totals);
  return totals;
}

}  // namespace

bool IsPriced(const Line& line) { return line.has_unit_price(); }

void PriceLine(absl::string_view currency, Line* line) {
  const LineAmounts amounts = Price(*line);
  *line->mutable_base() = ToMoney(amounts.base, currency);
  *line->mutable_net() = ToMoney(amounts.net, currency);
}

Totals TotalsOf(absl::string_view currency, const Lines& lines, const Adjustments& adjustments,
                const RoundingPolicy& policy) {
  return TotalsOfPriced(currency, Priced(currency, lines), adjustments, policy);
}

Part PartOf(absl::string_view currency, const Lines& lines, const Adjustments& adjustments,
            const Quantities& quantities, const RoundingPolicy& policy) {
  const Lines priced = Priced(currency, lines);
  return PartOf(priced, TotalsOfPriced(currency, priced, adjustments, policy), quantities, policy);
}

namespace {

// What stands in a field that holds a decimal, by the field's name.
template <typename Message>
struct DecimalField {
  absl::string_view name;
  const google::type::Decimal& (Message::*value)() const;
};

constexpr DecimalField<Line> kLineDecimals[] = {{"quantity", &Line::quantity},
                                                {"unit_price", &Line::unit_price},
                                                {"volume_discount", &Line::volume_discount},
                                                {"discount_percent", &Line::discount_percent},
                                                {"discount_amount", &Line::discount_amount},
                                                {"tax_rate", &Line::tax_rate}};

constexpr DecimalField<Adjustments> kAdjustmentDecimals[] = {
    {"discount_percent", &Adjustments::discount_percent},
    {"discount_amount", &Adjustments::discount_amount},
    {"freight", &Adjustments::freight}};

// Whether all can be read; those that cannot are added to `bad`.
template <typename Message, size_t N>
bool CheckDecimals(const DecimalField<Message> (&fields)[N], const Message& message,
                   absl::string_view path, std::vector<FieldViolation>* bad) {
  const size_t before = bad->size();
  for (const auto& field : fields) {
    if (auto problem = DecimalProblem((message.*field.value)()))
      bad->push_back({absl::StrCat(path, ".", field.name), *problem});
  }
  return bad->size() == before;
}

std::string TooLarge(absl::string_view what) {
  return absl::StrCat(what, " has more than ", kAmountIntegerDigitsMax, " digits before the point");
}

void CheckAmounts(absl::string_view currency, const Line& line, const std::string& path,
                  std::vector<FieldViolation>* bad) {
  const LineAmounts amounts = Price(line);
  if (Decimal::Of(line.volume_discount()) > Decimal::Of(line.unit_price())) {
    bad->push_back({path + ".volume_discount", "is above the unit price"});
  } else if (amounts.base.IntegerDigits() > kAmountIntegerDigitsMax) {
    bad->push_back({path + ".quantity", TooLarge("quantity times price")});
  } else if (Decimal::Of(line.discount_percent()) > Decimal(100)) {
    bad->push_back({path + ".discount_percent", "is above 100"});
  } else if (amounts.net.Rounded(CurrencyDigits(currency)).IsNegative()) {
    bad->push_back({path + ".discount_amount",
                    absl::StrCat("is more than the line comes to, ",
                                 (amounts.net + Decimal::Of(line.discount_amount())).ToString())});
  }
}

void CheckSums(absl::string_view currency, const Lines& lines, const Adjustments& adjustments,
               std::vector<FieldViolation>* bad) {
  const Totals totals = TotalsOf(currency, lines, adjustments);
  if (Decimal::Of(adjustments.discount_percent()) > Decimal(100)) {
    bad->push_back({"adjustments.discount_percent", "is above 100"});
  } else if (ToDecimal(totals.discount()) > ToDecimal(totals.lines())) {
    bad->push_back({"adjustments.discount_amount",
                    absl::StrCat("makes the discount more than the lines come to, ",
                                 ToDecimal(totals.lines()).ToString())});
  }
  if (ToDecimal(totals.freight()).IntegerDigits() > kAmountIntegerDigitsMax) {
    bad->push_back({"adjustments.freight", TooLarge("it")});
  } else if (ToDecimal(totals.lines()).IntegerDigits() > kAmountIntegerDigitsMax ||
             ToDecimal(totals.total()).IntegerDigits() > kAmountIntegerDigitsMax) {
    bad->push_back({"lines", TooLarge("what they come to")});
  }
}

}  // namespace

std::vector<FieldViolation> DocumentProblems(absl::string_view currency, const Lines& lines,
                                             const Adjustments& adjustments) {
  std::vector<FieldViolation> bad;
  std::set<std::string> ids;
  bool can_be_summed = CheckDecimals(kAdjustmentDecimals, adjustments, "adjustments", &bad);
  for (int i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    const std::string path = absl::StrCat("lines[", i, "]");
    if (!line.line_id().empty() && !ids.insert(line.line_id()).second) {
      bad.push_back({path + ".line_id", "is the id of an earlier line"});
    }
    if (line.product().empty() && line.description().empty()) {
      bad.push_back({path + ".description", "a line without a product says what is sold"});
    }
    const size_t before = bad.size();
    if (CheckDecimals(kLineDecimals, line, path, &bad) && IsPriced(line))
      CheckAmounts(currency, line, path, &bad);
    can_be_summed &= bad.size() == before;
  }
  if (can_be_summed && !lines.empty()) CheckSums(currency, lines, adjustments, &bad);
  return bad;
}

}  // namespace leadstream::domain
