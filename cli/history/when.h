// A moment in the history of a log.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

#include "common/log/event_log.h"
#include "common/log/position.h"

namespace leadstream::history {

// When the event at a position was recorded. OutOfRange: the log has none there.
absl::StatusOr<absl::Time> TimeOf(log::EventLog* log, const log::Position& position);
// A time (RFC 3339, or a day), or a position ("lead/3:1041"): when that event was recorded.
// InvalidArgument: it is neither.
absl::StatusOr<absl::Time> ParseWhen(log::EventLog* log, const std::string& text);

}  // namespace leadstream::history
