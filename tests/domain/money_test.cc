// Money and exact decimals by example.
#include "common/domain/money.h"

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>

#include "common/domain/currency.h"
#include "common/domain/decimal.h"
#include "tests/message_of.h"

namespace leadstream::domain {
namespace {

using google::type::Money;

Decimal D(absl::string_view text) {
  auto value = Decimal::Parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Decimal();
}

using testing::Of;

// "EUR 5350.66"
std::string Text(const Money& money) {
  return absl::StrCat(money.currency_code(), " ", ToDecimal(money).ToString());
}

TEST(Money, KnowsTheDigitsOfEachCurrency) {
  EXPECT_EQ(CurrencyDigits("EUR"), 2);
  EXPECT_EQ(CurrencyDigits("HUF"), 2);
  EXPECT_EQ(CurrencyDigits("JPY"), 0);
  EXPECT_EQ(CurrencyDigits("KWD"), 3);
  EXPECT_EQ(CurrencyDigits("CLF"), 4);
  for (const char* code : {"AED", "HRK", "ZWL", "ZWG", "USD"})
    EXPECT_TRUE(IsCurrency(code)) << code;
  for (const char* code : {"", "eur", "EU", "EURO", "XAU", "XXX", "XTS", "AAA", "ZZZ"})
    EXPECT_FALSE(IsCurrency(code)) << code;
}

TEST(Money, RoundsHalfAwayFromZero) {
  EXPECT_EQ(Text(ToMoney(D("2.345"), "EUR")), "EUR 2.35");
  EXPECT_EQ(Text(ToMoney(D("-2.345"), "EUR")), "EUR -2.35");
  EXPECT_EQ(ToMoney(D("-0.5"), "EUR").nanos(), -500'000'000);
  EXPECT_EQ(Text(ToMoney(D("0.5"), "JPY")), "JPY 1");
  EXPECT_EQ(Text(ToMoney(D("1e29"), "EUR")), "EUR 999999999999999999");
  EXPECT_EQ(Text(Minus(ToMoney(D("0.1"), "EUR"), ToMoney(D("0.3"), "EUR"))), "EUR -0.2");
  EXPECT_EQ(Text(Plus(Money(), ToMoney(D("0.3"), "EUR"))), "EUR 0.3");
  EXPECT_DEATH(Plus(ZeroMoney("EUR"), ZeroMoney("USD")), "two currencies were added");
}

TEST(Money, IsWrittenWithTheDigitsOfItsCurrency) {
  EXPECT_EQ(AmountText(D("5054.6"), "EUR"), "5054.60");
  EXPECT_EQ(AmountText(D("-7"), "EUR"), "-7.00");
  EXPECT_EQ(AmountText(D("7"), "JPY"), "7");
  EXPECT_EQ(AmountText(D("0.125"), "EUR"), "0.125");  // nothing is rounded
  EXPECT_EQ(AmountText(D("1.5"), "KWD"), "1.500");
}

TEST(Money, SaysWhatIsWrongWithIt) {
  auto problem = [](const std::string& text) { return MoneyProblem(Of<Money>(text)).value_or(""); };
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" units: 5 nanos: 990000000)pb"), "");
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" units: -999999999999999 nanos: -990000000)pb"), "");
  EXPECT_EQ(problem(R"pb(units: 5)pb"), "has no currency_code");
  EXPECT_EQ(problem(R"pb(currency_code: "FOO")pb"),
            "has a currency_code that is not an ISO 4217 currency");
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" nanos: 1000000000)pb"),
            "has nanos beyond 999,999,999");
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" units: 1 nanos: -10000000)pb"),
            "has units and nanos of different signs");
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" units: 1000000000000000)pb"),
            "has more than 15 digits before the point");
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" units: -9223372036854775808)pb"),
            "has more than 15 digits before the point");
  EXPECT_EQ(problem(R"pb(currency_code: "EUR" nanos: 5000000)pb"),
            "has more digits after the point than EUR, which has 2");
  EXPECT_EQ(problem(R"pb(currency_code: "JPY" nanos: 500000000)pb"),
            "has more digits after the point than JPY, which has 0");
}

TEST(Decimal, ReadsWhatGoogleTypeDecimalMayHold) {
  const std::pair<const char*, const char*> kGood[] = {
      {"0", "0"},
      {"-0", "0"},
      {"+1", "1"},
      {"1.", "1"},
      {".5", "0.5"},
      {"-.50", "-0.5"},
      {"007.10", "7.1"},
      {"2.5E-3", "0.0025"},
      {"1e+3", "1000"},
      {"0e999999999999999999999", "0"},
      {"0.00000000000000000000000000000000000e5", "0"},
      {"1000000e-6", "1"},
      {"123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"}};
  for (const auto& [text, value] : kGood) EXPECT_EQ(D(text).ToString(), value) << text;
  for (const char* text : {"", " ", ".", "-", "e5", "1e", "1e+", "--1", "1 ", " 1", "1,5", "0x1",
                           "NaN", "inf", "1.2.3", "1e1.5", "\xd9\xa1"}) {
    EXPECT_EQ(Decimal::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  for (const char* text : {"1e30", "1e-31", "1e999999999999999999999", "-1e-999999999999999999999",
                           "1234567890123456789012345678901"}) {
    EXPECT_EQ(Decimal::Parse(text).status().code(), absl::StatusCode::kOutOfRange) << text;
  }
  EXPECT_EQ(D(std::string(100'000, '0') + "1." + std::string(100'000, '0')).ToString(), "1");
  EXPECT_EQ(DecimalProblem(Of<google::type::Decimal>("")), std::nullopt);
  EXPECT_EQ(DecimalProblem(Of<google::type::Decimal>(R"pb(value: "ten")pb")),
            "is not a decimal number such as \"1234.50\"");
}

TEST(Decimal, ComputesExactly) {
  EXPECT_EQ((D("0.1") + D("0.2")).ToString(), "0.3");
  EXPECT_EQ((D("999999999999999.999999") * D("999999999999999.999999")).ToString(),
            "999999999999999999998000000000.000000000001");
  EXPECT_EQ((D("1") - D("1.5")).ToString(), "-0.5");
  EXPECT_EQ(D("1.50"), D("1.5"));
  EXPECT_LT(D("-2"), D("-1.99"));
  EXPECT_EQ(Decimal(4).Percent().ToString(), "0.04");
  EXPECT_EQ(D("12.5").RoundedTo(Decimal(5)).ToString(), "15");
  EXPECT_EQ(D("-12.5").RoundedTo(Decimal(5)).ToString(), "-15");
  EXPECT_EQ(D("10").DividedBy(D("3"), 2).ToString(), "3.33");
  EXPECT_EQ(D("-1").DividedBy(D("8"), 2).ToString(), "-0.13");
  EXPECT_EQ(D("-1").DividedDown(D("8"), 2).ToString(), "-0.12");
  EXPECT_EQ(D("1").DividedBy(D("-0.008"), 0).ToString(), "-125");
  Decimal large = D("1e29");
  for (int i = 0; i < 8; ++i)
    large *= D("1e-29") * D("1e29") * D("9.999");  // far beyond 256 bits on the way
  EXPECT_EQ(large.IntegerDigits(), 37);
  EXPECT_EQ(D("-0.050").Decimals(), 2);
  EXPECT_EQ(D("0.5").IntegerDigits(), 0);
  EXPECT_EQ(D("-1.9").Units(), -1);
  EXPECT_EQ(D("1e25").Units(), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace leadstream::domain
