// What a filter means.
#include "common/domain/filter.h"

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/domain/filter_examples.h"

namespace leadstream::domain {
namespace {

TEST(Filter, EmptyTextMatchesEverything) {
  for (const char* blank : {"", "  ", "\t\n"}) {
    auto filter = Filter::Compile(*Lead::descriptor(), blank);
    ASSERT_TRUE(filter.ok());
    EXPECT_TRUE((*filter)->MatchesAll());
    EXPECT_TRUE((*filter)->Matches(Lead()));
  }
  EXPECT_FALSE((*Filter::Compile(*Lead::descriptor(), "*"))->MatchesAll());
}

TEST(Filter, TermsCombine) {
  ExpectAnswers(Anna(), {
                            {"state = OPEN AND score >= 50 AND emails:\"*@example.com\"", "yes"},
                            {"state = OPEN score = 50", "yes"},
                            {"state = OPEN score = 51", "no"},
                            {"state = QUALIFIED OR score = 50", "yes"},
                            {"NOT state = QUALIFIED", "yes"},
                            {"-state=OPEN", "no"},
                            {"NOT (state = QUALIFIED OR score = 50)", "no"},
                            {"-(state = QUALIFIED AND score = 50)", "yes"},
                            {"NOT(state = QUALIFIED)", "yes"},
                            {"((((score=50))))", "yes"},
                        });
}

TEST(Filter, OrBindsTighterThanAnd) {
  // Read the other way, (score = 1 AND score = 2) OR score = 50, it would match.
  EXPECT_EQ(Ask(Anna(), "score = 1 AND score = 2 OR score = 50"), "no");
  EXPECT_EQ(Ask(Anna(), "(score = 1 AND score = 2) OR score = 50"), "yes");
  EXPECT_EQ(Ask(Anna(), "score = 1 OR score = 50 state = OPEN"), "yes");
  EXPECT_EQ(Ask(Anna(), "score = 50 OR score = 1 state = QUALIFIED"), "no");
}

TEST(Filter, ALiteralIsLookedForInEveryString) {
  ExpectAnswers(Anna(), {
                            {"seats", "yes"},
                            {"SEATS", "yes"},
                            {"malom.example", "yes"},
                            {"kovács", "yes"},
                            {"\"& FIAI\"", "yes"},
                            {"k*kft", "yes"},
                            {"kft*k", "no"},
                            {"huf", "yes"},  // at any depth
                            {"-seats", "no"},
                            {"seats anna", "yes"},
                            {"seats nobody", "no"},
                            {"nobody OR anna", "yes"},
                            {"5000000", "no"},  // no string
                            {"\"\"", "yes"},
                        });
  EXPECT_EQ(Ask(Lead(), "*"), "yes");
}

TEST(Filter, StringsAreEqualExactlyOrByWildcards) {
  ExpectAnswers(Anna(), {
                            {"company = \"Kovács & Fiai Kft.\"", "yes"},
                            {"company = \"kovács & fiai kft.\"", "no"},
                            {"company = 'Kov*'", "yes"},
                            {"company = Kov*", "yes"},
                            {"company = *Kft.", "yes"},
                            {"company = Kov*Fiai*Kft.", "yes"},
                            {"company = Kov*Kov*", "no"},
                            {"company = *", "yes"},
                            {"company != Kov*", "no"},
                            {"company != Nagy*", "yes"},
                            {R"(owner = users/bela\*)", "yes"},
                            {R"(owner = "users/bel\*")", "no"},
                            {R"(owner != "users/bela\*")", "no"},
                            {"need = \"\"", "yes"},
                            {"company = \"\"", "no"},
                            {R"q(topic = "40 seats (yearly)")q", "yes"},
                        });
  Lead lead;
  lead.set_topic("say \"it's\" \\ here");
  EXPECT_EQ(Ask(lead, R"(topic = "say \"it's\" \\ here")"), "yes");
  EXPECT_EQ(Ask(lead, R"(topic = 'say "it\'s" \\ here')"), "yes");
  lead.set_company("O'Brien");
  EXPECT_EQ(Ask(lead, "company = O'Brien"), "yes");
  lead.set_company("aba");
  EXPECT_EQ(Ask(lead, "company = ab*ba"), "no")
      << "what is before the wildcard and what is after it do not overlap";
}

TEST(Filter, HasDisregardsCase) {
  ExpectAnswers(Anna(), {
                            {"company:kovács", "yes"},
                            {"company:KOVÁCS", "yes"},
                            {"company:\"& fiai\"", "yes"},
                            {"company:kovacs", "no"},
                            {"company:f*i", "yes"},
                            {"emails:anna@example.com", "yes"},
                            {"emails:*@EXAMPLE.com", "yes"},
                            {"emails:example", "no"},  // an element equals it
                            {"emails:*example*", "yes"},
                            {"state:OPEN", "yes"},  // as =
                            {"score:50", "yes"},
                            {"budget.amount:5000000", "yes"},
                        });
}

TEST(Filter, CaseIsOfLettersBeyondAscii) {
  Lead lead;
  const std::vector<std::pair<const char*, const char*>> pairs = {
      {"ÁRVÍZTŰRŐ TÜKÖRFÚRÓGÉP", "árvíztűrő tükörfúrógép"},
      {"ÄÖÜ", "äöü"},
      {"ŁÓDŹ", "łódź"},
      {"ŠKODA", "škoda"},
      {"ȚARĂ", "țară"},
      {"ΑΒΓ", "αβγ"},
      {"МОСКВА", "москва"},
      {"Ÿ", "ÿ"}};
  for (const auto& [text, other] : pairs) {
    lead.set_topic(text);
    EXPECT_EQ(Ask(lead, absl::StrCat("topic:\"", other, "\"")), "yes") << text;
    lead.set_topic(other);
    EXPECT_EQ(Ask(lead, absl::StrCat("topic:\"", text, "\"")), "yes") << other;
  }
  lead.set_topic("5×3");
  EXPECT_EQ(Ask(lead, "topic:\"5÷3\""), "no")
      << "the multiplication sign lies among the capitals, and is none";
  lead.set_topic("\xC3");  // cut in the middle of a letter
  EXPECT_EQ(Ask(lead, "topic:á"), "no");
}

TEST(Filter, AStarAsksForAnyValueAtAll) {
  ExpectAnswers(Anna(), {
                            {"company:*", "yes"},
                            {"need:*", "no"},
                            {"emails:*", "yes"},
                            {"phones:*", "no"},
                            {"budget:*", "yes"},
                            {"address:*", "no"},
                            {"budget.amount:*", "yes"},
                            {"address.country:*", "no"},
                            {"score:*", "yes"},
                            {"rating:*", "no"},
                            {"create_time:*", "yes"},
                            {"NOT update_time:*", "yes"},
                        });
}

TEST(Filter, ValuesAreOrdered) {
  ExpectAnswers(Anna(), {
                            {"score > 49", "yes"},
                            {"score > 50", "no"},
                            {"score >= 50", "yes"},
                            {"score < 51", "yes"},
                            {"score < 50", "no"},
                            {"score <= 50", "yes"},
                            {"score > -1", "yes"},
                            {"score < 9223372036854775807", "yes"},
                            {"budget.amount > 4999999.99", "yes"},
                            {"budget.amount = 5000000.00", "yes"},
                            {"budget.amount != 5e6", "no"},
                            {"budget.amount < 123456789012345678901234567890", "yes"},
                            {"budget.amount.currency_code = HUF", "yes"},
                            {"company > Kov", "yes"},
                            {"company < \"kov\"", "yes"},  // by byte
                            {"create_time > 2026-03-01T10:00:00Z", "yes"},
                            {"create_time = \"2026-03-01T10:00:00.0000005Z\"", "yes"},
                            {"create_time <= \"2026-03-01T11:00:00+01:00\"", "no"},
                            {"create_time >= 2026-03-01", "yes"},
                            {"create_time < 2026-03-01", "no"},
                            {"create_time < \"2026-03-02\"", "yes"},
                        });
}

TEST(Filter, AMessageThatIsNotSetIsNeitherEqualNorUnequal) {
  Lead nobody;
  for (const char* comparator : {"=", "!=", "<", "<=", ">", ">="}) {
    EXPECT_EQ(Ask(nobody, absl::StrCat("budget.amount ", comparator, " 0")), "no");
    EXPECT_EQ(Ask(nobody, absl::StrCat("create_time ", comparator, " 1970-01-01")), "no");
    EXPECT_EQ(Ask(nobody, absl::StrCat("address.country ", comparator, " HU")), "no");
  }
  EXPECT_EQ(Ask(nobody, "budget.confirmed = false"), "no");
  EXPECT_EQ(Ask(nobody, "NOT budget.confirmed = true"), "yes");
  EXPECT_EQ(Ask(nobody, "score = 0 company = \"\" state = STATE_UNSPECIFIED"), "yes")
      << "scalars have their type's zero value";
}

TEST(Filter, EveryKindOfFieldIsComparedExactly) {
  auto thing = Things().Parse("Thing", R"pb(
    done: true
    small: 4294967295
    large: 18446744073709551615
    whole: -9223372036854775808
    real: 0.5
    real4: 0.25
    data: "x"
    quantity { value: "0.30" }
    due { year: 2026 month: 3 day: 1 }
    effort { seconds: 90 nanos: 500000000 }
    price { currency_code: "EUR" units: -1 nanos: -10000000 }
  )pb");
  ExpectAnswers(*thing, {
                            {"done = true", "yes"},
                            {"done != true", "no"},
                            {"small = 4294967295", "yes"},
                            {"large = 18446744073709551615", "yes"},
                            {"large > 18446744073709551614", "yes"},
                            {"whole = -9223372036854775808", "yes"},
                            {"real >= 0.5", "yes"},
                            {"real4 = .25", "yes"},
                            {"quantity = 0.3", "yes"},
                            {"quantity > 0.29999999999999999999", "yes"},
                            {"quantity > 0.3", "no"},
                            {"due = 2026-03-01", "yes"},
                            {"due > \"2026-02-28\"", "yes"},
                            {"due < 2025-12-31", "no"},
                            {"effort = 90.5s", "yes"},
                            {"effort > \"90s\"", "yes"},
                            {"effort < 91s", "yes"},
                            {"price = -1.01", "yes"},
                            {"price < -1", "yes"},
                            {"price.units = -1", "yes"},
                            {"data:*", "yes"},
                            {"given:*", "no"},
                        });
  auto broken = Things().Parse("Thing", R"pb(quantity { value: "many" }
                                             parent { quantity {} })pb");
  EXPECT_EQ(Ask(*broken, "quantity = 1 OR quantity != 1"), "no")
      << "a Decimal that is no number stands in no relation to one";
  EXPECT_EQ(Ask(*broken, "parent.quantity = 0"), "yes") << "an empty Decimal is 0";
}

TEST(Filter, HasGoesThroughListsAndMaps) {
  auto thing = Things().Parse("Thing", R"pb(
    lines {
      product: "products/a"
      quantity { value: "2" }
      codes: 7
    }
    lines {
      product: "products/b"
      price { currency_code: "EUR" units: 10 }
    }
    colors: RED
    labels { key: "Region" value: "west" }
    by_number {
      key: 12
      value { product: "products/c" }
    }
    parent {
      lines { product: "products/d" }
      parent { labels { key: "deep" value: "Treasure" } }
    }
  )pb");
  ExpectAnswers(
      *thing,
      {
          {"lines.product:products/a", "yes"},
          {"lines.product:products", "no"},
          {"lines.product:PRODUCTS/*", "yes"},
          {"lines.product:\"products/z\"", "no"},
          {"lines.quantity:2.0", "yes"},
          {"lines.price:10", "yes"},
          {"lines.price:2", "no"},
          {"lines.codes:7", "yes"},
          {"lines.codes:*", "yes"},
          {"lines.price:*", "yes"},
          {"colors:RED", "yes"},
          {"colors:GREEN", "no"},
          {"labels:region", "yes"},
          {"labels:west", "no"},
          {"labels:*", "yes"},
          {"by_number:12", "yes"},
          {"by_number:13", "no"},
          {"parent.lines.product:products/d", "yes"},
          {"parent.parent.lines.product:*", "no"},
          {"treasure", "yes"},  // literals see values of maps, and types that contain themselves
      });
}

}  // namespace
}  // namespace leadstream::domain
