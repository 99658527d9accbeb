// Whether the pipeline, the forecast and the funnel say what adding up every opportunity says.
#pragma once

#include <string>
#include <vector>

#include "common/server/server.h"
#include "tests/process/world.h"

namespace leadstream::process {

// Sums that the server keeps otherwise than they come out, one line each. Only while nothing is
// under way.
std::vector<std::string> WrongSums(server::Server& server, const World& world);

}  // namespace leadstream::process
