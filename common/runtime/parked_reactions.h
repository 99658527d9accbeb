// Parked reactions as a kind of resource that every service has.
#pragma once

#include <string>

#include "common/domain/aggregate.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

// `services/{service}/parkedReactions`.
domain::Aggregate ParkedReactionAggregate(const std::string& service);

}  // namespace leadstream::runtime
