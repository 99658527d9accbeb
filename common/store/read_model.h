// The read model of one service on one node: what its events add up to, folded into RocksDB. It can
// be thrown away and rebuilt from the log, byte-identically, for any size of batches and any point
// of restart.
//
//   FoldBatch batch(&model);
//   batch.Add(partition, offset, record);   // each in order; one folded before is passed over
//   batch.Commit();   // states, indexes, tallies, history, request ids, facts and offsets, at once
//   model.Find("leads/4711");
//
// Reads are thread-safe and see whole batches. One thread at a time folds a partition. Nothing here
// waits for a disk but Open, Flush and Close: the log is the write-ahead log, and after a crash its
// tail is folded again.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/write_buffer_manager.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/domain/tally.h"
#include "common/log/event_log.h"
#include "common/log/fence.h"
#include "common/store/schema.h"
#include "common/store/state_cache.h"
#include "common/telemetry/counter.h"

namespace leadstream::store {

// Where an event stands in the log.
struct EventPosition {
  int partition = 0;
  int64_t offset = -1;
};

// What is remembered of an accepted command, so that the same request gets the same answer.
struct AcceptedRequest {
  std::string name;
  int64_t revision = 0;
  std::string hash;
  int64_t time_us = 0;
};

struct StoredEvent {
  EventPosition position;
  common::v1::Record record;
};

// Memory that all read models of a process share.
struct SharedMemory {
  std::shared_ptr<rocksdb::Cache> block_cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
  static SharedMemory Make(size_t block_cache_bytes = 160u << 20,
                           size_t write_buffer_bytes = 96u << 20);
};

struct ReadModelOptions {
  std::string directory;
  int partitions = 12;
  SharedMemory memory;
  // How long a request id is remembered at least, in log time.
  absl::Duration request_window = absl::Hours(7 * 24);
  // How far back an idle store may have to start after a crash. Infinite: only Flush flushes, and
  // to close it is a crash.
  absl::Duration flush_interval = absl::Seconds(5);
  // Where the files lie; null: on this machine's disk.
  rocksdb::Env* env = nullptr;
  // What is wrong with the disk, as the simulation wants it: asked by each commit and Recover.
  std::function<absl::Status()> fault;
  // Breaks the rule of log/fence.h, so that the simulation can prove that it would notice.
  bool every_record_counts = false;
};

class ReadModel {
 public:
  // A model of another format, or a broken one, is set aside (`<directory>.broken`) and begun anew:
  // the log has it all.
  static absl::StatusOr<std::unique_ptr<ReadModel>> Open(const ReadModelOptions& options,
                                                         const Schema* schema);
  ~ReadModel();

  const Schema& schema() const { return *schema_; }
  int partitions() const { return options_.partitions; }

  // The resource as it is now. NotFound: there is none of that name, or it was deleted.
  absl::StatusOr<StoredState> Find(absl::string_view name) const;
  // As Find, but also answers for a deleted one, and with revision 0 for one that never was.
  absl::StatusOr<StoredState> Load(absl::string_view name) const;
  // The resource as it was at a revision, or at a time. OutOfRange: it did not exist then, or has
  // no such revision.
  absl::StatusOr<StoredState> AtRevision(absl::string_view name, int64_t revision) const;
  absl::StatusOr<StoredState> AtTime(absl::string_view name, int64_t time_us) const;
  // Its story from a revision on, at most `limit` events.
  absl::StatusOr<std::vector<StoredEvent>> Events(absl::string_view name, int64_t from_revision,
                                                  size_t limit) const;
  // The accepted command with that id; nothing if there is none, or it was forgotten.
  absl::StatusOr<std::optional<AcceptedRequest>> Request(absl::string_view request_id) const;
  absl::StatusOr<std::optional<std::string>> Fact(int partition, absl::string_view key) const;
  // Names whose keyed index holds `key`, in name order, behind `after`. Remembered where the
  // collection hardly ever changes, as rules do that each event is held against.
  absl::StatusOr<std::vector<std::string>> Keyed(const Collection& collection,
                                                 absl::string_view index, absl::string_view key,
                                                 size_t limit, absl::string_view after) const;

  // The last of those names that does not come behind `up_to`; empty: there is none.
  absl::StatusOr<std::string> LastKeyed(const Collection& collection, absl::string_view index,
                                        absl::string_view key, absl::string_view up_to) const;

  // The offset of the next record to fold, and who may write it.
  int64_t NextOffset(int partition) const;
  log::Fence FenceOf(int partition) const;
  // Until everything before `next_offset` is folded. DeadlineExceeded: it was not in time.
  // Cancelled: nothing is folded any more, and it was not by then.
  absl::Status WaitFor(int partition, int64_t next_offset, absl::Time deadline) const;
  // By whoever folds, at the end: who waits need not wait for their deadlines.
  void FoldsNoMore();
  // From now on folds the record there, which cannot be read, as an event that says nothing: an
  // operator has decided so (log/skips.h). Not kept: who opens the model anew finds the decision in
  // the log, if the record is still to be folded.
  void PassOver(int partition, int64_t offset);
  bool PassesOver(int partition, int64_t offset) const;
  // Calls `applied` after each commit, on the thread that folds, until the returned handle is
  // destroyed. It must not block.
  std::shared_ptr<void> Subscribe(std::function<void()> applied);

  // Compacts less while very much is folded at a time, until the returned handle is destroyed.
  std::shared_ptr<void> CatchUp();

  // Makes what was folded survive a crash, so that the next start need not fold it again.
  absl::Status Flush();
  // Makes it writable again after a commit that failed, if that is possible now. Unavailable: not
  // yet.
  absl::Status Recover();
  // SHA-256 over every key and value, in order: equal for equal logs folded as far.
  absl::StatusOr<std::string> Fingerprint() const;

  rocksdb::DB* db() const { return db_.get(); }
  // Events that were folded since it was opened, and how long each batch took to be taken in.
  const telemetry::Counter& events_folded() const { return events_folded_; }
  const telemetry::Histogram& apply_duration() const { return apply_duration_; }

 private:
  friend class FoldBatch;
  ReadModel(const ReadModelOptions& options, const Schema* schema);
  absl::Status OpenDb();
  absl::Status LoadPartitions();
  absl::StatusOr<StoredState> LoadFromDisk(absl::string_view name) const;
  // What is kept under that key; zero if nothing is.
  absl::StatusOr<domain::TallyTotal> LoadTally(const std::string& key) const;
  absl::StatusOr<StoredState> Refold(
      absl::string_view name, const std::function<bool(const common::v1::Record&)>& take) const;
  void FlushEveryInterval();
  absl::StatusOr<std::vector<std::string>> ReadKeyed(const std::string& prefix, size_t limit,
                                                     absl::string_view after) const;
  bool HardlyChanges(const Collection& collection) const;

  // The first names of a keyed index, as they were after so many changes of their collection.
  struct KnownNames {
    int64_t changes = 0;
    size_t limit = 0;
    std::vector<std::string> names;
  };
  struct Partition {
    int64_t next_offset = 0;
    log::Fence fence;
    int64_t oldest_request_us = INT64_MAX;  // a lower bound: nothing older waits to be forgotten
  };

  const ReadModelOptions options_;
  const Schema* const schema_;
  std::unique_ptr<rocksdb::DB> db_;
  mutable StateCache cache_;
  mutable absl::Mutex mutex_;
  std::vector<Partition> partitions_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, std::function<void()>> subscribers_ ABSL_GUARDED_BY(mutex_);
  int64_t next_subscriber_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<std::pair<int, int64_t>> passed_over_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool folds_no_more_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::atomic<int64_t>> changes_;  // of each collection, since it was opened
  mutable absl::Mutex known_mutex_;
  mutable absl::flat_hash_map<std::string, KnownNames> known_ ABSL_GUARDED_BY(known_mutex_);
  std::atomic<bool> dirty_{false};
  telemetry::Counter events_folded_;
  telemetry::Histogram apply_duration_{telemetry::Durations()};
  std::thread flusher_;
};

}  // namespace leadstream::store
