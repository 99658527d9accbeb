// Reading the embedded log while it is being written.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <rocksdb/db.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::log {

// End offsets of one topic, in memory. Appends to a topic are one after the other.
struct LocalTopic {
  absl::Mutex append;
  absl::Mutex mutex;
  std::vector<int64_t> ends ABSL_GUARDED_BY(mutex);
};

class LocalCursor : public Cursor {
 public:
  // `db` answers the log's database as it is now; null: it is closed.
  LocalCursor(std::function<std::shared_ptr<rocksdb::DB>()> db, std::string name,
              std::shared_ptr<LocalTopic> topic, Positions from);

  absl::StatusOr<std::vector<LoggedRecord>> Next(size_t records_max, absl::Time deadline) override;
  absl::StatusOr<size_t> Show(size_t records_max, absl::Time deadline,
                              absl::FunctionRef<void(const LoggedRecord&)> show) override;
  void Wake() override;
  void Pause(int partition) override;
  absl::Status Resume(int partition, int64_t next_offset) override;

 private:
  bool Behind(const std::vector<int64_t>& ends) const;
  // Waits for records; false: there are none.
  bool AwaitRecords(absl::Time deadline);
  using Take = absl::FunctionRef<void(LoggedRecord*)>;
  // How many it took.
  absl::StatusOr<size_t> Read(size_t records_max, Take take);
  absl::StatusOr<size_t> ReadPartition(rocksdb::Iterator* it, int partition, int64_t* next,
                                       size_t records_max, Take take);

  const std::function<std::shared_ptr<rocksdb::DB>()> db_;
  const std::string name_;
  const std::shared_ptr<LocalTopic> topic_;
  Positions next_;
  Positions::iterator turn_;  // the partition to read first
  std::vector<int64_t> ends_;
  LoggedRecord record_;
  bool woken_ ABSL_GUARDED_BY(topic_->mutex) = false;
};

}  // namespace leadstream::log
