#include "services/lead/assignment_rules.h"

#include <absl/container/flat_hash_set.h>

#include <tuple>

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;
using domain::FieldViolation;

}  // namespace

std::optional<domain::Refusal> StoredRule<AssignmentRule>::Bad(const AssignmentRule& rule) {
  std::vector<FieldViolation> bad;
  absl::flat_hash_set<std::string> named;
  if (rule.assignees().empty())
    bad.push_back({"assignment_rule.assignees", "name somebody who gets the leads"});
  for (int i = 0; i < rule.assignees_size(); ++i) {
    const auto& assignee = rule.assignees(i);
    const std::string field = absl::StrCat("assignment_rule.assignees[", i, "].");
    if (!named.insert(assignee.owner()).second)
      bad.push_back({field + "owner", "is named already"});
    if (assignee.capacity() < 0) bad.push_back({field + "capacity", "is below zero"});
  }
  if (bad.empty()) return std::nullopt;
  return domain::RefuseFields(ASSIGNMENT_RULE_INVALID, "nobody could be chosen by this rule",
                              std::move(bad));
}

Decision Decide(const AssignmentRule&, const CreateAssignmentRuleRequest& request, const Context&) {
  return DecideToCreate(request.assignment_rule());
}

Decision Decide(const AssignmentRule& rule, const UpdateAssignmentRuleRequest& request,
                const Context&) {
  return DecideToUpdate(rule, request.assignment_rule(), request.update_mask());
}

// A lead may be on its way to it.
Decision Decide(const AssignmentRule& rule, const DeleteAssignmentRuleRequest&, const Context&) {
  if (rule.enabled()) return domain::Refuse(ASSIGNMENT_RULE_IN_USE, "disable the rule first");
  return AssignmentRuleDeleted();
}

Decision Decide(const AssignmentRule& rule, const OfferLeadRequest& request, const Context&) {
  LeadOffered offered;
  offered.set_lead(request.lead());
  offered.set_turn(rule.turns());
  return offered;
}

void Evolve(const AssignmentRuleCreated& event, AssignmentRule* rule) {
  *rule = event.assignment_rule();
}

void Evolve(const AssignmentRuleUpdated& event, AssignmentRule* rule) {
  domain::CopyFields(event.assignment_rule(), event.update_mask(), rule);
}

void Evolve(const LeadOffered& event, AssignmentRule* rule) { rule->set_turns(event.turn() + 1); }

std::string AssigneeOf(const AssignmentRule& rule, int64_t turn, const LoadOf& load) {
  const int count = rule.assignees_size();
  std::string chosen;
  int64_t fewest = 0;
  for (int i = 0; i < count; ++i) {
    const bool by_turn = rule.method() != AssignmentRule::LEAST_LOADED;
    const auto& assignee = rule.assignees(by_turn ? static_cast<int>((turn + i) % count) : i);
    if (by_turn && assignee.capacity() == 0) return assignee.owner();
    const int64_t open = load(assignee.owner());
    if (assignee.capacity() > 0 && open >= assignee.capacity()) continue;
    if (by_turn) return assignee.owner();
    if (!chosen.empty() && open >= fewest) continue;
    chosen = assignee.owner();
    fewest = open;
  }
  return chosen;
}

const AssignmentRule* FirstFor(const Lead& lead, std::vector<const AssignmentRule*> rules) {
  absl::c_sort(rules, [](const AssignmentRule* a, const AssignmentRule* b) {
    return std::make_tuple(a->rank(), absl::string_view(a->name())) <
           std::make_tuple(b->rank(), absl::string_view(b->name()));
  });
  const auto first =
      absl::c_find_if(rules, [&](const AssignmentRule* rule) { return Asked(rule).IsFor(lead); });
  return first == rules.end() ? nullptr : *first;
}

}  // namespace leadstream::lead
