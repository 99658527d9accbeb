// Leads are scored as they and the rules change, over the wire.
#include <google/protobuf/empty.pb.h>

#include "leadstream/lead/v1/scoring_rule_service.pb.h"
#include "tests/server/serving_leads.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using namespace lead::v1;  // NOLINT(google-build-using-namespace): a page about these messages

class Scoring : public ServingLeads {
 protected:
  void AwaitScore(const std::string& lead, int score, Lead::Grade grade) {
    GetLeadRequest get;
    get.set_name("leads/" + lead);
    Await<Lead>(get, [&](const Lead& now) { return now.score() == score && now.grade() == grade; });
  }
  void AwaitApplied(const std::string& rule) {
    GetScoringRuleRequest get;
    get.set_name(rule);
    Await<ScoringRule>(get, [](const ScoringRule& now) { return now.passes() == 0; });
  }
};

TEST_F(Scoring, FollowsLeadsAndRules) {
  ASSERT_TRUE(CreateLead("before", "lead { source: WEB }").ok());
  auto rule = Call<ScoringRule>(Of<CreateScoringRuleRequest>(R"pb(
    scoring_rule_id: "web"
    scoring_rule { display_name: "Web" filter: "source = WEB" points: 30 enabled: true })pb"));
  ASSERT_TRUE(rule.ok()) << rule.status.error_message();
  AwaitScore("before", 30, Lead::C);
  AwaitApplied("scoringRules/web");

  ASSERT_TRUE(CreateLead("after", "lead { source: WEB }").ok());
  AwaitScore("after", 30, Lead::C);
  ASSERT_TRUE(Call<Lead>(Of<UpdateLeadRequest>("lead { name: 'leads/after' source: PHONE }")).ok());
  AwaitScore("after", 0, Lead::D);
  auto asked = Call<Lead>(Of<ScoreLeadRequest>("name: 'leads/before'"));
  ASSERT_TRUE(asked.ok()) << asked.status.error_message();
  EXPECT_EQ(asked.reply.score_reasons(0).scoring_rule(), "scoringRules/web");
  EXPECT_EQ(asked.reply.score_reasons(0).reason(), "Web");

  ASSERT_TRUE(
      Call<ScoringRule>(Of<UpdateScoringRuleRequest>("scoring_rule { name: 'scoringRules/web' "
                                                     "points: 80 }"))
          .ok());
  AwaitScore("before", 80, Lead::A);
  ASSERT_TRUE(
      Call<ScoringRule>(Of<UpdateScoringRuleRequest>("scoring_rule { name: 'scoringRules/web' } "
                                                     "update_mask { paths: 'enabled' }"))
          .ok());
  AwaitScore("before", 0, Lead::GRADE_UNSPECIFIED);
}

TEST_F(Scoring, ARuleIsListedWatchedToldAndDeleted) {
  WatchScoringRulesRequest watch;
  watch.set_position("0");
  Watching<WatchScoringRulesRequest, WatchScoringRulesResponse> watching(channel_, watch);
  ASSERT_TRUE(Call<ScoringRule>(Of<CreateScoringRuleRequest>(R"pb(
                scoring_rule_id: "web"
                scoring_rule { display_name: "Web" filter: "source = WEB" points: 30 })pb"))
                  .ok());
  WatchScoringRulesResponse change;
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.scoring_rule().points(), 30);
  watching.Cancel();
  AwaitApplied("scoringRules/web");
  EXPECT_EQ(Call<ListScoringRulesResponse>(Of<ListScoringRulesRequest>("filter: 'points > 10'"))
                .reply.scoring_rules_size(),
            1);
  ASSERT_TRUE(
      Call<google::protobuf::Empty>(Of<DeleteScoringRuleRequest>("name: 'scoringRules/web'")).ok());
  EXPECT_EQ(Call<ScoringRule>(Of<GetScoringRuleRequest>("name: 'scoringRules/web'")).reason(),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Call<ListScoringRuleEventsResponse>(
                Of<ListScoringRuleEventsRequest>("name: 'scoringRules/web'"))
                .reply.events_size(),
            3);
}

TEST_F(Scoring, ARuleThatIsNotUnderstoodIsRefusedNamingThePlace) {
  auto answer = Call<ScoringRule>(Of<CreateScoringRuleRequest>(R"pb(
    scoring_rule { display_name: "Web" filter: "source = WEBB" points: 30 })pb"));
  EXPECT_EQ(answer.reason(), "RULE_FILTER_INVALID");
  EXPECT_EQ(answer.fields(), "scoring_rule.filter");
}

TEST_F(Scoring, SurvivesARestartAndLosesNoPage) {
  for (int i = 0; i < 450; ++i) {
    ASSERT_TRUE(CreateLead(absl::StrCat("l", 100 + i), "lead { source: WEB }").ok());
  }
  ASSERT_TRUE(
      Call<ScoringRule>(Of<CreateScoringRuleRequest>(R"pb(
        scoring_rule_id: "web"
        scoring_rule { display_name: "Web" filter: "source = WEB" points: 5 enabled: true })pb"))
          .ok());
  Restart();
  AwaitApplied("scoringRules/web");
  for (int i : {0, 199, 200, 201, 449}) AwaitScore(absl::StrCat("l", 100 + i), 5, Lead::D);
  const auto unscored = Call<ListLeadsResponse>(Of<ListLeadsRequest>("filter: 'score = 0'"));
  EXPECT_EQ(unscored.reply.leads_size(), 0);
}

}  // namespace
}  // namespace leadstream::testing
