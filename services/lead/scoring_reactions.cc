// A reaction reads the lead and the rules, and asks for a score only where it would be another. Its
// command names the etag that was read: if the lead has changed since, it does nothing, and the
// event of that change is reacted to itself. So every event of a lead is listened to.
//
// A rule that changed is applied to all open leads, a page at a time. The page's last command is on
// the rule itself, whose event begins the next page: however many leads there are, one reaction is
// short, a crash repeats one page at most, and the rule shows whether it is done (`passes`).
#include "services/lead/scoring_reactions.h"

#include <string>

#include "leadstream/lead/v1/lead_commands.pb.h"
#include "services/lead/lead_rules.h"
#include "services/lead/scoring_rules.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page about these messages
using domain::Commands;
using domain::Occurrence;
using domain::Reaction;
using domain::Reader;
using domain::Whenever;

constexpr size_t kLeadsPerPage = 200;

void AddScore(const std::string& name, const Scoring& scoring, const Reader& own, Commands* out) {
  const auto lead = own.Find<Lead>(name);
  if (lead == nullptr || lead->state() != Lead::OPEN) return;
  if (!ChangesScore(scoring.Of(*lead), *lead)) return;
  auto* score = out->Add<ScoreLeadRequest>(name);
  score->set_name(name);
  score->set_etag(lead->etag());
}

absl::Status ScoreIt(const Occurrence& on, Commands* out) {
  auto own = on.own();
  if (!own.ok()) return own.status();
  const EnabledRules<ScoringRule> rules(**own);
  AddScore(on.record.subject(), Scoring(rules.all()), **own, out);
  return absl::OkStatus();
}

absl::Status ScorePage(const std::string& after, const Occurrence& on, Commands* out) {
  auto own = on.own();
  if (!own.ok()) return own.status();
  const EnabledRules<ScoringRule> rules(**own);
  const Scoring scoring(rules.all());
  const auto names = (*own)->Keyed("leads", kOpenIndex, kOpen, kLeadsPerPage, after);
  for (const std::string& name : names) AddScore(name, scoring, **own, out);
  auto* apply = out->Add<ApplyScoringRuleRequest>();
  apply->set_name(on.record.subject());
  if (!names.empty()) apply->set_after(names.back());
  apply->set_done(names.size() < kLeadsPerPage);
  return absl::OkStatus();
}

template <typename Event>
Reaction Scores(const char* name) {
  return Whenever<Event, ScoreLeadRequest>(
      name, [](const Event&, const Occurrence& on, Commands* out) { return ScoreIt(on, out); });
}

}  // namespace

std::vector<Reaction> ScoringReactions() {
  return {
      Scores<LeadCreated>("score-created-lead"),
      Scores<LeadUpdated>("score-updated-lead"),
      Scores<LeadContacted>("score-contacted-lead"),
      Scores<LeadAssigned>("score-assigned-lead"),
      Scores<LeadReactivated>("score-reactivated-lead"),
      Scores<LeadAbsorbed>("score-absorbing-lead"),
      Scores<LeadOpportunityRecorded>("score-lead-with-opportunity"),
      Scores<LeadScored>("score-scored-lead"),
      Whenever<ScoringRuleCreated, ApplyScoringRuleRequest>(
          "apply-created-scoring-rule", [](const ScoringRuleCreated&, const Occurrence& on,
                                           Commands* out) { return ScorePage("", on, out); }),
      Whenever<ScoringRuleUpdated, ApplyScoringRuleRequest>(
          "apply-updated-scoring-rule", [](const ScoringRuleUpdated&, const Occurrence& on,
                                           Commands* out) { return ScorePage("", on, out); }),
      Whenever<ScoringRuleApplied, ApplyScoringRuleRequest>(
          "apply-scoring-rule-further",
          [](const ScoringRuleApplied& applied, const Occurrence& on, Commands* out) {
            if (applied.done()) return absl::OkStatus();
            return ScorePage(applied.after(), on, out);
          }),
  };
}

}  // namespace leadstream::lead
