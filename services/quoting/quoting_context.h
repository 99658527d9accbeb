// Quoting, as a table: what may happen to its resources, what lists order and filter by, what it
// does when something happens elsewhere.
#pragma once

#include "common/domain/aggregate.h"
#include "common/domain/service_definition.h"

namespace leadstream::quoting {

domain::Aggregate QuoteAggregate();
domain::Aggregate ProductAggregate();
domain::Aggregate PriceListAggregate();

domain::ServiceDefinition QuotingService();

}  // namespace leadstream::quoting
