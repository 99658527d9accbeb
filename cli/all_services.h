// All five services, for a process that runs them together.
#pragma once

#include <vector>

#include "common/domain/service_definition.h"

namespace leadstream::cli {

std::vector<domain::ServiceDefinition> AllServices();

}  // namespace leadstream::cli
