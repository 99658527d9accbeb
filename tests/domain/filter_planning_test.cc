// What a planner may conclude from a filter.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/domain/filter_examples.h"

namespace leadstream::domain {
namespace {

std::string ToText(const Equality& equality) {
  if (const auto* number = std::get_if<EnumNumber>(&equality.value))
    return absl::StrCat(equality.path, " = enum ", number->number);
  if (const auto* text = std::get_if<std::string>(&equality.value))
    return absl::StrCat(equality.path, " = '", *text, "'");
  if (const auto* truth = std::get_if<bool>(&equality.value))
    return absl::StrCat(equality.path, " = ", *truth ? "true" : "false");
  return absl::StrCat(equality.path, " = ", std::get<int64_t>(equality.value));
}

std::string ToText(const Bound& bound) {
  const char* const ops[] = {"<", "<=", ">", ">="};
  std::string value;
  if (const auto* time = std::get_if<absl::Time>(&bound.value))
    value = absl::FormatTime(*time, absl::UTCTimeZone());
  if (const auto* day = std::get_if<absl::CivilDay>(&bound.value))
    value = absl::FormatCivilTime(*day);
  if (const auto* number = std::get_if<int64_t>(&bound.value)) value = absl::StrCat(*number);
  return absl::StrCat(bound.path, " ", ops[static_cast<int>(bound.op)], " ", value);
}

template <typename Fact>
std::string ToText(const std::vector<Fact>& facts) {
  return absl::StrJoin(facts, ", ",
                       [](std::string* out, const Fact& fact) { out->append(ToText(fact)); });
}

std::string Equalities(const google::protobuf::Descriptor& type, absl::string_view filter) {
  return ToText((*Filter::Compile(type, filter))->RequiredEqualities());
}
std::string Bounds(const google::protobuf::Descriptor& type, absl::string_view filter) {
  return ToText((*Filter::Compile(type, filter))->RequiredBounds());
}

TEST(FilterPlanning, RequiredEqualitiesAreThoseThatAlwaysHold) {
  const auto& lead = *Lead::descriptor();
  EXPECT_EQ(Equalities(lead, "state = OPEN AND owner = \"users/bela\""),
            "state = enum 1, owner = 'users/bela'");
  EXPECT_EQ(Equalities(lead, "state = OPEN (score = 5 AND (budget.confirmed = true)) seats"),
            "state = enum 1, score = 5, budget.confirmed = true");
  EXPECT_EQ(Equalities(lead, "state:OPEN"), "state = enum 1");
  EXPECT_EQ(Equalities(lead, R"(owner = "a\*")"), "owner = 'a*'");
  EXPECT_EQ(Equalities(lead, "owner = \"\""), "owner = ''");
  EXPECT_EQ(Equalities(lead, "state = OPEN AND (state = OPEN OR score = 5)"), "state = enum 1");
  for (const char* none :
       {"", "state = OPEN OR score = 5", "NOT state = OPEN", "-(state = OPEN AND score = 5)",
        "state != OPEN", "owner = a*", "owner:a", "emails:a", "budget.amount = 5", "score > 5",
        "score:*", "seats"}) {
    EXPECT_EQ(Equalities(lead, none), "") << none;
  }
}

TEST(FilterPlanning, RequiredBoundsAreThoseThatAlwaysHold) {
  const auto& lead = *Lead::descriptor();
  EXPECT_EQ(Bounds(lead, "score > 5 AND score <= 9"), "score > 5, score <= 9");
  EXPECT_EQ(Bounds(lead, "score = 5"), "score <= 5, score >= 5");
  EXPECT_EQ(Bounds(lead, "create_time >= 2026-03-01 create_time < \"2026-03-02T00:00:00+01:00\""),
            "create_time >= 2026-03-01T00:00:00+00:00, create_time < 2026-03-01T23:00:00+00:00");
  EXPECT_EQ(Bounds(Things().Type("Thing"), "due < 2026-03-01 whole > -1 small < 3"),
            "due < 2026-03-01, whole > -1, small < 3");
  for (const char* none : {"score > 5 OR score > 9", "NOT score > 5", "score != 5", "company > a",
                           "budget.amount > 5", "state = OPEN", "score:*"}) {
    EXPECT_EQ(Bounds(lead, none), "") << none;
  }
  EXPECT_EQ(Bounds(Things().Type("Thing"), "large > 5 quantity > 1 effort > 1s lines.codes:7"), "");
}

}  // namespace
}  // namespace leadstream::domain
