// Sums that are kept beside the states (common/domain/tally.h).
//
// Each partition has sums of its own under a key, so that partitions can be folded side by side;
// who reads adds them up. They lie side by side, so that reading them is one walk. A sum that
// nothing counts under any more is deleted: the model is the same as if nothing ever had.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <vector>

#include "common/domain/tally.h"
#include "common/store/read_model.h"

namespace leadstream::store {

// What a change of a resource adds to the sums, by their keys (keys.h): what it was is taken away,
// what it is is added. `before` or `after` is null where there is none.
std::map<std::string, domain::TallyTotal> TallyChanges(const Collection& collection, int partition,
                                                       const google::protobuf::Message* before,
                                                       const google::protobuf::Message* after);

// The sums whose key is within the bounds, part by part (those that are not given are not bounded),
// in key order, as they are at one moment. What lies outside of the bounds is skipped, not read.
absl::StatusOr<std::vector<domain::TallySum>> Tallies(
    const ReadModel& model, const Collection& collection, absl::string_view tally,
    const std::vector<domain::TallyBounds>& bounds);

}  // namespace leadstream::store
