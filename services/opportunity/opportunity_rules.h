// What may happen to an opportunity. Pure: no clock, no I/O.
//
//   opportunity_rules.cc     opening, editing, stages, waiting
//   opportunity_lines.cc     its lines
//   opportunity_parties.cc   who has a say, who else offers, which leads it comes from
//   opportunity_closing.cc   won, lost, and opened again
//   opportunity_records.cc   what quoting and ordering tell of its quotes and orders
//   opportunity_checks.cc    what holds for every opportunity, however it was edited
//   process.cc               the process that it follows, and what must be known before its stages
//   process_rules.cc         processes as data, and how it comes to follow another one
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/opportunity/v1/error_reason.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"

namespace leadstream::opportunity {

using namespace leadstream::opportunity::v1;  // NOLINT(google-build-using-namespace): the context's
                                              // own messages, in its own words
using domain::Context;
using domain::Decision;

Decision Decide(const Opportunity&, const CreateOpportunityRequest&, const Context&);
Decision Decide(const Opportunity&, const UpdateOpportunityRequest&, const Context&);
Decision Decide(const Opportunity&, const AddOpportunityLinesRequest&, const Context&);
Decision Decide(const Opportunity&, const UpdateOpportunityLineRequest&, const Context&);
Decision Decide(const Opportunity&, const RemoveOpportunityLineRequest&, const Context&);
Decision Decide(const Opportunity&, const MoveOpportunityToStageRequest&, const Context&);
Decision Decide(const Opportunity&, const HoldOpportunityRequest&, const Context&);
Decision Decide(const Opportunity&, const ResumeOpportunityRequest&, const Context&);
Decision Decide(const Opportunity&, const AddStakeholderRequest&, const Context&);
Decision Decide(const Opportunity&, const RemoveStakeholderRequest&, const Context&);
Decision Decide(const Opportunity&, const AddCompetitorRequest&, const Context&);
Decision Decide(const Opportunity&, const RemoveCompetitorRequest&, const Context&);
Decision Decide(const Opportunity&, const WinOpportunityRequest&, const Context&);
Decision Decide(const Opportunity&, const LoseOpportunityRequest&, const Context&);
Decision Decide(const Opportunity&, const ReopenOpportunityRequest&, const Context&);

// What other services' events tell. Facts, so never refused for the opportunity's state.
Decision Decide(const Opportunity&, const LinkLeadRequest&, const Context&);
Decision Decide(const Opportunity&, const RecordQuoteStateRequest&, const Context&);
Decision Decide(const Opportunity&, const RecordAcceptedQuoteRequest&, const Context&);
Decision Decide(const Opportunity&, const RecordOrderStateRequest&, const Context&);

// What is referred to must exist. The account and the contact of the lead itself are an exception:
// they have its id, and a lead that was qualified just now may be still without them.
std::vector<std::string> Needs(const CreateOpportunityRequest&);
std::vector<std::string> Needs(const Opportunity&, const UpdateOpportunityRequest&,
                               const domain::Found&);
// The process that it follows, as it was when it began.
std::vector<std::string> Needs(const Opportunity&, const MoveOpportunityToStageRequest&,
                               const domain::Found&);
std::vector<std::string> Needs(const Opportunity&, const ReopenOpportunityRequest&,
                               const domain::Found&);
std::vector<std::string> Needs(const AddStakeholderRequest&);

void Evolve(const OpportunityCreated&, Opportunity*);
void Evolve(const OpportunityUpdated&, Opportunity*);
void Evolve(const OpportunityLinesAdded&, Opportunity*);
void Evolve(const OpportunityLineUpdated&, Opportunity*);
void Evolve(const OpportunityLineRemoved&, Opportunity*);
void Evolve(const OpportunityMovedToStage&, Opportunity*);
void Evolve(const OpportunityHeld&, Opportunity*);
void Evolve(const OpportunityResumed&, Opportunity*);
void Evolve(const StakeholderAdded&, Opportunity*);
void Evolve(const StakeholderRemoved&, Opportunity*);
void Evolve(const CompetitorAdded&, Opportunity*);
void Evolve(const CompetitorRemoved&, Opportunity*);
void Evolve(const OpportunityLeadLinked&, Opportunity*);
void Evolve(const OpportunityWon&, Opportunity*);
void Evolve(const OpportunityLost&, Opportunity*);
void Evolve(const OpportunityReopened&, Opportunity*);
void Evolve(const OpportunityQuoteRecorded&, Opportunity*);
void Evolve(const OpportunityOrderRecorded&, Opportunity*);

}  // namespace leadstream::opportunity
