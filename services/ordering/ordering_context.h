// Ordering: what customers have ordered, and how far it is.
#pragma once

#include "common/domain/service_definition.h"

namespace leadstream::ordering {

domain::Aggregate OrderAggregate();
domain::ServiceDefinition OrderingService();

}  // namespace leadstream::ordering
