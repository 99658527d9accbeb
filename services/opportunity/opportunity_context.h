// Opportunities: sales that may come about, from the first sign of interest to the customer's yes
// or no.
#pragma once

#include "common/domain/service_definition.h"

namespace leadstream::opportunity {

domain::Aggregate OpportunityAggregate();
domain::Aggregate ProcessAggregate();
domain::Aggregate ExchangeRateAggregate();
domain::ServiceDefinition OpportunityService();

}  // namespace leadstream::opportunity
