#include "common/log/local_log.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "common/log/local_cursor.h"
#include "common/log/local_keys.h"
#include "common/log/no_info_log.h"

namespace leadstream::log {
namespace {

constexpr absl::Duration kFollowInterval = absl::Milliseconds(100);

class RocksLog : public LocalLog {
 public:
  enum class Mode { kWrite, kRead, kFollow };

  RocksLog(LocalLogOptions options, Mode mode, std::string scratch = "")
      : options_(std::move(options)), mode_(mode), scratch_(std::move(scratch)) {}
  ~RocksLog() override;

  absl::Status OpenDb();
  // Goes along with the process that writes, until this is destroyed.
  void StartFollowing() {
    follower_ = std::thread([this] { Follow(); });
  }

  std::vector<std::string> Topics() override;
  absl::StatusOr<int> Partitions(const std::string& topic) override;
  absl::Status CreateTopic(const std::string& topic, int partitions) override;
  void Append(const std::string& topic, const std::vector<PendingRecord>& group,
              std::function<void(AppendResult)> done) override;
  absl::StatusOr<int64_t> End(const std::string& topic, int partition) override;
  absl::StatusOr<Positions> Ends(const std::string& topic) override;
  absl::StatusOr<std::unique_ptr<Cursor>> Read(const std::string& topic, const Positions& from,
                                               absl::Duration) override;
  absl::Status Recover() override;
  absl::Status CommitProgress(const std::string& group, const std::string& topic,
                              const GroupProgress& progress) override;
  absl::StatusOr<GroupProgress> Progress(const std::string& group,
                                         const std::string& topic) override;
  std::unique_ptr<Membership> Join(const std::string& topic, const std::string& node,
                                   std::function<void(std::vector<int>)> propose) override;
  bool exclusive() const override { return true; }

 private:
  absl::StatusOr<std::shared_ptr<LocalTopic>> Find(const std::string& topic);
  absl::StatusOr<int64_t> StoredEnd(const std::string& topic, int partition);
  std::shared_ptr<rocksdb::DB> db() {
    absl::MutexLock lock(&mutex_);
    return db_;
  }

  absl::Status MeasureTopics();
  void Follow();

  const LocalLogOptions options_;
  const Mode mode_;
  const std::string scratch_;  // of a follower
  std::thread follower_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<rocksdb::DB> db_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<LocalTopic>> topics_ ABSL_GUARDED_BY(mutex_);
};

RocksLog::~RocksLog() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (follower_.joinable()) follower_.join();
}

absl::Status RocksLog::OpenDb() {
  std::error_code error;
  if (mode_ == Mode::kWrite) std::filesystem::create_directories(options_.directory, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("cannot make the directory ", options_.directory, ": ", error.message()));
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = options_.write_buffer_bytes;
  options.compression = rocksdb::kLZ4Compression;
  options.max_background_jobs = 2;
  options.info_log = NewNoInfoLog();
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 32 << 10;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status;
  if (mode_ == Mode::kWrite) {
    status = rocksdb::DB::Open(options, options_.directory, &opened);
  } else if (mode_ == Mode::kRead) {
    status = rocksdb::DB::OpenForReadOnly(options, options_.directory, &opened);
  } else {
    options.max_open_files = -1;  // the writer may remove a file, but not from under an open one
    status = rocksdb::DB::OpenAsSecondary(options, options_.directory, scratch_, &opened);
  }
  if (!status.ok())
    return ToStatus(status, absl::StrCat("opening the log in ", options_.directory));
  absl::MutexLock lock(&mutex_);
  db_.reset(opened);
  return absl::OkStatus();
}

std::vector<std::string> RocksLog::Topics() {
  std::vector<std::string> topics;
  auto db = this->db();
  std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
  for (it->Seek("p"); it->Valid() && it->key().starts_with("p"); it->Next())
    topics.push_back(it->key().ToString().substr(1));
  return topics;
}

absl::StatusOr<int> RocksLog::Partitions(const std::string& topic) {
  auto db = this->db();
  if (db == nullptr) return absl::UnavailableError("the log is closed");
  std::string value;
  auto status = db->Get({}, "p" + topic, &value);
  if (status.IsNotFound()) return absl::NotFoundError(absl::StrCat("there is no topic ", topic));
  if (!status.ok()) return ToStatus(status, "reading the log");
  int partitions = 0;
  if (!absl::SimpleAtoi(value, &partitions))
    return absl::DataLossError(absl::StrCat("topic ", topic, " has '", value, "' partitions"));
  return partitions;
}

absl::Status RocksLog::CreateTopic(const std::string& topic, int partitions) {
  auto existing = Partitions(topic);
  if (existing.ok()) {
    if (*existing == partitions) return absl::OkStatus();
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", topic, " has ", *existing, " partitions, not ", partitions));
  }
  if (!absl::IsNotFound(existing.status())) return existing.status();
  rocksdb::WriteOptions durable;
  durable.sync = true;
  return ToStatus(db()->Put(durable, "p" + topic, absl::StrCat(partitions)),
                  absl::StrCat("making the topic ", topic));
}

absl::StatusOr<int64_t> RocksLog::StoredEnd(const std::string& topic, int partition) {
  auto db = this->db();
  std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
  const std::string prefix = RecordPrefix(topic, partition);
  it->SeekForPrev(
      RecordKey(topic, partition, -1));  // -1: the highest offset there can be, unsigned
  if (!it->status().ok()) return ToStatus(it->status(), "reading the log");
  if (!it->Valid() || !it->key().starts_with(prefix)) return 0;
  return ReadBigEndian64({it->key().data() + prefix.size(), 8}) + 1;
}

absl::StatusOr<std::shared_ptr<LocalTopic>> RocksLog::Find(const std::string& topic) {
  {
    absl::MutexLock lock(&mutex_);
    if (db_ == nullptr) return absl::UnavailableError("the log is closed");
    auto at = topics_.find(topic);
    if (at != topics_.end()) return at->second;
  }
  auto partitions = Partitions(topic);
  if (!partitions.ok()) return partitions.status();
  auto found = std::make_shared<LocalTopic>();
  for (int partition = 0; partition < *partitions; ++partition) {
    auto end = StoredEnd(topic, partition);
    if (!end.ok()) return end.status();
    absl::MutexLock lock(&found->mutex);
    found->ends.push_back(*end);
  }
  absl::MutexLock lock(&mutex_);
  return topics_.emplace(topic, std::move(found)).first->second;
}

void RocksLog::Append(const std::string& topic, const std::vector<PendingRecord>& group,
                      std::function<void(AppendResult)> done) {
  auto found = Find(topic);
  if (!found.ok()) return done({found.status(), {}});
  if (mode_ != Mode::kWrite)
    return done({absl::UnavailableError("the log was opened for reading"), {}});
  LocalTopic& state = **found;
  AppendResult result;
  {
    absl::MutexLock one_at_a_time(&state.append);
    std::vector<int64_t> ends;
    {
      absl::MutexLock lock(&state.mutex);
      ends = state.ends;
    }
    rocksdb::WriteBatch batch;
    std::string bytes;
    for (const PendingRecord& pending : group) {
      const int64_t offset = ends[static_cast<size_t>(pending.partition)]++;
      pending.record->SerializeToString(&bytes);
      batch.Put(RecordKey(topic, pending.partition, offset), bytes);
      result.offsets.push_back(offset);
    }
    rocksdb::WriteOptions durable;
    durable.sync = true;
    auto db = this->db();
    result.status = db == nullptr ? absl::UnavailableError("the log is closed")
                                  : ToStatus(db->Write(durable, &batch), "appending to the log");
    if (result.status.ok()) {
      absl::MutexLock lock(&state.mutex);
      state.ends = std::move(ends);
    }
  }
  if (!result.status.ok()) result.offsets.clear();
  done(std::move(result));
}

absl::StatusOr<int64_t> RocksLog::End(const std::string& topic, int partition) {
  auto found = Find(topic);
  if (!found.ok()) return found.status();
  absl::MutexLock lock(&(*found)->mutex);
  if (partition < 0 || static_cast<size_t>(partition) >= (*found)->ends.size()) {
    return absl::NotFoundError(absl::StrCat("topic ", topic, " has no partition ", partition));
  }
  return (*found)->ends[static_cast<size_t>(partition)];
}

absl::StatusOr<Positions> RocksLog::Ends(const std::string& topic) {
  auto found = Find(topic);
  if (!found.ok()) return found.status();
  absl::MutexLock lock(&(*found)->mutex);
  Positions ends;
  for (size_t partition = 0; partition < (*found)->ends.size(); ++partition)
    ends[static_cast<int>(partition)] = (*found)->ends[partition];
  return ends;
}

absl::StatusOr<std::unique_ptr<Cursor>> RocksLog::Read(const std::string& topic,
                                                       const Positions& from, absl::Duration) {
  auto found = Find(topic);
  if (!found.ok()) return found.status();
  auto partitions = Partitions(topic);
  if (!partitions.ok()) return partitions.status();
  for (const auto& [partition, offset] : from) {
    if (partition < 0 || partition >= *partitions)
      return absl::NotFoundError(absl::StrCat("topic ", topic, " has no partition ", partition));
    if (offset < 0)
      return absl::OutOfRangeError(absl::StrCat("offset ", offset, " is before the beginning"));
  }
  return std::make_unique<LocalCursor>([this] { return db(); }, topic, *found, from);
}

// After a failed write RocksDB refuses all others, and what reached the file is known only once it
// was read again: so the database is closed, opened and measured anew. Readers hold their own
// reference until they are done.
absl::Status RocksLog::Recover() {
  {
    absl::MutexLock lock(&mutex_);
    if (db_ != nullptr && db_.use_count() > 1)
      return absl::UnavailableError("the log is being read");
    db_.reset();
  }
  absl::Status opened = OpenDb();
  if (!opened.ok()) return opened;
  // Proves that it can be written again before anybody relies on it.
  rocksdb::WriteOptions durable;
  durable.sync = true;
  absl::Status written = ToStatus(db()->Put(durable, "w", ""), "appending to the log");
  if (!written.ok()) return written;
  return MeasureTopics();
}

absl::Status RocksLog::MeasureTopics() {
  std::map<std::string, std::shared_ptr<LocalTopic>> topics;
  {
    absl::MutexLock lock(&mutex_);
    topics = topics_;
  }
  for (auto& [name, topic] : topics) {
    absl::MutexLock one_at_a_time(&topic->append);
    auto partitions = Partitions(name);
    if (!partitions.ok()) return partitions.status();
    for (int partition = 0; partition < *partitions; ++partition) {
      auto end = StoredEnd(name, partition);
      if (!end.ok()) return end.status();
      absl::MutexLock lock(&topic->mutex);
      topic->ends[static_cast<size_t>(partition)] = *end;
    }
  }
  return absl::OkStatus();
}

void RocksLog::Follow() {
  auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; };
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping), kFollowInterval)) return;
    }
    // Files may come and go while it looks: then it looks again.
    if (db()->TryCatchUpWithPrimary().ok()) MeasureTopics().IgnoreError();
  }
}

// Not synced by itself: progress that is lost is made again, and the commands it led to are
// idempotent.
absl::Status RocksLog::CommitProgress(const std::string& group, const std::string& topic,
                                      const GroupProgress& progress) {
  auto db = this->db();
  if (db == nullptr) return absl::UnavailableError("the log is closed");
  rocksdb::WriteBatch batch;
  for (const auto& [partition, reached] : progress) {
    batch.Put(GroupPrefix(group, topic) + BigEndian32(partition),
              BigEndian64(reached.next_offset) + BigEndian64(reached.epoch));
  }
  return ToStatus(db->Write({}, &batch), "keeping progress");
}

absl::StatusOr<GroupProgress> RocksLog::Progress(const std::string& group,
                                                 const std::string& topic) {
  auto db = this->db();
  if (db == nullptr) return absl::UnavailableError("the log is closed");
  GroupProgress progress;
  const std::string prefix = GroupPrefix(group, topic);
  std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    if (it->value().size() != 16) return absl::DataLossError("progress is broken");
    progress[ReadBigEndian32({it->key().data() + prefix.size(), 4})] = {
        ReadBigEndian64({it->value().data(), 8}), ReadBigEndian64({it->value().data() + 8, 8})};
  }
  if (!it->status().ok()) return ToStatus(it->status(), "reading the log");
  return progress;
}

std::unique_ptr<EventLog::Membership> RocksLog::Join(
    const std::string& topic, const std::string& /*node*/,
    std::function<void(std::vector<int>)> propose) {
  auto partitions = Partitions(topic);
  std::vector<int> all;
  for (int partition = 0; partitions.ok() && partition < *partitions; ++partition)
    all.push_back(partition);
  propose(all);  // one process has the log open: it is the only node there can be
  return std::make_unique<Membership>();
}

absl::StatusOr<std::unique_ptr<RocksLog>> OpenLocal(const LocalLogOptions& options,
                                                    RocksLog::Mode mode,
                                                    const std::string& scratch = "") {
  auto log = std::make_unique<RocksLog>(options, mode, scratch);
  absl::Status opened = log->OpenDb();
  if (!opened.ok()) return opened;
  return log;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalLog>> LocalLog::Open(const LocalLogOptions& options) {
  return OpenLocal(options, RocksLog::Mode::kWrite);
}
absl::StatusOr<std::unique_ptr<LocalLog>> LocalLog::OpenForReading(const LocalLogOptions& options) {
  return OpenLocal(options, RocksLog::Mode::kRead);
}
absl::StatusOr<std::unique_ptr<LocalLog>> LocalLog::OpenForFollowing(const LocalLogOptions& options,
                                                                     const std::string& scratch) {
  auto log = OpenLocal(options, RocksLog::Mode::kFollow, scratch);
  if (!log.ok()) return log.status();
  (*log)->StartFollowing();
  return log;
}

}  // namespace leadstream::log
