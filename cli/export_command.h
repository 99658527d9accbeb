// leadstream export: the part that `leadstream` and `leadstream-export` share.
#pragma once

#include "cli/commands.h"
#include "cli/export/tables.h"

namespace leadstream::cli {

// `parquet`: how Parquet is written; null where Arrow is not linked, and leadstream-export, beside
// this executable, is run for it.
void AddExport(CLI::App* app, Run* run, const exporting::Format* parquet);

}  // namespace leadstream::cli
