// What `order_by` says, and what it must not say.
#include "common/store/order_by.h"

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <string>

#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::store {
namespace {

// "score down, create_time up", or why not.
std::string Read(absl::string_view text) {
  auto terms = ParseOrderBy(*lead::v1::Lead::descriptor(), text);
  if (!terms.ok()) {
    EXPECT_TRUE(absl::IsInvalidArgument(terms.status()));
    return std::string(terms.status().message());
  }
  std::string read;
  for (const OrderTerm& term : *terms)
    absl::StrAppend(&read, read.empty() ? "" : ", ", term.path, term.descending ? " down" : " up");
  return read;
}

TEST(OrderBy, NamesFieldsAndDirections) {
  EXPECT_EQ(Read("score desc, create_time"), "score down, create_time up");
  EXPECT_EQ(Read("score asc"), "score up");
  EXPECT_EQ(Read("  score   desc ,\tcreate_time  "), "score down, create_time up");
  EXPECT_EQ(Read("budget.amount desc,budget.confirmed,address.country"),
            "budget.amount down, budget.confirmed up, address.country up");
  EXPECT_EQ(Read("state"), "state up");
  EXPECT_EQ(Read(""), "");
  EXPECT_EQ(Read(" \n"), "");
}

TEST(OrderBy, IsRefusedNamingTheField) {
  EXPECT_EQ(Read("scor"), "Lead has no field `scor`; did you mean `score`?");
  EXPECT_EQ(Read("score, budget.amout desc"),
            "Budget has no field `amout`; did you mean `amount`?");
  EXPECT_EQ(Read("score.points"), "`score` has no fields of its own");
  EXPECT_EQ(Read("emails"), "`emails` is a list and has no order");
  EXPECT_EQ(Read("phones.number"), "`phones` is a list and has no order");
  EXPECT_EQ(Read("budget"), "`budget` has no order; name a field of it that has");
  EXPECT_EQ(Read("score down"), "after `score` comes asc, desc or a comma, not `down`");
  EXPECT_EQ(Read("score DESC"), "after `score` comes asc, desc or a comma, not `DESC`");
  EXPECT_EQ(Read("score desc create_time"),
            "after `score` comes asc, desc or a comma, not `create_time`");
  EXPECT_EQ(Read("score create_time desc"),
            "after `score` comes asc, desc or a comma, not `create_time`");
  EXPECT_EQ(Read("score,"), "a field is missing beside a comma");
  EXPECT_EQ(Read(",score"), "a field is missing beside a comma");
  EXPECT_EQ(Read("score,,owner"), "a field is missing beside a comma");
  EXPECT_EQ(Read("score, owner, score desc"), "`score` is named twice");
  EXPECT_EQ(Read("desc"), "Lead has no field `desc`");
  EXPECT_EQ(Read("\xFF"), "order_by is not valid UTF-8");
  EXPECT_EQ(Read(absl::string_view("score\0", 6)),
            absl::StrCat("Lead has no field `score", absl::string_view("\0", 1),
                         "`; did you mean `score`?"));
}

}  // namespace
}  // namespace leadstream::store
