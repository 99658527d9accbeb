#include "cli/what_if/scoring.h"

#include <algorithm>
#include <utility>

#include "services/lead/scoring_rules.h"

namespace leadstream::what_if {
namespace {

using lead::v1::Lead;
using lead::v1::ScoringRule;

// The rules in name order, as the service asks them.
std::vector<const ScoringRule*> InOrder(const std::vector<ScoringRule>& rules) {
  std::vector<const ScoringRule*> order;
  for (const ScoringRule& rule : rules) order.push_back(&rule);
  std::sort(order.begin(), order.end(),
            [](const ScoringRule* a, const ScoringRule* b) { return a->name() < b->name(); });
  return order;
}

void Count(const Lead& lead, Lead::Grade grade, std::map<Lead::Grade, GradeCount>* counts) {
  GradeCount& count = (*counts)[grade];
  ++count.leads;
  count.qualified += lead.state() == Lead::QUALIFIED;
  count.disqualified += lead.state() == Lead::DISQUALIFIED;
}

}  // namespace

ScoringDifference Compare(const std::vector<Lead>& leads, const std::vector<ScoringRule>& before,
                          const std::vector<ScoringRule>& after) {
  const lead::Scoring scoring_before(InOrder(before)), scoring_after(InOrder(after));
  ScoringDifference difference;
  for (const Lead& lead : leads) {
    if (!lead.merged_into().empty()) continue;
    ++difference.leads;
    Rescored rescored{lead.name(), lead.state(), scoring_before.Of(lead), scoring_after.Of(lead)};
    Count(lead, rescored.before.grade(), &difference.before);
    Count(lead, rescored.after.grade(), &difference.after);
    const bool regraded = rescored.before.grade() != rescored.after.grade();
    difference.regraded += regraded;
    if (regraded || rescored.before.score() != rescored.after.score())
      difference.rescored.push_back(std::move(rescored));
  }
  std::sort(difference.rescored.begin(), difference.rescored.end(),
            [](const Rescored& a, const Rescored& b) { return a.lead < b.lead; });
  return difference;
}

}  // namespace leadstream::what_if
