// The subcommands of leadstream that answer what was asked of another moment (commands.h).
#pragma once

#include "cli/commands.h"

namespace leadstream::cli {

void AddState(CLI::App* app, Run* run);  // lists, pipelines and forecasts as they were

}  // namespace leadstream::cli
