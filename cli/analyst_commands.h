// The subcommands of leadstream that answer what was asked of another moment (commands.h).
#pragma once

#include "cli/commands.h"

namespace leadstream::cli {

void AddState(CLI::App* app, Run* run);   // lists, pipelines and forecasts as they were
void AddWhatIf(CLI::App* app, Run* run);  // the same history under other rules

}  // namespace leadstream::cli
