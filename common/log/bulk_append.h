// Appends very many records to a topic that nobody else writes, a bounded number of them on their
// way at a time.
//
//   BulkAppend append(log, "leadstream.lead");
//   absl::Status added = append.Add(partition, std::move(record));   // ...
//   absl::Status all = append.Finish();
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>

#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::log {

class BulkAppend {
 public:
  // Both outlive this.
  BulkAppend(EventLog* log, std::string topic) : log_(log), topic_(std::move(topic)) {}
  ~BulkAppend() { Finish().IgnoreError(); }

  // In the order of the calls. Waits while too much is on its way. An error: of a record that was
  // added before; the topic then holds some of what was added.
  absl::Status Add(int partition, Record record);
  // All that was added is durable.
  absl::Status Finish();

 private:
  static constexpr size_t kGroup = 2'000;
  static constexpr int kGroupsMax = 8;

  absl::Status Send();

  EventLog* const log_;
  const std::string topic_;
  std::shared_ptr<std::vector<LoggedRecord>> group_ = std::make_shared<std::vector<LoggedRecord>>();
  absl::Mutex mutex_;
  int on_their_way_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::log
