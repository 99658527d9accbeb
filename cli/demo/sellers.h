// The companies in whose name the demo sells.
#pragma once

#include <absl/status/status.h>

#include "cli/demo/office.h"

namespace leadstream::demo {

// Abroad another company sells than at home, which is the one that documents name if they name
// none.
inline constexpr char kForeignSeller[] = "export";

// Says what their invoices show of them.
absl::Status DescribeSellers(Office* office);

}  // namespace leadstream::demo
