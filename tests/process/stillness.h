// When nothing is under way: every reaction has reacted to all that there is.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <vector>

#include "common/server/server.h"
#include "tests/process/world.h"

namespace leadstream::process {

// DeadlineExceeded: a reaction goes on and on, or waits for what never comes; it is named by the
// service that reacts and the topic.
absl::Status AwaitStillness(server::Server& server,
                            const std::vector<domain::ServiceDefinition>& definitions,
                            log::EventLog* log);

// Resources that the server shows otherwise than the log says. Only while nothing is under way.
std::vector<std::string> Differences(server::Server& server, const World& world);

}  // namespace leadstream::process
