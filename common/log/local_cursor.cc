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
  std::vector<LoggedRecord> records;
  if (!AwaitRecords(deadline)) return records;
  auto read = Read(records_max,
                   [&records](LoggedRecord* logged) { records.push_back(std::move(*logged)); });
  if (!read.ok()) return read.status();
  return records;
}

absl::StatusOr<size_t> LocalCursor::Show(size_t records_max, absl::Time deadline,
                                         absl::FunctionRef<void(const LoggedRecord&)> show) {
  if (!AwaitRecords(deadline)) return 0;
  return Read(records_max, [show](LoggedRecord* logged) { show(*logged); });
}

bool LocalCursor::AwaitRecords(absl::Time deadline) {
  absl::MutexLock lock(&topic_->mutex);
  auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(topic_->mutex) {
    return woken_ || Behind(topic_->ends);
  };
  topic_->mutex.AwaitWithDeadline(absl::Condition(&ready), deadline);
  woken_ = false;
  ends_ = topic_->ends;
  return Behind(ends_);
}

absl::StatusOr<size_t> LocalCursor::Read(size_t records_max, Take take) {
  auto db = db_();
  if (db == nullptr) return absl::UnavailableError("the log is closed");
  rocksdb::ReadOptions options;
  options.readahead_size = 256 << 10;
  std::unique_ptr<rocksdb::Iterator> it(
      db->NewIterator(options));  // costs as much as a few records: one for all partitions
  size_t taken = 0;
  // Partitions take turns, so that a long one does not keep the others waiting.
  for (size_t i = 0; i < next_.size() && taken < records_max; ++i) {
    auto& [partition, next] = *turn_;
    auto read = ReadPartition(it.get(), partition, &next, records_max - taken, take);
    if (!read.ok()) return read.status();
    taken += *read;
    if (next >= ends_[static_cast<size_t>(partition)] && ++turn_ == next_.end())
      turn_ = next_.begin();
  }
  return taken;
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

absl::StatusOr<size_t> LocalCursor::ReadPartition(rocksdb::Iterator* it, int partition,
                                                  int64_t* next, size_t records_max, Take take) {
  const int64_t end = ends_[static_cast<size_t>(partition)];
  if (*next >= end) return 0;
  size_t taken = 0;
  const std::string prefix = RecordPrefix(name_, partition);
  for (it->Seek(prefix + BigEndian64(*next));
       it->Valid() && it->key().starts_with(prefix) && taken < records_max; it->Next()) {
    record_.partition = partition;
    record_.offset = ReadBigEndian64({it->key().data() + prefix.size(), 8});
    if (record_.offset >= end) break;  // appended, not yet known to be durable
    if (!record_.record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return absl::DataLossError(
          absl::StrCat(name_, "/", partition, ":", record_.offset, " is not a record"));
    }
    *next = record_.offset + 1;
    ++taken;
    take(&record_);
  }
  absl::Status read = ToStatus(it->status(), "reading the log");
  if (!read.ok()) return read;
  return taken;
}

}  // namespace leadstream::log
