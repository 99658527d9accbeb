// What the lead service offers: its kinds of resources, commands, queries and reactions, as one
// table.
#pragma once

#include "common/domain/aggregate.h"
#include "common/domain/service_definition.h"

namespace leadstream::lead {

domain::Aggregate LeadAggregate();
domain::Aggregate AccountAggregate();
domain::Aggregate ContactAggregate();
domain::Aggregate ActivityAggregate();
domain::Aggregate ScoringRuleAggregate();
domain::Aggregate AssignmentRuleAggregate();

domain::ServiceDefinition LeadService();

}  // namespace leadstream::lead
