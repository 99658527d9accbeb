// Which filters are refused, and in which words; and that no bytes at all do worse than that.
#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

#include "common/domain/utf8.h"
#include "tests/domain/filter_examples.h"

namespace leadstream::domain {
namespace {

TEST(FilterRefusals, AWrongOneIsRefusedNamingWhatAndWhere) {
  const Lead lead;
  ExpectAnswers(
      lead,
      {
          {"stat = OPEN", "filter, character 1: Lead has no field `stat`; did you mean `state`?"},
          {"createTime > 2026-01-01",
           "filter, character 1: Lead has no field `createTime`; did you mean `create_time`?"},
          {"zzz = 1", "filter, character 1: Lead has no field `zzz`"},
          {"budget.amout > 1",
           "filter, character 8: Budget has no field `amout`; did you mean `amount`?"},
          {"score.points = 1", "filter, character 7: `score` has no fields of its own"},
          {"company..x = 1", "filter, character 9: `company` has no fields of its own"},
          {"budget. = 1", "filter, character 8: Budget has no field ``"},
          {"state = OPN", "filter, character 9: State has no value `OPN`; did you mean `OPEN`?"},
          {"state = open", "filter, character 9: State has no value `open`; did you mean `OPEN`?"},
          {"state = 1", "filter, character 9: State has no value `1`"},
          {"state = OP*", "filter, character 9: State has no value `OP*`"},
          {"state < OPEN", "filter, character 9: `state` has no order; compare it with = or !="},
          {"budget.confirmed = yes",
           "filter, character 20: `confirmed` is true or false, not `yes`"},
          {"score = many", "filter, character 9: `score` is a whole number of 64 bits, not `many`"},
          {"score = 1.5", "filter, character 9: `score` is a whole number of 64 bits, not `1.5`"},
          {"score = 9223372036854775808",
           "filter, character 9: `score` is a whole number of 64 bits, not `9223372036854775808`"},
          {"budget.amount = 5000HUF",
           "filter, character 17: `amount` is a number, such as 1234.50, not `5000HUF`"},
          {"budget = 5000",
           "filter, character 10: `budget` is no single value: compare a field of it, such as "
           "`budget.amount`"},
          {"create_time > yesterday",
           "filter, character 15: `create_time` is a time, such as \"2026-03-01T09:30:00Z\" or "
           "\"2026-03-01\", not `yesterday`"},
          {"create_time > infinite-future",
           "filter, character 15: `create_time` is a time, such as \"2026-03-01T09:30:00Z\" or "
           "\"2026-03-01\", not `infinite-future`"},
          {"create_time > 2026-02-30",
           "filter, character 15: `create_time` is a time, such as \"2026-03-01T09:30:00Z\" or "
           "\"2026-03-01\", not `2026-02-30`"},
          {"emails = \"a@b.example\"",
           "filter, character 1: `emails` is a list; ask what it has, with `emails:`"},
          {"phones.number != 1",
           "filter, character 1: `phones` is a list; ask what it has, with `phones.number:`"},
          {"company < Kov*",
           "filter, character 11: wildcards go with =, != and : only; a star itself is `\\*`"},
          {"company = \"Kov", "filter, character 11: this quote is never closed"},
          {"company = \"a\"b", "filter, character 14: put a space before this"},
          {R"(company = a\n)",
           "filter, character 12: a backslash stands only before a quote, a star or another "
           "backslash"},
          {"company = a, b",
           "filter, character 12: `,` is no part of a filter; quote the text that it belongs to"},
          {"company =", "filter, character 10: a value is missing after `=`"},
          {"company = (a)", "filter, character 11: a value is missing after `=`, before `(`"},
          {"score == 5", "filter, character 8: a value is missing after `=`, before `=`"},
          {"(score = 5", "filter, character 1: this parenthesis is never closed"},
          {"score = 5)", "filter, character 10: this parenthesis was never opened"},
          {"()", "filter, character 2: a term is missing here, before `)`"},
          {"AND score = 5", "filter, character 1: a term is missing here, before `AND`"},
          {"score = 5 OR", "filter, character 13: a term is missing here"},
          {"NOT NOT score = 5", "filter, character 5: a term is missing here, before `NOT`"},
          {"a - b", "filter, character 3: `-` must stand right before what it negates"},
          {"!seats", "filter, character 1: `!` is no part of a filter; negate with NOT or `-`"},
          {"\"state\" = OPEN", "filter, character 1: a field's name is not quoted"},
          {"size(emails)",
           "filter, character 5: there are no functions here; put a space before `(` if it is a "
           "term of its own"},
          {"company:ÁÉŐ stat = OPEN",
           "filter, character 13: Lead has no field `stat`; did you mean `state`?"},  // not bytes
          {"\xFF", "filter is not valid UTF-8"},
      });
  auto thing = Things().Parse("Thing", "");
  ExpectAnswers(
      *thing,
      {
          {"large = -1",
           "filter, character 9: `large` is a whole number of 64 bits, not below 0, not `-1`"},
          {"real = nan", "filter, character 8: `real` is a number, not `nan`"},
          {"due = 2026-3-1",
           "filter, character 7: `due` is a day, such as \"2026-03-01\", not `2026-3-1`"},
          {"effort = 90",
           "filter, character 10: `effort` is a duration in seconds, such as 90s, not `90`"},
          {"data = x", "filter, character 8: `data` holds bytes; only `data:*` can be asked of it"},
          {"labels = a", "filter, character 1: `labels` is a map; ask what it has, with `labels:`"},
          {"labels.a:b",
           "filter, character 8: `labels` is a map; ask which keys it has, with `labels:`"},
          {"by_number:one", "filter, character 11: `key` is a whole number of 64 bits, not `one`"},
      });
}

TEST(FilterRefusals, SizeDepthAndLiteralsAreLimited) {
  const Lead lead = Anna();
  EXPECT_EQ(Ask(lead, std::string(kFilterBytesMax, ' ')), "yes");
  EXPECT_EQ(Ask(lead, std::string(kFilterBytesMax + 1, ' ')), "filter is longer than 4096 bytes");
  const auto nested = [](size_t depth) {
    return absl::StrCat(std::string(depth, '('), "score = 50", std::string(depth, ')'));
  };
  EXPECT_EQ(Ask(lead, nested(kFilterDepthMax)), "yes");
  EXPECT_EQ(Ask(lead, nested(kFilterDepthMax + 1)),
            "filter, character 51: parentheses are more than 50 deep");
  EXPECT_EQ(Ask(lead, std::string(kFilterBytesMax, '(')),
            "filter, character 51: parentheses are more than 50 deep");
  std::string words;
  for (int i = 0; i < kFilterLiteralsMax; ++i) absl::StrAppend(&words, "a ");
  EXPECT_EQ(Ask(lead, words), "yes");
  EXPECT_EQ(Ask(lead, words + "a"),
            "filter, character 41: there are more than 20 words without a field");
}

// Good filters, broken at random: each is compiled and asked, or refused in words. The seed is in
// the failure.
TEST(FilterRefusals, NoBytesBreakIt) {
  const std::string good[] = {
      "state = OPEN AND score >= 50 AND emails:\"*@example.com\"",
      "NOT (company:\"Kovács\" OR -owner = 'users/*') create_time > 2026-03-01T10:00:00Z",
      R"(budget.amount <= 5000000.50 topic != "a \"b\" \\ \* c")",
      "((score<5)OR(score>9)) seats* person.family_name:*",
  };
  const std::string pieces[] = {"\"",   "'",    "\\",   "(",     ")",          "*",
                                "-",    "NOT ", " OR ", " AND ", ":",          "=",
                                "!",    "<",    ">=",   ".",     ",",          std::string(1, '\0'),
                                "\xFF", "\xC3", "á",    "state", "9e999999999"};
  const Lead lead = Anna();
  int compiled = 0;
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
    std::string filter = good[below(std::size(good))];
    for (size_t change = 0; change <= below(4); ++change) {
      const size_t at = below(filter.size() + 1);
      const std::string& piece = pieces[below(std::size(pieces))];
      switch (below(4)) {
        case 0:
          filter.insert(at, piece);
          break;
        case 1:
          filter.erase(at, below(5));
          break;
        case 2:
          filter.replace(at, below(5), piece);
          break;
        default:
          filter.insert(at, filter.substr(below(filter.size() + 1), below(20)));
          break;
      }
    }
    auto tried = Filter::Compile(*Lead::descriptor(), filter);
    if (tried.ok()) {
      ++compiled;
      const bool matches = (*tried)->Matches(lead);
      auto negated = Filter::Compile(*Lead::descriptor(), absl::StrCat("NOT (", filter, ")"));
      if (negated.ok()) {
        EXPECT_EQ((*negated)->Matches(lead), !matches) << "seed " << seed << ": " << filter;
      }
    } else {
      EXPECT_EQ(tried.status().code(), absl::StatusCode::kInvalidArgument) << "seed " << seed;
      EXPECT_EQ(tried.status().message().substr(0, 6), "filter") << "seed " << seed;
      EXPECT_LT(tried.status().message().size(), 300u) << "seed " << seed;
      EXPECT_TRUE(IsUtf8(tried.status().message())) << "seed " << seed;
    }
  }
  EXPECT_GT(compiled, 1000) << "the changes leave too little to test";
}

}  // namespace
}  // namespace leadstream::domain
