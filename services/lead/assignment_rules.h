// What may happen to an assignment rule, and whom it gives a lead to. Pure: no clock, no I/O.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "leadstream/lead/v1/assignment_rule.pb.h"
#include "leadstream/lead/v1/assignment_rule_service.pb.h"
#include "services/lead/stored_rule.h"

namespace leadstream::lead {

template <>
struct StoredRule<v1::AssignmentRule> {
  using Created = v1::AssignmentRuleCreated;
  using Updated = v1::AssignmentRuleUpdated;
  static constexpr char kCollection[] = "assignmentRules";
  static constexpr char kField[] = "assignment_rule";
  static v1::AssignmentRule* In(Created* event) { return event->mutable_assignment_rule(); }
  static v1::AssignmentRule* In(Updated* event) { return event->mutable_assignment_rule(); }
  // ASSIGNMENT_RULE_INVALID: nobody gets a lead by it, somebody is named twice, or has a capacity
  // below zero.
  static std::optional<domain::Refusal> Bad(const v1::AssignmentRule& rule);
};

domain::Decision Decide(const v1::AssignmentRule& rule,
                        const v1::CreateAssignmentRuleRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::AssignmentRule& rule,
                        const v1::UpdateAssignmentRuleRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::AssignmentRule& rule,
                        const v1::DeleteAssignmentRuleRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::AssignmentRule& rule, const v1::OfferLeadRequest& request,
                        const domain::Context& context);

void Evolve(const v1::AssignmentRuleCreated& event, v1::AssignmentRule* rule);
void Evolve(const v1::AssignmentRuleUpdated& event, v1::AssignmentRule* rule);
void Evolve(const v1::LeadOffered& event, v1::AssignmentRule* rule);

// How many open leads somebody has.
using LoadOf = std::function<int64_t(const std::string& owner)>;

// Who gets the lead of this turn: of those with capacity left, the one whose turn it is, or the one
// with the fewest open leads, the first named among equals. Empty: nobody has capacity.
std::string AssigneeOf(const v1::AssignmentRule& rule, int64_t turn, const LoadOf& load);

// The first of the rules, by rank and then by name, that is for the lead; null if none is.
const v1::AssignmentRule* FirstFor(const v1::Lead& lead,
                                   std::vector<const v1::AssignmentRule*> rules);

}  // namespace leadstream::lead
