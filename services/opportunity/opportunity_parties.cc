// Who has a say at the customer's, who else offers, and which leads it comes from.
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "services/opportunity/opportunity_checks.h"
#include "services/opportunity/opportunity_rules.h"

namespace leadstream::opportunity {
namespace {

using domain::Refuse;
using domain::RefuseFields;

constexpr int kStakeholdersMax = 100;
constexpr int kCompetitorsMax = 100;

template <typename Entries, typename Matches>
auto Find(Entries& entries, Matches matches) {
  return std::find_if(entries.begin(), entries.end(), matches);
}

auto IsContact(const std::string& contact) {
  return [&contact](const Stakeholder& stakeholder) { return stakeholder.contact() == contact; };
}

auto IsNamed(const std::string& display_name) {
  return [&display_name](const Competitor& competitor) {
    return competitor.display_name() == display_name;
  };
}

bool Has(const Opportunity& opportunity, const Stakeholder& stakeholder) {
  const auto& all = opportunity.stakeholders();
  return Find(all, IsContact(stakeholder.contact())) != all.end();
}

bool Has(const Opportunity& opportunity, const Competitor& competitor) {
  const auto& all = opportunity.competitors();
  return Find(all, IsNamed(competitor.display_name())) != all.end();
}

}  // namespace

Decision Decide(const Opportunity& opportunity, const AddStakeholderRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("gets stakeholders");
  if (!Has(opportunity, request.stakeholder()) &&
      opportunity.stakeholders_size() >= kStakeholdersMax) {
    return Refuse(OPPORTUNITY_FULL,
                  absl::StrCat("an opportunity has at most ", kStakeholdersMax, " stakeholders"));
  }
  StakeholderAdded event;
  *event.mutable_stakeholder() = request.stakeholder();
  return event;
}

Decision Decide(const Opportunity& opportunity, const RemoveStakeholderRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("loses stakeholders");
  const auto& all = opportunity.stakeholders();
  if (Find(all, IsContact(request.contact())) == all.end()) {
    return RefuseFields(OPPORTUNITY_STAKEHOLDER_UNKNOWN, "there is no such stakeholder",
                        {{"contact", "is not one of the stakeholders"}});
  }
  StakeholderRemoved event;
  event.set_contact(request.contact());
  return event;
}

Decision Decide(const Opportunity& opportunity, const AddCompetitorRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("gets competitors");
  if (!Has(opportunity, request.competitor()) &&
      opportunity.competitors_size() >= kCompetitorsMax) {
    return Refuse(OPPORTUNITY_FULL,
                  absl::StrCat("an opportunity has at most ", kCompetitorsMax, " competitors"));
  }
  CompetitorAdded event;
  *event.mutable_competitor() = request.competitor();
  return event;
}

Decision Decide(const Opportunity& opportunity, const RemoveCompetitorRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("loses competitors");
  const auto& all = opportunity.competitors();
  if (Find(all, IsNamed(request.display_name())) == all.end()) {
    return RefuseFields(OPPORTUNITY_COMPETITOR_UNKNOWN, "there is no such competitor",
                        {{"display_name", "is not one of the competitors"}});
  }
  CompetitorRemoved event;
  event.set_display_name(request.display_name());
  return event;
}

Decision Decide(const Opportunity& opportunity, const LinkLeadRequest& request, const Context&) {
  OpportunityLeadLinked event;
  event.set_lead(request.lead());
  event.set_state(opportunity.state());
  return event;
}

std::vector<std::string> Needs(const AddStakeholderRequest& request) {
  return {request.stakeholder().contact()};
}

void Evolve(const StakeholderAdded& event, Opportunity* opportunity) {
  auto& all = *opportunity->mutable_stakeholders();
  const auto at = Find(all, IsContact(event.stakeholder().contact()));
  *(at == all.end() ? all.Add() : &*at) = event.stakeholder();
}

void Evolve(const StakeholderRemoved& event, Opportunity* opportunity) {
  auto& all = *opportunity->mutable_stakeholders();
  const auto at = Find(all, IsContact(event.contact()));
  if (at != all.end()) all.erase(at);
}

void Evolve(const CompetitorAdded& event, Opportunity* opportunity) {
  auto& all = *opportunity->mutable_competitors();
  const auto at = Find(all, IsNamed(event.competitor().display_name()));
  *(at == all.end() ? all.Add() : &*at) = event.competitor();
}

void Evolve(const CompetitorRemoved& event, Opportunity* opportunity) {
  auto& all = *opportunity->mutable_competitors();
  const auto at = Find(all, IsNamed(event.display_name()));
  if (at != all.end()) all.erase(at);
}

void Evolve(const OpportunityLeadLinked& event, Opportunity* opportunity) {
  if (opportunity->lead().empty()) opportunity->set_lead(event.lead());
  if (opportunity->lead() == event.lead()) return;
  const auto& further = opportunity->further_leads();
  if (std::find(further.begin(), further.end(), event.lead()) == further.end())
    opportunity->add_further_leads(event.lead());
}

}  // namespace leadstream::opportunity
