// Scoring rules, what they make of a lead, and when it is scored.
#include "services/lead/scoring_rules.h"

#include <absl/strings/str_join.h>

#include "tests/domain/lead_reacting.h"

namespace leadstream::lead {
namespace {

using testing::Known;

ScoringRule Rule(const std::string& name, const std::string& filter, int points,
                 const std::string& more = "") {
  auto rule = Of<ScoringRule>("etag: '3' " + more);
  rule.set_enabled(name != "off");
  rule.set_name("scoringRules/" + name);
  rule.set_display_name(name);
  rule.set_filter(filter);
  rule.set_points(points);
  return rule;
}

// "80 A: web +30, budget +50"
std::string Scored(const Lead& lead, const std::vector<ScoringRule>& rules) {
  std::vector<const ScoringRule*> plain;
  for (const ScoringRule& rule : rules) plain.push_back(&rule);
  const LeadScored scored = Scoring(plain).Of(lead);
  return absl::StrCat(
      scored.score(), " ", Lead::Grade_Name(scored.grade()), ":",
      absl::StrJoin(scored.reasons(), ",", [](std::string* out, const ScoreReason& reason) {
        absl::StrAppend(out, " ", reason.reason(), reason.points() < 0 ? " " : " +",
                        reason.points());
      }));
}

const std::vector<ScoringRule>& Rules() {
  static const auto* rules = new std::vector<ScoringRule>{
      Rule("far", "address.country != \"HU\"", -10),
      Rule("web", "source = WEB", 30, "reason: 'asked on the web'"),
      Rule("rich", "budget.confirmed = true", 50),
      Rule("off", "", 1000),
  };
  return *rules;
}

TEST(ALead, GetsThePointsOfTheRulesThatMatch) {
  EXPECT_EQ(Scored(Of<Lead>("source: WEB address { country: 'HU' }"), Rules()),
            "30 C: asked on the web +30");
  EXPECT_EQ(Scored(Of<Lead>("source: WEB budget { confirmed: true }"), Rules()),
            "80 A: asked on the web +30, rich +50");
  EXPECT_EQ(Scored(Of<Lead>("address { country: 'AT' }"), Rules()), "-10 D: far -10");
  EXPECT_EQ(Scored(Lead(), Rules()), "0 D:");
}

TEST(ALead, HasNoScoreByRulesIfNoneIsEnabled) {
  EXPECT_EQ(Scored(Of<Lead>("score: 12"), {Rule("off", "", 1)}), "0 GRADE_UNSPECIFIED:");
  EXPECT_FALSE(ChangesScore(LeadScored(), Of<Lead>("score: 12"))) << "a person gave it";
  EXPECT_TRUE(ChangesScore(LeadScored(), Of<Lead>("score: 12 grade: D")));
}

TEST(ALead, HasTheBestGradeWhoseThresholdItReaches) {
  const auto rules = [](int points) {
    return std::vector<ScoringRule>{Rule("points", "", points),
                                    Rule("a", "score >= 10", 0, "grade: A"),
                                    Rule("b", "score >= 5", 0, "grade: B")};
  };
  EXPECT_EQ(Scored(Lead(), rules(10)), "10 A: points +10, a +0");
  EXPECT_EQ(Scored(Lead(), rules(9)), "9 B: points +9, b +0");
  EXPECT_EQ(Scored(Lead(), rules(4)), "4 D: points +4");
}

TEST(Scoring, ALeadAgainGivesTheSame) {
  const std::vector<ScoringRule> rules = {Rule("web", "source = WEB", 30),
                                          Rule("circular", "score >= 30", 40)};
  EXPECT_EQ(Scored(Of<Lead>("source: WEB"), rules), "30 C: web +30");
  EXPECT_EQ(Scored(Of<Lead>("source: WEB score: 30 grade: C"), rules), "30 C: web +30");
}

TEST(AScore, DoesNotRunOver) {
  EXPECT_EQ(Scored(Lead(), {Rule("a", "", 2147483647), Rule("b", "", 2147483647)}),
            "2147483647 A: a +2147483647, b +2147483647");
}

TEST(AnOpenLead, IsScoredByAllRules) {
  Story story = OpenLead();
  for (const ScoringRule& rule : Rules()) story.Knows(rule.name(), rule);
  story.When(ScoreLeadRequest())
      .Then<LeadScored>(
          R"pb(score: 30
               grade: C
               reasons { scoring_rule: "scoringRules/web" points: 30 revision: 3 })pb")
      .ThenState("score: 30 grade: C score_reasons { reason: 'asked on the web' } state: OPEN");
  DisqualifiedLead().When(ScoreLeadRequest()).ThenRefused(LEAD_NOT_OPEN);
}

CreateScoringRuleRequest Create(const std::string& rule) {
  return Of<CreateScoringRuleRequest>("scoring_rule { display_name: 'r' " + rule + " }");
}
UpdateScoringRuleRequest Update(const std::string& rule) {
  return Of<UpdateScoringRuleRequest>("scoring_rule { " + rule + " }");
}

TEST(AScoringRule, IsUnderstoodWhenItIsStored) {
  Story story(ScoringRuleAggregate());
  story.When(Create("points: 5 filter: 'sauce = WEB'")).ThenRefused(RULE_FILTER_INVALID);
  EXPECT_EQ(story.bad_fields(), "scoring_rule.filter");
  EXPECT_EQ(story.decision().refusal().message, "filter, character 1: Lead has no field `sauce`");
  story.When(Create("points: 5 filter: 'source = WEB'"))
      .Then<ScoringRuleCreated>()
      .When(Update("filter: 'source = '"))
      .ThenRefused(RULE_FILTER_INVALID);
}

TEST(AScoringRule, GivesPointsOrAGrade) {
  Story(ScoringRuleAggregate()).When(Create("")).ThenRefused(SCORING_RULE_WITHOUT_EFFECT);
  Story(ScoringRuleAggregate())
      .When(Create("points: 5 grade: A"))
      .ThenRefused(SCORING_RULE_WITHOUT_EFFECT);
  Story(ScoringRuleAggregate())
      .Given(Create("points: 5"))
      .When(Update("grade: A"))
      .ThenRefused(SCORING_RULE_WITHOUT_EFFECT);
}

TEST(AScoringRule, IsDeletedOnceNothingRestsOnIt) {
  Story story(ScoringRuleAggregate());
  story.Given(Create("points: 5 enabled: true"))
      .When(DeleteScoringRuleRequest())
      .ThenRefused(SCORING_RULE_IN_USE)
      .Given(Of<UpdateScoringRuleRequest>(
          "scoring_rule { enabled: false } update_mask { paths: 'enabled' }"))
      .ThenState("passes: 2")
      .Given(Of<ApplyScoringRuleRequest>("after: 'leads/a'"))
      .Given(Of<ApplyScoringRuleRequest>("done: true"))
      .When(DeleteScoringRuleRequest())
      .ThenRefused(SCORING_RULE_IN_USE)
      .Given(Of<ApplyScoringRuleRequest>("done: true"))
      .When(DeleteScoringRuleRequest())
      .Then<ScoringRuleDeleted>();
  EXPECT_TRUE(story.deleted());
}

Known Sales() {
  Known known;
  known.Add(ScoringRuleAggregate(), "scoringRules/web", Rule("web", "source = WEB", 30))
      .Add(LeadAggregate(), "leads/new", Of<Lead>("state: OPEN source: WEB etag: '7'"))
      .Add(LeadAggregate(), "leads/other", Of<Lead>("state: OPEN etag: '1' grade: D"))
      .Add(LeadAggregate(), "leads/gone", Of<Lead>("state: DISQUALIFIED source: WEB etag: '1'"));
  return known;
}

std::string Commands(const std::vector<Issued>& issued) {
  return absl::StrJoin(issued, "; ", [](std::string* out, const Issued& one) {
    out->append(one.request->ShortDebugString());
  });
}

TEST(AChangedLead, IsScoredIfItsScoreIsAnother) {
  const auto scoring = [](const std::string& lead) {
    return Commands(ReactionsTo(LeadUpdated(), "subject: 'leads/" + lead + "'", Sales()));
  };
  EXPECT_EQ(scoring("new"), "name: \"leads/new\" etag: \"7\"");
  EXPECT_EQ(scoring("other"), "");
  EXPECT_EQ(scoring("gone"), "");
}

TEST(AChangedRule, IsAppliedToAllOpenLeadsPageByPage) {
  Known many = Sales();
  for (int i = 100; i < 400; ++i)
    many.Add(LeadAggregate(), absl::StrCat("leads/x", i),
             Of<Lead>("state: OPEN source: WEB etag: '1'"));
  const auto first = ReactionsTo(ScoringRuleUpdated(), "subject: 'scoringRules/web'", many);
  ASSERT_EQ(first.size(), 200u) << "199 leads score otherwise, one is as it was";
  EXPECT_EQ(first.back().request->ShortDebugString(),
            "name: \"scoringRules/web\" after: \"leads/x297\"");
  const auto second = ReactionsTo(Of<ScoringRuleApplied>("after: 'leads/x297'"),
                                  "subject: 'scoringRules/web'", many);
  EXPECT_EQ(second.size(), 103u);
  EXPECT_EQ(second.back().request->ShortDebugString(),
            "name: \"scoringRules/web\" after: \"leads/x399\" done: true");
  EXPECT_EQ(Commands(ReactionsTo(Of<ScoringRuleApplied>("done: true"),
                                 "subject: 'scoringRules/web'", many)),
            "");
}

}  // namespace
}  // namespace leadstream::lead
