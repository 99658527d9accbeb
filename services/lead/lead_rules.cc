#include "services/lead/lead_rules.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

#include <utility>

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/customer.h"
#include "services/lead/gaps.h"
#include "services/lead/phone_numbers.h"
#include "services/lead/scoring_rules.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;
using domain::FieldViolation;
using domain::IsBlank;
using domain::Refuse;
using domain::RefuseFields;

// What any lead must have, after whatever change.
std::vector<FieldViolation> Missing(const Lead& lead) {
  std::vector<FieldViolation> missing;
  if (IsBlank(lead.topic()))
    missing.push_back({"lead.topic", "a lead has a topic: say what it is about"});
  const auto& person = lead.person();
  if (IsBlank(person.given_name()) && IsBlank(person.family_name()) && IsBlank(lead.company()) &&
      lead.emails().empty()) {
    for (const char* field : {"lead.person", "lead.company", "lead.emails"}) {
      missing.push_back({field, "give a person's name, a company or an e-mail address"});
    }
  }
  return missing;
}

domain::Refusal NotOpen(const char* doing) {
  return Refuse(LEAD_NOT_OPEN,
                absl::StrCat("only an open lead can be ", doing, "; reactivate it first"));
}

domain::Refusal HasOpportunity(const Lead& lead) {
  return Refuse(LEAD_HAS_OPPORTUNITY,
                absl::StrCat("its opportunity, ", lead.opportunity(), ", is ",
                             lead.opportunity_state() == Lead::OPPORTUNITY_WON ? "won" : "open"));
}

// One that comes from another lead does not report here; the caller may have had it read instead.
Lead::OpportunityState OpportunityStateNow(const Lead& lead, const ReactivateLeadRequest& request,
                                           const Context& context) {
  const auto* read = context.Find<opportunity::v1::Opportunity>(request.opportunity());
  if (read == nullptr || request.opportunity() != lead.opportunity())
    return lead.opportunity_state();
  return OpportunityStateOf(read->state());
}

}  // namespace

Lead::OpportunityState OpportunityStateOf(opportunity::v1::Opportunity::State state) {
  switch (state) {
    case opportunity::v1::Opportunity::LOST:
      return Lead::OPPORTUNITY_LOST;
    case opportunity::v1::Opportunity::WON:
      return Lead::OPPORTUNITY_WON;
    default:
      return Lead::OPPORTUNITY_OPEN;
  }
}

bool HasLiveOpportunity(const Lead& lead) {
  return lead.opportunity_state() == Lead::OPPORTUNITY_OPEN ||
         lead.opportunity_state() == Lead::OPPORTUNITY_WON;
}

Decision Decide(const Lead&, const CreateLeadRequest& request, const Context&) {
  LeadCreated created;
  Lead& lead = *created.mutable_lead();
  lead = request.lead();
  lead.clear_name();
  lead.clear_etag();
  UnderstandPhones(lead.address().country(), lead.mutable_phones());
  if (auto missing = Missing(lead); !missing.empty())
    return RefuseFields(LEAD_INCOMPLETE, "the lead is not complete", std::move(missing));
  return created;
}

Decision Decide(const Lead& lead, const UpdateLeadRequest& request, const Context&) {
  if (lead.state() != Lead::OPEN) return NotOpen("changed");
  LeadUpdated updated;
  Lead after = lead;
  if (auto refusal = domain::RefuseUpdate(request.lead(), request.update_mask(), &after,
                                          updated.mutable_update_mask()))
    return *std::move(refusal);
  if (auto missing = Missing(after); !missing.empty())
    return RefuseFields(LEAD_INCOMPLETE, "the lead would not be complete", std::move(missing));
  // Another country may make sense of a number that was not changed itself.
  UnderstandChangedPhones(after.address().country(), lead.phones(), after.mutable_phones());
  *updated.mutable_update_mask() = domain::ChangedFields(lead, after);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_lead());
  return updated;
}

Decision Decide(const Lead& lead, const MarkLeadContactedRequest& request, const Context& context) {
  if (lead.state() != Lead::OPEN) return NotOpen("marked as contacted");
  if (request.has_contact_time() && request.contact_time() > context.now) {
    return RefuseFields(LEAD_CONTACT_TIME_IN_FUTURE, "nobody was in touch yet",
                        {{"contact_time", "is in the future"}});
  }
  LeadContacted contacted;
  *contacted.mutable_contact_time() =
      request.has_contact_time() ? request.contact_time() : context.now;
  contacted.set_note(request.note());
  return contacted;
}

Decision Decide(const Lead& lead, const AssignLeadRequest& request, const Context&) {
  LeadAssigned assigned;
  assigned.set_previous_owner(lead.owner());
  assigned.set_owner(lead.owner());
  if (request.only_if_unowned() && (lead.state() != Lead::OPEN || !lead.owner().empty()))
    return assigned;
  if (lead.state() != Lead::OPEN) return NotOpen("assigned");
  assigned.set_owner(request.owner());
  assigned.set_assignment_rule(request.assignment_rule());
  return assigned;
}

std::vector<std::string> Needs(const DisqualifyLeadRequest& request) {
  std::vector<std::string> needs;
  if (!request.account().empty()) needs.push_back(request.account());
  if (!request.contact().empty()) needs.push_back(request.contact());
  return needs;
}

Decision Decide(const Lead& lead, const DisqualifyLeadRequest& request, const Context& context) {
  switch (request.reason()) {
    case Lead::LOST:
    case Lead::CANNOT_CONTACT:
    case Lead::NO_LONGER_INTERESTED:
    case Lead::CANCELED:
    case Lead::DUPLICATE:
      break;
    default:
      return RefuseFields(
          LEAD_DISQUALIFICATION_REASON_INVALID, "a lead is not disqualified for this reason",
          {{"reason",
            "must be LOST, CANNOT_CONTACT, NO_LONGER_INTERESTED, CANCELED or DUPLICATE"}});
  }
  if (lead.state() != Lead::OPEN) return NotOpen("disqualified");
  if (HasLiveOpportunity(lead)) return HasOpportunity(lead);
  LeadDisqualified disqualified;
  disqualified.set_status(request.reason());
  disqualified.set_note(request.note());
  if (!request.keep_customer() && Needs(request).empty()) return disqualified;
  if (auto merged = MergedAmong(request.account(), request.contact(), context))
    return *std::move(merged);
  CustomerOf(lead, request.account(), request.contact(), context).WriteTo(&disqualified);
  *disqualified.mutable_lead() = lead;
  return disqualified;
}

std::vector<std::string> Needs(const ReactivateLeadRequest& request) {
  if (request.opportunity().empty()) return {};
  return {request.opportunity()};
}

Decision Decide(const Lead& lead, const ReactivateLeadRequest& request, const Context& context) {
  if (lead.state() == Lead::OPEN) return Refuse(LEAD_ALREADY_OPEN, "the lead is open already");
  Lead now = lead;
  now.set_opportunity_state(OpportunityStateNow(lead, request, context));
  if (HasLiveOpportunity(now)) return HasOpportunity(now);
  LeadReactivated reactivated;
  reactivated.set_note(request.note());
  reactivated.set_opportunity_state(now.opportunity_state());
  return reactivated;
}

std::vector<std::string> Needs(const MergeLeadsRequest& request) { return {request.into()}; }

Decision Decide(const Lead& lead, const MergeLeadsRequest& request, const Context& context) {
  if (request.into() == context.name) {
    return RefuseFields(LEAD_MERGED_INTO_ITSELF, "a lead cannot be merged into itself",
                        {{"into", "is the lead that is to be merged"}});
  }
  if (lead.state() != Lead::OPEN) return NotOpen("merged into another");
  if (HasLiveOpportunity(lead)) return HasOpportunity(lead);
  const auto* survivor = context.Find<Lead>(request.into());
  if (survivor != nullptr && survivor->state() == Lead::DISQUALIFIED) {
    return Refuse(LEAD_SURVIVOR_DISQUALIFIED,
                  survivor->merged_into().empty()
                      ? absl::StrCat(request.into(), " was given up; reactivate it first")
                      : absl::StrCat(request.into(), " was merged itself; merge into ",
                                     survivor->merged_into()));
  }
  LeadMerged merged;
  merged.set_into(request.into());
  *merged.mutable_lead() = lead;
  return merged;
}

std::vector<std::string> Needs(const ScoreLeadRequest&) { return {"scoringRules/-"}; }

Decision Decide(const Lead& lead, const ScoreLeadRequest&, const Context& context) {
  if (lead.state() != Lead::OPEN) return NotOpen("scored");
  return Scoring(context.FindAll<ScoringRule>()).Of(lead);
}

// Never refused: the other lead is gone by now, so what it knew must have a place. Two leads merged
// into each other at the same time pass it on to each other, which ends where a lead meets itself,
// or one that it took before.
Decision Decide(const Lead& lead, const AbsorbLeadRequest& request, const Context& context) {
  LeadAbsorbed absorbed;
  absorbed.set_source(request.source());
  if (request.source() == context.name ||
      absl::c_linear_search(lead.merged_leads(), request.source()))
    return absorbed;
  Lead after = lead;
  *absorbed.mutable_update_mask() = FillGaps(request.lead(), &after);
  domain::CopyFields(after, absorbed.update_mask(), absorbed.mutable_lead());
  if (!lead.merged_into().empty()) {
    absorbed.set_pass_on_to(lead.merged_into());
    *absorbed.mutable_merged() = request.lead();
  }
  return absorbed;
}

Decision Decide(const Lead&, const RecordOpportunityStateRequest& request, const Context&) {
  LeadOpportunityRecorded recorded;
  recorded.set_opportunity(request.opportunity());
  recorded.set_opportunity_state(request.opportunity_state());
  recorded.set_opportunity_revision(request.opportunity_revision());
  return recorded;
}

void Evolve(const LeadCreated& event, Lead* lead) {
  *lead = event.lead();
  lead->set_state(Lead::OPEN);
  lead->set_status(Lead::NEW);
}

void Evolve(const LeadUpdated& event, Lead* lead) {
  domain::CopyFields(event.lead(), event.update_mask(), lead);
}

void Evolve(const LeadContacted& event, Lead* lead) {
  lead->set_status(Lead::CONTACTED);
  if (!lead->has_contact_time() || event.contact_time() > lead->contact_time())
    *lead->mutable_contact_time() = event.contact_time();
}

void Evolve(const LeadAssigned& event, Lead* lead) { lead->set_owner(event.owner()); }

void Evolve(const LeadDisqualified& event, Lead* lead) {
  lead->set_state(Lead::DISQUALIFIED);
  lead->set_status(event.status());
  lead->set_disqualification_note(event.note());
  if (!event.account().empty()) lead->set_account(event.account());
  if (!event.contact().empty()) lead->set_contact(event.contact());
}

void Evolve(const LeadReactivated& event, Lead* lead) {
  lead->set_state(Lead::OPEN);
  lead->set_status(Lead::NEW);
  lead->set_opportunity_state(event.opportunity_state());
  lead->clear_disqualification_note();
  lead->clear_merged_into();
}

void Evolve(const LeadMerged& event, Lead* lead) {
  lead->set_state(Lead::DISQUALIFIED);
  lead->set_status(Lead::DUPLICATE);
  lead->set_merged_into(event.into());
}

void Evolve(const LeadAbsorbed& event, Lead* lead) {
  domain::CopyFields(event.lead(), event.update_mask(), lead);
  if (event.source() != lead->name() &&
      !absl::c_linear_search(lead->merged_leads(), event.source()))
    lead->add_merged_leads(event.source());
}

void Evolve(const LeadScored& event, Lead* lead) {
  lead->set_score(event.score());
  lead->set_grade(event.grade());
  *lead->mutable_score_reasons() = event.reasons();
}

std::vector<std::string> WhetherOpen(const Lead& lead) {
  if (lead.state() != Lead::OPEN) return {};
  if (lead.owner().empty()) return {kOpen};
  return {kOpen, OpenOf(lead.owner())};
}

// Of several opportunities the one that is still live counts; of one opportunity's states the
// latest, in whatever order they arrive.
void Evolve(const LeadOpportunityRecorded& event, Lead* lead) {
  if (event.opportunity() != lead->opportunity()) {
    const bool lost = event.opportunity_state() == Lead::OPPORTUNITY_LOST;
    if (HasLiveOpportunity(*lead) || (lost && !lead->opportunity().empty())) return;
    lead->set_opportunity(event.opportunity());
  } else if (event.opportunity_revision() < lead->opportunity_revision()) {
    return;
  }
  lead->set_opportunity_state(event.opportunity_state());
  lead->set_opportunity_revision(event.opportunity_revision());
}

}  // namespace leadstream::lead
