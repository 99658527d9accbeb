// Tables as Parquet, by Apache Arrow's own library: zstd, decimal128, microseconds in UTC, enums as
// dictionaries, messages as structs. A row group holds 64 Ki rows, or what comes of 32 MB of the
// log.
#pragma once

#include <memory>

#include "cli/export/tables.h"

namespace leadstream::exporting {

std::unique_ptr<Format> Parquet();

}  // namespace leadstream::exporting
