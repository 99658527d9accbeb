// Reads that take long, on threads of their own: so they hold up neither commands nor short reads,
// and those of one caller not those of another. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <string>

#include "common/runtime/worker_pool.h"

namespace leadstream::server {

class LongReads {
 public:
  // Finishes what waits when it is destroyed.
  LongReads(int threads, size_t waiting_max, size_t waiting_of_one_max)
      : waiting_of_one_max_(waiting_of_one_max), pool_(threads, waiting_max) {}

  // Those who wait have their turns one after the other, each with one read. False: too many wait,
  // of this caller or of all; `read` was not taken.
  bool Add(const std::string& who, std::function<void()> read);

 private:
  void ReadNext();

  const size_t waiting_of_one_max_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::deque<std::function<void()>>> waiting_
      ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> turns_ ABSL_GUARDED_BY(mutex_);  // whoever waits, once
  runtime::WorkerPool pool_;                               // goes first: its work uses the others
};

}  // namespace leadstream::server
