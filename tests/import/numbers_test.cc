// Amounts and times as people write them, and what is better not guessed.
#include "cli/inquiries/numbers.h"

#include <absl/strings/str_cat.h>

#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

std::string Number(absl::string_view text) { return ReadNumber(text).value_or("no number"); }

TEST(Numbers, HaveManyThousandsSeparators) {
  for (const char* text :
       {"1250000", "1 250 000", "1.250.000", "1,250,000", "1'250'000", "1’250’000",
        "1\u00A0250\u00A0000", "1\u202F250\u202F000", "1 250 000,-"}) {
    EXPECT_EQ(Number(text), "1250000") << text;
  }
  EXPECT_EQ(Number("48.000"), "48000") << "budgets have no thousandths";
  EXPECT_EQ(Number("48,000"), "48000");
}

TEST(Numbers, HaveTwoDecimalSeparators) {
  for (const char* text :
       {"12.000,50", "12,000.50", "12 000,50", "12'000.50", "12000.50", "12000,50"})
    EXPECT_EQ(Number(text), "12000.50") << text;
  EXPECT_EQ(Number("0,5"), "0.5");
  EXPECT_EQ(Number("0.125"), "0.125");
}

TEST(Numbers, AreMultipliedByTheWordBehind) {
  EXPECT_EQ(Number("25k"), "25000");
  EXPECT_EQ(Number("1,5 millió"), "1500000");
  EXPECT_EQ(Number("300 ezer"), "300000");
  EXPECT_EQ(Number("30 Tsd."), "30000");
  EXPECT_EQ(Number("2 Mio."), "2000000");
}

TEST(Numbers, AreNotGuessed) {
  for (const char* text : {"", "n/a", "10-20", "1.2.3", "12,34,56", "1 25 000", "five", "-5",
                           "5 apples", "1234567890123456"})
    EXPECT_EQ(Number(text), "no number") << text;
}

std::string Money(absl::string_view text, absl::string_view currency = "") {
  const std::optional<google::type::Money> money = ReadMoney(text, currency);
  if (!money) return "no money";
  return absl::StrCat(money->units(),
                      money->nanos() == 0 ? ""
                                          : absl::StrCat(".", absl::Dec(money->nanos() / 10'000'000,
                                                                        absl::kZeroPad2)),
                      " ", money->currency_code());
}

TEST(Money, HasACurrencyAtEitherEndOrInItsOwnColumn) {
  EXPECT_EQ(Money("12.000,50", "EUR"), "12000.50 EUR");
  EXPECT_EQ(Money("EUR 12.000,50"), "12000.50 EUR");
  EXPECT_EQ(Money("€12,000.50"), "12000.50 EUR");
  EXPECT_EQ(Money("100k€"), "100000 EUR");
  EXPECT_EQ(Money("5 millió Ft"), "5000000 HUF");
  EXPECT_EQ(Money("5 MFt"), "5000000 HUF");
  EXPECT_EQ(Money("10 000 zł"), "10000 PLN");
  EXPECT_EQ(Money("$500", "EUR"), "500 USD")
      << "what stands at the number is nearer than its column";
}

TEST(Money, MayBeAboutOrUpTo) {
  EXPECT_EQ(Money("ca. 20 000 EUR"), "20000 EUR");
  EXPECT_EQ(Money("up to EUR 20,000"), "20000 EUR");
  EXPECT_EQ(Money("max. 20.000 €"), "20000 EUR");
  EXPECT_EQ(Money("legfeljebb 2 millió forint"), "2000000 HUF");
}

TEST(Money, IsNotGuessed) {
  EXPECT_EQ(Money("48000"), "no money") << "of which currency?";
  EXPECT_EQ(Money("48000", "coins"), "no money");
  EXPECT_EQ(Money("12.5", "JPY"), "no money") << "there is no half yen";
  EXPECT_EQ(Money("not before 2027", "EUR"), "no money");
  EXPECT_EQ(Money("20-30 000 EUR"), "no money");
  EXPECT_EQ(Money("-20 000 EUR"), "no money");
}

std::string Time(absl::string_view text, const char* zone = "UTC") {
  absl::TimeZone where;
  EXPECT_TRUE(absl::LoadTimeZone(zone, &where));
  const std::optional<absl::Time> time = ReadTime(text, where);
  return time ? absl::FormatTime("%Y-%m-%d %H:%M:%S", *time, absl::UTCTimeZone()) : "no time";
}

TEST(Times, AreWrittenInManyWays) {
  for (const char* text :
       {"2026-03-02T09:23:00Z", "2026-03-02 09:23", "2026.03.02. 09:23", "2026. 03. 02. 9:23",
        "02.03.2026 09:23", "2.3.2026 9:23", "20260302T092300Z", "2026-03-02T11:23:00+02:00",
        "2026/03/02 09:23:00"}) {
    EXPECT_EQ(Time(text), "2026-03-02 09:23:00") << text;
  }
  EXPECT_EQ(Time("2026.03.02."), "2026-03-02 00:00:00");
}

TEST(Times, WithoutAZoneAreThoseOfTheOffice) {
  EXPECT_EQ(Time("2026.03.02. 09:23", "Europe/Budapest"), "2026-03-02 08:23:00");
}

TEST(Times, AreNotGuessed) {
  for (const char* text : {"03/02/2026", "2026-02-30", "2026-13-01", "yesterday", "Tuesday 9:00",
                           "0001-01-01", "2026-03-02 25:00", "9:23", ""})
    EXPECT_EQ(Time(text), "no time") << text;
}

}  // namespace
}  // namespace leadstream::inquiries
