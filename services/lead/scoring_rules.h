// What may happen to a scoring rule, and what the rules make of a lead. Pure: no clock, no I/O.
//
// A rule with points adds them to the lead's score, with its reason, where its filter matches. A
// rule with a grade is a threshold: the best grade counts whose filter matches the lead with its
// new score, `score >= 80`, say. Without such a rule A begins at 75, B at 50, C at 25; what reaches
// none is D. Rules with points are asked of the lead without its score, so that scoring it again
// gives the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/scoring_rule.pb.h"
#include "leadstream/lead/v1/scoring_rule_service.pb.h"
#include "services/lead/stored_rule.h"

namespace leadstream::lead {

template <>
struct StoredRule<v1::ScoringRule> {
  using Created = v1::ScoringRuleCreated;
  using Updated = v1::ScoringRuleUpdated;
  static constexpr char kCollection[] = "scoringRules";
  static constexpr char kField[] = "scoring_rule";
  static v1::ScoringRule* In(Created* event) { return event->mutable_scoring_rule(); }
  static v1::ScoringRule* In(Updated* event) { return event->mutable_scoring_rule(); }
  // SCORING_RULE_WITHOUT_EFFECT: it has neither points nor a grade, or both.
  static std::optional<domain::Refusal> Bad(const v1::ScoringRule& rule);
};

domain::Decision Decide(const v1::ScoringRule& rule, const v1::CreateScoringRuleRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::ScoringRule& rule, const v1::UpdateScoringRuleRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::ScoringRule& rule, const v1::DeleteScoringRuleRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::ScoringRule& rule, const v1::ApplyScoringRuleRequest& request,
                        const domain::Context& context);

void Evolve(const v1::ScoringRuleCreated& event, v1::ScoringRule* rule);
void Evolve(const v1::ScoringRuleUpdated& event, v1::ScoringRule* rule);
void Evolve(const v1::ScoringRuleApplied& event, v1::ScoringRule* rule);

// What some rules, in name order, make of leads. Those that are not enabled do not count; if none
// is, a lead has no score by rules.
class Scoring {
 public:
  // The rules outlive this.
  explicit Scoring(const std::vector<const v1::ScoringRule*>& rules);
  v1::LeadScored Of(const v1::Lead& lead) const;

 private:
  void AddPoints(const v1::Lead& unscored, v1::LeadScored* scored) const;
  void AddGrade(const v1::Lead& with_score, v1::LeadScored* scored) const;

  std::vector<Asked<v1::ScoringRule>> enabled_;
};

// The lead does not have that score, or not for these reasons. A rule that was changed and gives
// the same points for the same reason gives the same score.
bool ChangesScore(const v1::LeadScored& scored, const v1::Lead& lead);

}  // namespace leadstream::lead
