// The log that --log names, for those who only read it.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "common/log/event_log.h"
#include "common/server/options.h"

namespace leadstream::history {

// The embedded one, in `<data>/log`, as it stands now, or one on Kafka. Unavailable: there is none,
// or it cannot be read.
absl::StatusOr<std::unique_ptr<log::EventLog>> OpenForReading(const server::Options& options);
// The same as it grows. `scratch`: a directory of its own.
absl::StatusOr<std::unique_ptr<log::EventLog>> OpenForFollowing(const server::Options& options,
                                                                const std::string& scratch);

}  // namespace leadstream::history
