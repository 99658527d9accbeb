// Records that cannot be read, and that operators have decided to pass over.
//
// Whoever folds a partition stands still at an event that it should know and cannot read: what
// comes behind it may rest on what it said. An operator can decide to do without it. The decision
// is a record of the same partition (common.v1.RecordSkipped), somewhere behind, so whoever stands
// there looks ahead for it. All find the same decisions, now or in ten years, and so fold the same.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/log/event_log.h"

namespace leadstream::log {

// The offset that the record decides to pass over; nothing: it is no such decision.
std::optional<int64_t> SkippedBy(const Record& record);

// Looks for decisions in one topic. Thread-safe.
class Skips {
 public:
  Skips(EventLog* log, std::string topic) : log_(log), topic_(std::move(topic)) {}

  // Whether the log holds, by now, a decision to pass over the record at that offset. Reads the
  // partition on to its end, from where it has read before; so a partition's offsets are asked for
  // in their order. Errors are the log's; Unavailable: it does not go on before its end.
  absl::StatusOr<bool> Contains(int partition, int64_t offset);

 private:
  struct Looked {
    int64_t next_offset = 0;
    std::set<int64_t> skipped;
  };

  EventLog* const log_;
  const std::string topic_;
  absl::Mutex mutex_;
  std::map<int, Looked> looked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::log
