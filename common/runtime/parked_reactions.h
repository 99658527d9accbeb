// Parked reactions as a kind of resource that every service has.
#pragma once

#include <string>

#include "common/domain/aggregate.h"
#include "common/domain/service_definition.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

// `services/{service}/parkedReactions`.
domain::Aggregate ParkedReactionAggregate(const std::string& service);

// The definition with its parked reactions. They come first: their number is on disk, and a service
// may add collections of its own behind.
domain::ServiceDefinition WithParkedReactions(domain::ServiceDefinition definition);

}  // namespace leadstream::runtime
