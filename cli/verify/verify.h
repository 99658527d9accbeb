// Whether a history is whole: every invariant that can be read off a log, checked. What is checked
// is listed in partition_checks.h, flow_checks.h, amount_checks.h and sale_checks.h.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <string>
#include <vector>

#include "cli/history/history.h"
#include "cli/verify/findings.h"
#include "common/domain/service_definition.h"

namespace leadstream::verify {

struct VerifyOptions {
  size_t threads = 1;
  // What follows from something younger may not have been done yet, or not been read: it is not
  // missed.
  absl::Duration grace = absl::Minutes(1);
  // The history ends with its last event, as a backup does: that, and not now, is when the grace is
  // counted from.
  bool cut_off = false;
  // Told now and then, by one thread at a time.
  std::function<void(int64_t done, int64_t all)> progress;
};

// How many events it looked at. Unavailable: the log cannot be read.
absl::StatusOr<int64_t> VerifyLog(history::History* history, const VerifyOptions& options,
                                  Findings* findings);

// An export: its files are those that its manifest names ("file-missing", "file-differs"), and of
// one in ndjson all that holds of events. A partition at a time is held in memory. NotFound: there
// is no manifest.
absl::StatusOr<int64_t> VerifyExport(const std::string& directory,
                                     const std::vector<domain::ServiceDefinition>& services,
                                     const VerifyOptions& options, Findings* findings);

}  // namespace leadstream::verify
