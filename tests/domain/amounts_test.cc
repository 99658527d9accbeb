// The arithmetic of amounts: the contract's table, and each rule of totals.h by example.
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/domain/money.h"
#include "common/domain/totals.h"
#include "tests/message_of.h"

namespace leadstream::domain {
namespace {

using common::v1::Adjustments;
using common::v1::Line;
using common::v1::Totals;
using google::type::Money;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::Of;

struct LineText {
  std::string quantity, price, percent, rate, category = "S";
};

Lines LinesOf(const std::vector<LineText>& texts) {
  Lines lines;
  for (const LineText& text : texts) {
    Line& line = *lines.Add();
    line.set_line_id(std::to_string(lines.size()));
    line.set_description("chairs");
    line.mutable_quantity()->set_value(text.quantity);
    line.mutable_unit_price()->set_value(text.price);
    line.mutable_discount_percent()->set_value(text.percent);
    line.mutable_tax_rate()->set_value(text.rate);
    line.set_tax_category(text.category);
  }
  return lines;
}

// "EUR 5350.66"
std::string Text(const Money& money) {
  return absl::StrCat(money.currency_code(), " ", ToDecimal(money).ToString());
}

// "358.63 + 53.79 = 412.42", with what else there is: "(100 - 10 + 5)" and " rounding 0.01".
std::string Text(const Totals& totals) {
  std::string text = ToDecimal(totals.net()).ToString();
  if (!ToDecimal(totals.discount()).IsZero() || !ToDecimal(totals.freight()).IsZero()) {
    absl::StrAppend(&text, " (", ToDecimal(totals.lines()).ToString(), " - ",
                    ToDecimal(totals.discount()).ToString(), " + ",
                    ToDecimal(totals.freight()).ToString(), ")");
  }
  absl::StrAppend(&text, " + ", ToDecimal(totals.tax()).ToString());
  if (!ToDecimal(totals.rounding()).IsZero())
    absl::StrAppend(&text, " rounding ", ToDecimal(totals.rounding()).ToString());
  return absl::StrCat(text, " = ", ToDecimal(totals.total()).ToString());
}

// {"S 22: 100 -> 22"}
std::vector<std::string> Taxes(const Totals& totals) {
  std::vector<std::string> texts;
  for (const auto& tax : totals.taxes()) {
    texts.push_back(absl::StrCat(tax.tax_category(), " ", tax.tax_rate().value(), ": ",
                                 ToDecimal(tax.taxable()).ToString(), " -> ",
                                 ToDecimal(tax.tax()).ToString()));
  }
  return texts;
}

std::vector<std::string> Fields(const std::vector<FieldViolation>& violations) {
  std::vector<std::string> fields;
  for (const FieldViolation& violation : violations) fields.push_back(violation.field);
  return fields;
}

TEST(Amounts, TheContractsTable) {
  struct Case {
    std::string currency;
    std::vector<LineText> lines;
    std::string totals;
  };
  const Case kCases[] = {
      {"EUR", {{"16", "348.35", "4", "22"}}, "5350.66 + 1177.15 = 6527.81"},
      {"EUR", {{"1", "55.55", "", "23"}, {"1", "11.11", "", "23"}}, "66.66 + 15.33 = 81.99"},
      {"EUR", {{"10", "30.75", "5", "15"}, {"1", "70.00", "5", "15"}}, "358.63 + 53.79 = 412.42"},
      {"EUR", {{"10", "82.50", "15", "0"}}, "701.25 + 0 = 701.25"},
      {"EUR", {{"9.5", "124.75", "", "0"}}, "1185.13 + 0 = 1185.13"},
      {"EUR", {{"1", "-6491.34", "", "25"}}, "-6491.34 + -1622.84 = -8114.18"},
      {"HUF", {{"3", "33333.50", "", "27"}}, "100000.5 + 27000.14 = 127000.64"},
  };
  for (const Case& test : kCases)
    EXPECT_EQ(Text(TotalsOf(test.currency, LinesOf(test.lines), Adjustments())), test.totals);
}

TEST(Amounts, CashRoundingIsAnAmountOfItsOwn) {
  const Lines lines = LinesOf({{"3", "33333.50", "", "27"}});
  EXPECT_EQ(Text(TotalsOf("HUF", lines, Adjustments(), {"HUF", Decimal(1)})),
            "100000.5 + 27000.14 rounding 0.36 = 127001");
  EXPECT_EQ(Text(TotalsOf("HUF", lines, Adjustments(), {"HUF", Decimal(5)})),
            "100000.5 + 27000.14 rounding -0.64 = 127000");
  EXPECT_EQ(Text(TotalsOf("EUR", lines, Adjustments(), {"HUF", Decimal(5)})),
            "100000.5 + 27000.14 = 127000.64");
  EXPECT_EQ(Text(TotalsOf("HUF", lines, Adjustments(), {"HUF", Decimal(0)})),
            "100000.5 + 27000.14 = 127000.64");
}

TEST(Amounts, ALineIsRoundedOnceFromTheExactBase) {
  // The base is 10.005, shown as 10.01; half of it is 5.0025, not 5.005, which would be 5.01.
  Line line = Of<Line>(R"pb(quantity { value: "3" }
                            unit_price { value: "3.345" }
                            volume_discount { value: ".01" }
                            discount_percent { value: "50" })pb");
  PriceLine("EUR", &line);
  EXPECT_EQ(Text(line.base()), "EUR 10.01");
  EXPECT_EQ(Text(line.net()), "EUR 5");
  PriceLine("KWD", &line);
  EXPECT_EQ(Text(line.base()), "KWD 10.005");
  PriceLine("JPY", &line);
  EXPECT_EQ(Text(line.base()), "JPY 10");
}

TEST(Amounts, ALineWithoutAPriceCostsNothing) {
  Line line = Of<Line>(R"pb(description: "to be priced"
                            quantity { value: "3" }
                            discount_amount { value: "5" })pb");
  EXPECT_FALSE(IsPriced(line));
  PriceLine("EUR", &line);
  EXPECT_EQ(Text(line.net()), "EUR 0");
  line.mutable_unit_price();
  EXPECT_TRUE(IsPriced(line));
}

TEST(Amounts, HeaderDiscountAndFreightAreSpreadByLargestRemainder) {
  // 10.00 over three equal groups: the cent left over goes to the first in order.
  const Lines equal =
      LinesOf({{"1", "100", "", "0", "Z"}, {"1", "100", "", "27"}, {"1", "100", "", "5"}});
  const Totals totals = TotalsOf("EUR", equal, Of<Adjustments>(R"pb(discount_amount { value: "10" }
                                                                    freight { value: "5" })pb"));
  EXPECT_EQ(Text(totals), "295 (300 - 10 + 5) + 31.47 = 326.47");
  // 100 - 3.34 + 1.67; 100 - 3.33 + 1.67; 100 - 3.33 + 1.66
  EXPECT_THAT(Taxes(totals),
              ElementsAre("S 5: 98.33 -> 4.92", "S 27: 98.34 -> 26.55", "Z 0: 98.33 -> 0"));
}

TEST(Amounts, HeaderDiscountInPercentIsRoundedBeforeItIsSpread) {
  const Lines lines = LinesOf({{"1", "10.01", "", "27"}, {"1", "20.02", "", "5"}});
  const Totals totals =
      TotalsOf("EUR", lines, Of<Adjustments>(R"pb(discount_percent { value: "2.5" }
                                                  discount_amount { value: "1" })pb"));
  EXPECT_EQ(Text(totals),
            "28.28 (30.03 - 1.75 + 0) + 3.49 = 31.77");  // 30.03 x 2.5 % + 1 = 1.75075
  EXPECT_THAT(Taxes(totals), ElementsAre("S 5: 18.85 -> 0.94", "S 27: 9.43 -> 2.55"));
}

TEST(Amounts, TaxGroupsAreByCategoryAndRateWhateverTheirSpelling) {
  const Lines lines = LinesOf({{"1", "1", "", "27.0"},
                               {"1", "2", "", "27", ""},
                               {"1", "4", "", "", "E"},
                               {"1", "8", "", "2.7e1"},
                               {"1", "9", "", "9"}});
  EXPECT_THAT(Taxes(TotalsOf("EUR", lines, Adjustments())),
              ElementsAre("E 0: 4 -> 0", "S 9: 9 -> 0.81", "S 27: 11 -> 2.97"));
}

TEST(Amounts, FreightOfGoodsThatAreFreeIsSpreadByLines) {
  const Lines lines =
      LinesOf({{"2", "0", "", "27"}, {"5", "10", "100", "27"}, {"1", "0", "", "5"}});
  const Adjustments freight = Of<Adjustments>(R"pb(freight { value: "10" })pb");
  EXPECT_THAT(Taxes(TotalsOf("EUR", lines, freight)),
              ElementsAre("S 5: 3.33 -> 0.17", "S 27: 6.67 -> 1.8"));
  const Part half = PartOf("EUR", lines, freight, {{"1", Decimal(1)}});
  EXPECT_THAT(Taxes(half.totals), ElementsAre("S 27: 1.67 -> 0.45"));
  EXPECT_EQ(PartOf("EUR", lines, freight, {{"1", Decimal(2)}, {"2", Decimal(5)}, {"3", Decimal(1)}})
                .totals.DebugString(),
            TotalsOf("EUR", lines, freight).DebugString());
}

TEST(Amounts, ADocumentWithoutLinesComesToNothing) {
  const Totals totals =
      TotalsOf("JPY", Lines(), Of<Adjustments>(R"pb(discount_amount { value: "10" }
                                                    freight { value: "5" })pb"));
  EXPECT_EQ(Text(totals), "0 + 0 = 0");
  EXPECT_EQ(Text(totals.lines()), "JPY 0");
  EXPECT_EQ(Text(totals.rounding()), "JPY 0");
  EXPECT_THAT(Taxes(totals), IsEmpty());
}

TEST(Amounts, InvoicesOfAThirdEachSumToTheOrder) {
  Lines lines = LinesOf({{"3", "33.335", "", "27"}, {"1", "7", "", "5"}});
  const Adjustments adjustments = Of<Adjustments>(R"pb(discount_percent { value: "10" }
                                                       freight { value: "5" })pb");
  EXPECT_EQ(Text(TotalsOf("EUR", lines, adjustments)),
            "101.31 (107.01 - 10.7 + 5) + 25.89 = 127.2");
  Part before, sum;
  std::vector<std::string> invoices;
  for (int fulfilled = 1; fulfilled <= 3; ++fulfilled) {
    const Part after = PartOf("EUR", lines, adjustments,
                              {{"1", Decimal(fulfilled)}, {"2", Decimal(fulfilled / 3)}});
    const Part invoice = Minus(after, before);
    invoices.push_back(absl::StrCat(invoice.lines.size(), " lines, ", Text(invoice.totals)));
    sum = Plus(sum, invoice);
    before = after;
  }
  EXPECT_THAT(invoices, ElementsAre("1 lines, 31.57 (33.34 - 3.33 + 1.56) + 8.52 = 40.09",
                                    "1 lines, 31.54 (33.33 - 3.34 + 1.55) + 8.52 = 40.06",
                                    "2 lines, 38.2 (40.34 - 4.03 + 1.89) + 8.85 = 47.05"));
  EXPECT_EQ(Text(sum.totals), "101.31 (107.01 - 10.7 + 5) + 25.89 = 127.2");
}

TEST(Amounts, APartTakesItsShareOfALinesDiscount) {
  Lines lines = LinesOf({{"4", "10", "", "20"}});
  lines[0].mutable_discount_amount()->set_value("3");
  const Part part =
      PartOf("EUR", lines, Adjustments(), {{"1", Decimal(1)}, {"no such line", Decimal(7)}});
  ASSERT_EQ(part.lines.size(), 1);
  EXPECT_EQ(part.lines[0].quantity().value(), "1");
  EXPECT_EQ(part.lines[0].discount_amount().value(), "0.75");
  EXPECT_EQ(Text(part.lines[0].base()), "EUR 10");
  EXPECT_EQ(Text(part.lines[0].net()), "EUR 9.25");
  EXPECT_THAT(PartOf("EUR", lines, Adjustments(), {{"1", Decimal(0)}}).lines, IsEmpty());
  EXPECT_EQ(Text(PartOf("EUR", lines, Adjustments(), {{"1", Decimal(9)}}).totals),
            "37 + 7.4 = 44.4");  // no more than there is
}

TEST(Amounts, ACreditOfTheWholeInvoiceIsTheInvoice) {
  // The second of ten: what came before bears its tax (0.005 was rounded up), so it has none; alone
  // it would have 0.01.
  const Lines lines = LinesOf({{"10", "0.10", "", "5"}});
  const Part invoice = Minus(PartOf("EUR", lines, Adjustments(), {{"1", Decimal(2)}}),
                             PartOf("EUR", lines, Adjustments(), {{"1", Decimal(1)}}));
  EXPECT_EQ(Text(invoice.totals), "0.1 + 0 = 0.1");
  const Part credit = PartOf(invoice.lines, invoice.totals, {{"1", Decimal(1)}});
  EXPECT_EQ(Text(credit.totals), Text(invoice.totals));
  const Part open = Minus(invoice, credit);
  EXPECT_THAT(open.lines, IsEmpty());
  EXPECT_EQ(Text(open.totals), "0 + 0 = 0");
}

TEST(Amounts, WhatTheRulesRefuseStillHasASum) {
  // No valid document is like these; none of them may end the process.
  const Adjustments absurd = Of<Adjustments>(R"pb(discount_amount { value: "999999999999999999999" }
                                                  freight { value: "999999999999999999999" })pb");
  const Lines lines = LinesOf({{"0", "5", "", "27"},
                               {"-2", "10", "300", "5"},
                               {"999999999999999", "999999999999999", "", "100"},
                               {"1", "-10", "", "5"}});
  EXPECT_EQ(Text(TotalsOf("EUR", lines, absurd).lines()), "EUR 999999999999999999");
  PartOf("EUR", lines, absurd,
         {{"1", Decimal(1)}, {"2", Decimal(1)}, {"3", Decimal(1)}, {"4", Decimal(1)}});
  PartOf("", lines, absurd, {{"3", Decimal(1)}});
  PartOf(lines, Totals(), {{"3", Decimal(1)}});
  EXPECT_EQ(
      Text(
          TotalsOf("EUR", LinesOf({{"1", "10", "", "5"}, {"1", "-10", "", "27"}}), absurd).lines()),
      "EUR 0");
}

TEST(DocumentProblems, NamesEveryBadField) {
  Lines lines = LinesOf({{"1", "10", "", "27"},
                         {"1", "10", "", "27"},
                         {"1", "10", "101", "27"},
                         {"1", "10", "", "27"},
                         {"1e15", "1", "", "27"}});
  lines[0].clear_description();
  lines[1].set_line_id("1");
  lines[1].mutable_volume_discount()->set_value("10.01");
  lines[3].mutable_discount_percent()->set_value("50");
  lines[3].mutable_discount_amount()->set_value("5.01");
  EXPECT_THAT(
      Fields(DocumentProblems("EUR", lines, Adjustments())),
      ElementsAre("lines[0].description", "lines[1].line_id", "lines[1].volume_discount",
                  "lines[2].discount_percent", "lines[3].discount_amount", "lines[4].quantity"));
}

TEST(DocumentProblems, NamesNumbersThatCannotBeRead) {
  Lines lines = LinesOf({{"one", "10", "", "27"}, {"1", "1e99", "NaN", "27"}});
  EXPECT_THAT(
      Fields(DocumentProblems("EUR", lines, Of<Adjustments>(R"pb(freight { value: "0x10" })pb"))),
      ElementsAre("adjustments.freight", "lines[0].quantity", "lines[1].unit_price",
                  "lines[1].discount_percent"));
}

TEST(DocumentProblems, ComparesTheHeaderWithTheLines) {
  const Lines lines = LinesOf({{"1", "10", "", "27"}});
  auto fields = [&](const std::string& adjustments) {
    return Fields(DocumentProblems("EUR", lines, Of<Adjustments>(adjustments)));
  };
  EXPECT_THAT(fields(R"pb(discount_amount { value: "10" })pb"), IsEmpty());
  EXPECT_THAT(fields(R"pb(discount_percent { value: "50" }
                          discount_amount { value: "5" }
                          freight { value: "7" })pb"),
              IsEmpty());
  EXPECT_THAT(fields(R"pb(discount_amount { value: "10.01" })pb"),
              ElementsAre("adjustments.discount_amount"));
  EXPECT_THAT(fields(R"pb(discount_percent { value: "100.1" })pb"),
              ElementsAre("adjustments.discount_percent"));
  EXPECT_THAT(fields(R"pb(freight { value: "1000000000000000" })pb"),
              ElementsAre("adjustments.freight"));
  EXPECT_THAT(Fields(DocumentProblems("EUR", Lines(),
                                      Of<Adjustments>(R"pb(discount_amount { value: "5" })pb"))),
              IsEmpty());
  EXPECT_THAT(Fields(DocumentProblems("EUR", LinesOf({{"1", "9e14", "", "27"}}), Adjustments())),
              ElementsAre("lines"));
}

}  // namespace
}  // namespace leadstream::domain
