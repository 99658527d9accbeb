// What may happen to a lead. Pure: no clock, no I/O.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"

namespace leadstream::lead {

domain::Decision Decide(const v1::Lead& lead, const v1::CreateLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::UpdateLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::MarkLeadContactedRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::AssignLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::QualifyLeadRequest& request,
                        const domain::Context& context);  // lead_qualification.cc
domain::Decision Decide(const v1::Lead& lead, const v1::DisqualifyLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::ReactivateLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::MergeLeadsRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::ScoreLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::AbsorbLeadRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Lead& lead, const v1::RecordOpportunityStateRequest& request,
                        const domain::Context& context);

std::vector<std::string> Needs(const v1::QualifyLeadRequest& request);  // lead_qualification.cc
std::vector<std::string> Needs(const v1::DisqualifyLeadRequest& request);
std::vector<std::string> Needs(const v1::ReactivateLeadRequest& request);
std::vector<std::string> Needs(const v1::MergeLeadsRequest& request);
std::vector<std::string> Needs(const v1::ScoreLeadRequest& request);

void Answer(const v1::Lead& lead, v1::QualifyLeadResponse* response);  // lead_qualification.cc

void Evolve(const v1::LeadCreated& event, v1::Lead* lead);
void Evolve(const v1::LeadUpdated& event, v1::Lead* lead);
void Evolve(const v1::LeadContacted& event, v1::Lead* lead);
void Evolve(const v1::LeadAssigned& event, v1::Lead* lead);
void Evolve(const v1::LeadQualified& event, v1::Lead* lead);  // lead_qualification.cc
void Evolve(const v1::LeadDisqualified& event, v1::Lead* lead);
void Evolve(const v1::LeadReactivated& event, v1::Lead* lead);
void Evolve(const v1::LeadMerged& event, v1::Lead* lead);
void Evolve(const v1::LeadAbsorbed& event, v1::Lead* lead);
void Evolve(const v1::LeadOpportunityRecorded& event, v1::Lead* lead);
void Evolve(const v1::LeadScored& event, v1::Lead* lead);

// The keys of the index "open": that it is, and whose.
inline constexpr char kOpenIndex[] = "open";
inline constexpr char kOpen[] = "true";
inline std::string OpenOf(const std::string& owner) { return "of " + owner; }
std::vector<std::string> WhetherOpen(const v1::Lead& lead);

// It leads to business that is still going on, or was done: the lead cannot be given up or reopened
// under it.
bool HasLiveOpportunity(const v1::Lead& lead);
v1::Lead::OpportunityState OpportunityStateOf(opportunity::v1::Opportunity::State state);

}  // namespace leadstream::lead
