// In two steps, both in the log. A lead is offered to the first rule that is for it: the rule
// counts its turns, so round robin loses its place neither over restarts nor to another node. The
// events of one rule are reacted to one after the other, and each assignment is in the read model
// before the next is chosen: so what a rule gave counts in full against capacity and load. What
// people and other rules assign at the same moment may not be seen, and may take somebody over
// their capacity by as many.
#include "services/lead/assignment_reactions.h"

#include <string>

#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "services/lead/assignment_rules.h"
#include "services/lead/lead_rules.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page about these messages
using domain::Occurrence;
using domain::Reaction;
using domain::Reader;
using domain::Whenever;
using Wanted = absl::StatusOr<bool>;

// Nobody works on more; those who have so many are equally loaded.
constexpr size_t kLoadMax = 100'000;

Wanted OfferIt(const Occurrence& on, OfferLeadRequest* offer) {
  auto own = on.own();
  if (!own.ok()) return own.status();
  const auto lead = (*own)->Find<Lead>(on.record.subject());
  if (lead == nullptr || lead->state() != Lead::OPEN || !lead->owner().empty()) return false;
  const EnabledRules<AssignmentRule> rules(**own);
  const AssignmentRule* first = FirstFor(*lead, rules.all());
  if (first == nullptr) return false;
  offer->set_name(first->name());
  offer->set_lead(lead->name());
  return true;
}

template <typename Event>
Wanted Offer(const Event&, const Occurrence& on, OfferLeadRequest* offer) {
  return OfferIt(on, offer);
}

Wanted Assign(const LeadOffered& event, const Occurrence& on, AssignLeadRequest* assign) {
  auto own = on.own();
  if (!own.ok()) return own.status();
  const auto rule = (*own)->Find<AssignmentRule>(on.record.subject());
  const auto lead = (*own)->Find<Lead>(event.lead());
  if (rule == nullptr || lead == nullptr || lead->state() != Lead::OPEN || !lead->owner().empty())
    return false;
  const std::string owner = AssigneeOf(*rule, event.turn(), [&own](const std::string& assignee) {
    return static_cast<int64_t>(
        (*own)->Keyed("leads", kOpenIndex, OpenOf(assignee), kLoadMax).size());
  });
  assign->set_name(event.lead());
  assign->set_owner(owner);
  assign->set_assignment_rule(rule->name());
  assign->set_only_if_unowned(true);
  return !owner.empty();
}

}  // namespace

std::vector<Reaction> AssignmentReactions() {
  return {
      Whenever<LeadCreated, OfferLeadRequest>("offer-created-lead", Offer<LeadCreated>),
      Whenever<LeadReactivated, OfferLeadRequest>("offer-reactivated-lead", Offer<LeadReactivated>),
      Whenever<LeadOffered, AssignLeadRequest>("assign-offered-lead", Assign),
  };
}

}  // namespace leadstream::lead
