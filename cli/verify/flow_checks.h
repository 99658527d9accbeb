// What must hold between events, wherever they are.
//
//   event-id-doubled  no two events have one id
//   cause-missing     what an event was caused by is in the log
//   cause-later       and was recorded before
//   flow-differs      and belongs to the same flow
//
// It keeps 32 bytes for each event, and about 150 for each whose cause was not seen yet.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <array>
#include <string>
#include <vector>

#include "cli/verify/findings.h"
#include "common/log/event_log.h"

namespace leadstream::verify {

class FlowChecks {
 public:
  explicit FlowChecks(Findings* findings) : findings_(findings) {}

  // An event that counts. Thread-safe.
  void See(const std::string& service, const log::LoggedRecord& logged);
  // When all are seen. `settled_us`: of what was recorded later the cause may not have been read;
  // `all_there`: the logs of all services were.
  void Finish(int64_t settled_us, bool all_there);

 private:
  struct Known {
    int64_t time_us = 0;
    size_t flow = 0;
  };
  struct Effect {
    size_t cause = 0;
    Known itself;
    std::string position, resource;
  };
  void Compare(const Effect& effect, const Known& cause);

  Findings* const findings_;
  absl::Mutex mutex_;
  absl::flat_hash_map<size_t, Known> events_ ABSL_GUARDED_BY(mutex_);  // by the hash of their id
  std::vector<Effect> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::verify
