// What happens, as it happens.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/history/merge.h"
#include "common/log/event_log.h"

namespace leadstream::history {

struct FollowOptions {
  // Events before these are passed over; a service that is not named here is shown from now on.
  std::map<std::string, log::Positions> from;
  // It can be asked for from any thread, now and then.
  std::function<bool()> stop = [] { return false; };
  // Told of what went wrong and is tried again.
  std::function<void(const std::string& what)> report = [](const std::string&) {};
};

// Calls `take`, one event after the other, those of a partition in the order of the log and
// partitions as they come, until it answers false or it is to stop. A log that does not answer is
// asked again until it does, from where it was. What was appended before is read from the beginning
// all the same, because whether a record counts follows from what came before it.
absl::Status Follow(log::EventLog* log, const std::vector<Share>& shares,
                    const FollowOptions& options, const Take& take);

}  // namespace leadstream::history
