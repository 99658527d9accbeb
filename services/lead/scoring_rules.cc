#include "services/lead/scoring_rules.h"

#include <absl/strings/numbers.h>

#include <algorithm>
#include <limits>

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;

struct Threshold {
  Lead::Grade grade;
  int32_t score;
};
constexpr Threshold kThresholds[] = {{Lead::A, 75}, {Lead::B, 50}, {Lead::C, 25}};

ScoreReason ReasonOf(const ScoringRule& rule) {
  ScoreReason reason;
  reason.set_scoring_rule(rule.name());
  reason.set_points(rule.points());
  reason.set_reason(rule.reason().empty() ? rule.display_name() : rule.reason());
  int64_t revision = 0;
  if (absl::SimpleAtoi(rule.etag(), &revision)) reason.set_revision(revision);
  return reason;
}

Lead WithoutScore(const Lead& lead) {
  Lead without = lead;
  without.clear_score();
  without.clear_grade();
  without.clear_score_reasons();
  return without;
}

bool SameReason(const ScoreReason& a, const ScoreReason& b) {
  return a.scoring_rule() == b.scoring_rule() && a.points() == b.points() &&
         a.reason() == b.reason();
}

}  // namespace

std::optional<domain::Refusal> StoredRule<ScoringRule>::Bad(const ScoringRule& rule) {
  const bool grades = rule.grade() != Lead::GRADE_UNSPECIFIED;
  if (grades != (rule.points() != 0)) return std::nullopt;
  return domain::RefuseFields(SCORING_RULE_WITHOUT_EFFECT,
                              "a rule gives points, or is the threshold of a grade",
                              {{"scoring_rule.points", "give points, or a grade, and not both"},
                               {"scoring_rule.grade", "give points, or a grade, and not both"}});
}

Decision Decide(const ScoringRule&, const CreateScoringRuleRequest& request, const Context&) {
  return DecideToCreate(request.scoring_rule());
}

Decision Decide(const ScoringRule& rule, const UpdateScoringRuleRequest& request, const Context&) {
  return DecideToUpdate(rule, request.scoring_rule(), request.update_mask());
}

// What it gave would otherwise stay with leads that nobody scores again.
Decision Decide(const ScoringRule& rule, const DeleteScoringRuleRequest&, const Context&) {
  if (rule.enabled() || rule.passes() > 0) {
    return domain::Refuse(SCORING_RULE_IN_USE,
                          rule.enabled() ? "disable the rule first"
                                         : "leads are still being scored without the rule");
  }
  return ScoringRuleDeleted();
}

Decision Decide(const ScoringRule&, const ApplyScoringRuleRequest& request, const Context&) {
  ScoringRuleApplied applied;
  applied.set_after(request.after());
  applied.set_done(request.done());
  return applied;
}

void Evolve(const ScoringRuleCreated& event, ScoringRule* rule) {
  *rule = event.scoring_rule();
  rule->set_passes(rule->passes() + 1);
}

void Evolve(const ScoringRuleUpdated& event, ScoringRule* rule) {
  domain::CopyFields(event.scoring_rule(), event.update_mask(), rule);
  rule->set_passes(rule->passes() + 1);
}

void Evolve(const ScoringRuleApplied& event, ScoringRule* rule) {
  if (event.done()) rule->set_passes(rule->passes() - 1);
}

Scoring::Scoring(const std::vector<const ScoringRule*>& rules) {
  for (const ScoringRule* rule : rules) {
    if (rule->enabled()) enabled_.emplace_back(rule);
  }
}

void Scoring::AddPoints(const Lead& unscored, LeadScored* scored) const {
  int64_t score = 0;
  for (const auto& asked : enabled_) {
    if (asked.rule().points() == 0 || !asked.IsFor(unscored)) continue;
    score += asked.rule().points();
    *scored->add_reasons() = ReasonOf(asked.rule());
  }
  scored->set_score(static_cast<int32_t>(std::clamp<int64_t>(
      score, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max())));
}

void Scoring::AddGrade(const Lead& with_score, LeadScored* scored) const {
  scored->set_grade(Lead::D);
  const ScoringRule* best = nullptr;
  bool has_thresholds = false;
  for (const auto& asked : enabled_) {
    const ScoringRule& rule = asked.rule();
    if (rule.grade() == Lead::GRADE_UNSPECIFIED) continue;
    has_thresholds = true;
    if ((best == nullptr || rule.grade() < best->grade()) && asked.IsFor(with_score)) best = &rule;
  }
  if (best != nullptr) {
    scored->set_grade(best->grade());
    *scored->add_reasons() = ReasonOf(*best);
  }
  if (has_thresholds) return;
  const auto reached = absl::c_find_if(
      kThresholds, [&](const Threshold& one) { return scored->score() >= one.score; });
  if (reached != std::end(kThresholds)) scored->set_grade(reached->grade);
}

LeadScored Scoring::Of(const Lead& lead) const {
  LeadScored scored;
  if (enabled_.empty()) return scored;
  Lead asked = WithoutScore(lead);
  AddPoints(asked, &scored);
  asked.set_score(scored.score());
  AddGrade(asked, &scored);
  return scored;
}

bool ChangesScore(const LeadScored& scored, const Lead& lead) {
  const bool was_scored = lead.grade() != Lead::GRADE_UNSPECIFIED;
  const bool is_scored = scored.grade() != Lead::GRADE_UNSPECIFIED;
  if (!was_scored && !is_scored) return false;  // what a person gave stays
  return scored.score() != lead.score() || scored.grade() != lead.grade() ||
         !std::equal(scored.reasons().begin(), scored.reasons().end(), lead.score_reasons().begin(),
                     lead.score_reasons().end(), SameReason);
}

}  // namespace leadstream::lead
