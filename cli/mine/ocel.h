// Sales as an object-centric event log, OCEL 2.0 in JSON, for tools of process mining (pm4py,
// Celonis, ...): objects are the documents, each with the others of its sale that it names; events
// are the steps, each of its document, of those before it that it names, and of the one that it all
// began with.
//
// https://www.ocel-standard.org/2.0/ocel20_specification.pdf, 5
#pragma once

#include <absl/status/status.h>

#include <string>

#include "cli/mine/sales.h"

namespace leadstream::mine {

// The same sales give the same bytes. Unavailable: the file cannot be written; then there is none,
// or the one before.
absl::Status WriteOcel(const Sales& sales, const std::string& path);

}  // namespace leadstream::mine
