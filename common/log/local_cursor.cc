#include "common/log/local_cursor.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/log/local_keys.h"

namespace leadstream::log {

LocalCursor::LocalCursor(std::function<std::shared_ptr<rocksdb::DB>()> db, std::string name,
                         std::shared_ptr<LocalTopic> topic, Positions from)
    : db_(std::move(db)),
      name_(std::move(name)),
      topic_(std::move(topic)),
      next_(std::move(from)),
      turn_(next_.begin()) {}

absl::StatusOr<std::vector<LoggedRecord>> LocalCursor::Next(size_t records_max,
                                                            absl::Time deadline) {
  bool behind = false;
  {
    absl::MutexLock lock(&topic_->mutex);
    auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(topic_->mutex) {
      return woken_ || Behind(topic_->ends);
    };
    topic_->mutex.AwaitWithDeadline(absl::Condition(&ready), deadline);
    woken_ = false;
    ends_ = topic_->ends;
    behind = Behind(ends_);
  }
  std::vector<LoggedRecord> records;
  if (!behind) return records;
  auto db = db_();
  if (db == nullptr) return absl::UnavailableError("the log is closed");
  rocksdb::ReadOptions options;
  options.readahead_size = 256 << 10;
  std::unique_ptr<rocksdb::Iterator> it(
      db->NewIterator(options));  // costs as much as a few records: one for all partitions
  // Partitions take turns, so that a long one does not keep the others waiting.
  for (size_t i = 0; i < next_.size() && records.size() < records_max; ++i) {
    auto& [partition, next] = *turn_;
    absl::Status read = ReadPartition(it.get(), partition, &next, records_max, &records);
    if (!read.ok()) return read;
    if (next >= ends_[static_cast<size_t>(partition)] && ++turn_ == next_.end())
      turn_ = next_.begin();
  }
  return records;
}

void LocalCursor::Wake() {
  absl::MutexLock lock(&topic_->mutex);
  woken_ = true;
}

void LocalCursor::Pause(int partition) {
  next_.erase(partition);
  turn_ = next_.begin();
}

absl::Status LocalCursor::Resume(int partition, int64_t next_offset) {
  next_[partition] = next_offset;
  turn_ = next_.begin();
  return absl::OkStatus();
}

bool LocalCursor::Behind(const std::vector<int64_t>& ends) const {
  for (const auto& [partition, next] : next_) {
    if (next < ends[static_cast<size_t>(partition)]) return true;
  }
  return false;
}

absl::Status LocalCursor::ReadPartition(rocksdb::Iterator* it, int partition, int64_t* next,
                                        size_t records_max, std::vector<LoggedRecord>* records) {
  const int64_t end = ends_[static_cast<size_t>(partition)];
  if (*next >= end) return absl::OkStatus();
  const std::string prefix = RecordPrefix(name_, partition);
  for (it->Seek(prefix + BigEndian64(*next));
       it->Valid() && it->key().starts_with(prefix) && records->size() < records_max; it->Next()) {
    LoggedRecord logged;
    logged.partition = partition;
    logged.offset = ReadBigEndian64({it->key().data() + prefix.size(), 8});
    if (logged.offset >= end) break;  // appended, not yet known to be durable
    if (!logged.record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return absl::DataLossError(
          absl::StrCat(name_, "/", partition, ":", logged.offset, " is not a record"));
    }
    *next = logged.offset + 1;
    records->push_back(std::move(logged));
  }
  return ToStatus(it->status(), "reading the log");
}

}  // namespace leadstream::log
