// Who may call what.
#include "common/auth/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leadstream::auth {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kMethods = {
    "a.v1.LeadService/GetLead", "a.v1.LeadService/CreateLead", "b.v1.QuoteService/GetQuote"};

Policy Read(const std::string& yaml) {
  auto policy = Policy::Parse(yaml, kMethods);
  EXPECT_TRUE(policy.ok()) << policy.status();
  return policy.ok() ? *policy : Policy();
}
std::string ProblemsOf(const std::string& yaml) {
  return std::string(Policy::Parse(yaml, kMethods).status().message());
}

constexpr char kUsual[] = R"(
nodes: ["*.leadstream.svc"]
teams: {east: [anna, bela], west: [bela, cili]}
roles:
  rep:
  - {methods: [LeadService/*], rows: own, redact: [phones, emails]}
  lead-reader:
  - {methods: [a.v1.LeadService/GetLead], redact: [emails]}
  quoter:
  - methods: [QuoteService/Get*]
    rows: team
  administrator:
  - methods: ['*']
)";

TEST(APolicy, GrantsWhatARoleIsGrantedAndNothingElse) {
  const Policy policy = Read(kUsual);
  EXPECT_EQ(policy.Of("a.v1.LeadService/CreateLead", {"rep"}).rows, Rows::kOwn);
  EXPECT_EQ(policy.Of("a.v1.LeadService/CreateLead", {"lead-reader"}).rows, Rows::kNone);
  EXPECT_EQ(policy.Of("b.v1.QuoteService/GetQuote", {"rep"}).rows, Rows::kNone);
  EXPECT_EQ(policy.Of("b.v1.QuoteService/GetQuote", {"rep", "quoter"}).rows, Rows::kTeam);
  EXPECT_EQ(policy.Of("b.v1.QuoteService/GetQuote", {"administrator"}).rows, Rows::kAll);
  EXPECT_EQ(policy.Of("b.v1.QuoteService/GetQuote", {}).rows, Rows::kNone);
  EXPECT_EQ(policy.Of("b.v1.QuoteService/NoSuch", {"administrator"}).rows, Rows::kNone);
  EXPECT_FALSE(policy.IsPublic("a.v1.LeadService/GetLead"));
}

// Whoever may see more by one role sees it, whatever the others are.
TEST(APolicy, GivesOneOfSeveralRolesTheWidestRowsAndRedactsWhatAllDo) {
  const Policy policy = Read(kUsual);
  EXPECT_THAT(policy.Of("a.v1.LeadService/GetLead", {"rep"}).redacted,
              ElementsAre("emails", "phones"));
  const Access both = policy.Of("a.v1.LeadService/GetLead", {"rep", "lead-reader"});
  EXPECT_EQ(both.rows, Rows::kAll);
  EXPECT_THAT(both.redacted, ElementsAre("emails"));
}

TEST(APolicy, KnowsTeamsAndNodes) {
  const Policy policy = Read(kUsual);
  EXPECT_THAT(policy.TeamOf("bela"), ElementsAre("anna", "bela", "cili"));
  EXPECT_THAT(policy.TeamOf("dora"), ElementsAre("dora"));
  EXPECT_TRUE(policy.IsNode("lead-0.leadstream.svc"));
  EXPECT_FALSE(policy.IsNode("lead-0.leadstream.svc.evil.example"));
}

TEST(APolicy, NamesAllThatIsWrongWithItsLine) {
  EXPECT_THAT(
      ProblemsOf("roles:\n  rep:\n  - methods: [LeadService/Get*, NoService/*]\n    rows: some\n"
                 "    colour: red\nrules: {}\n"),
      AllOf(HasSubstr("line 3: no method is named NoService/*"),
            HasSubstr("line 4: `rows` is own, team or all"),
            HasSubstr("line 5: there is no `colour`"), HasSubstr("line 6: there is no `rules`"),
            HasSubstr("nothing says who may call a.v1.LeadService/CreateLead"),
            HasSubstr("nothing says who may call b.v1.QuoteService/GetQuote")));
  EXPECT_NE(ProblemsOf("roles: [\n"), "");
  EXPECT_NE(ProblemsOf(""), "");
}

// A new method must be thought of, even where somebody may do everything.
TEST(APolicy, ThinksOfNoMethodByAWildcardForItsService) {
  EXPECT_THAT(ProblemsOf("roles: {administrator: [{methods: ['*']}]}"),
              HasSubstr("nothing says who may call a.v1.LeadService/GetLead"));
}

}  // namespace
}  // namespace leadstream::auth
