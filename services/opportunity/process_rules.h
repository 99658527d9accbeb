// What may happen to a process definition, and how an opportunity comes to follow another one.
// Pure: no clock, no I/O.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/opportunity/v1/opportunity_commands.pb.h"
#include "leadstream/opportunity/v1/process.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"

namespace leadstream::opportunity {

domain::Decision Decide(const v1::ProcessDefinition&, const v1::CreateProcessDefinitionRequest&,
                        const domain::Context&);
domain::Decision Decide(const v1::ProcessDefinition&, const v1::UpdateProcessDefinitionRequest&,
                        const domain::Context&);
void Evolve(const v1::ProcessDefinitionCreated&, v1::ProcessDefinition*);
void Evolve(const v1::ProcessDefinitionUpdated&, v1::ProcessDefinition*);

// An opportunity keeps the process as it was when it began, until it is migrated.
domain::Decision Decide(const v1::Opportunity&, const v1::MigrateOpportunityRequest&,
                        const domain::Context&);
std::vector<std::string> Needs(const v1::Opportunity&, const v1::MigrateOpportunityRequest&,
                               const domain::Found&);
void Evolve(const v1::OpportunityMigrated&, v1::Opportunity*);

}  // namespace leadstream::opportunity
