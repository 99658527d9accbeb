// Folding a log that is far ahead: several threads, each with a partition of its own, each batch a
// file. What comes of it is the same, byte for byte, as folding one record after another.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/log/event_log.h"
#include "common/log/skips.h"
#include "common/store/fold_batch.h"
#include "common/store/read_model.h"

namespace leadstream::runtime {

struct CatchUpOptions {
  int threads = 1;
  // Of one batch of one thread. They take about five times their bytes of memory.
  size_t records_max = 25'000;
  size_t bytes_max = 16u << 20;
  // An event that counts and was recorded later is where its partition ends.
  int64_t until_us = INT64_MAX;
  // True: it is to end as soon as it can. Asked now and then, from any of the threads.
  std::function<bool()> stop = [] { return false; };
  // Told of it now and then: records folded, records in all.
  std::function<void(int64_t done, int64_t all)> progress = [](int64_t, int64_t) {};
};

class CatchUp {
 public:
  CatchUp(log::EventLog* log, std::string topic, store::ReadModel* model, CatchUpOptions options);

  // Until all partitions are folded up to `to`, or it is to stop. Nobody else folds meanwhile.
  // FailedPrecondition: a record cannot be read, and nobody has decided to pass it over
  // (log/skips.h); the other partitions are folded all the same. Other errors are the log's and the
  // read model's. What was committed before stays.
  absl::Status Run(const log::Positions& to);

 private:
  using Commits = std::map<int64_t, std::vector<size_t>>;  // by number: their request ids

  // A partition that nobody folds yet, and how far it is to be folded.
  std::optional<std::pair<int, int64_t>> TakePartition();
  absl::Status FoldPartitions();
  absl::StatusOr<std::vector<log::LoggedRecord>> Read(log::Cursor* cursor, size_t left) const;
  absl::Status FoldPartition(log::Cursor* cursor, int partition, int64_t end);
  // `ended`: behind them is what is later than `until_us`.
  absl::Status FoldRecords(const std::vector<log::LoggedRecord>& records, bool* ended);
  // Folds them, but what is later, into the batch. Passes over what is to be.
  absl::Status AddAll(const std::vector<log::LoggedRecord>& records, store::FoldBatch* batch,
                      bool* ended);
  absl::Status PassOver(const log::LoggedRecord& logged, const absl::Status& unreadable);
  absl::Status Commit(int64_t begun, store::FoldBatch* batch,
                      const std::vector<log::LoggedRecord>& records)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  store::ManyRecords Many();
  bool HasConflict(int64_t begun, const std::vector<size_t>& request_ids) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  log::EventLog* const log_;
  const std::string topic_;
  store::ReadModel* const model_;
  const CatchUpOptions options_;
  log::Skips skips_;
  int64_t all_ = 0;
  bool began_empty_ = false;  // as `all_`, written before the threads run

  absl::Mutex mutex_;
  log::Positions left_ ABSL_GUARDED_BY(mutex_);  // partitions that nobody has taken yet
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  // Batches that were committed while others, which do not know of them, were under way.
  int64_t committed_ ABSL_GUARDED_BY(mutex_) = 0;
  Commits commits_ ABSL_GUARDED_BY(mutex_);
  // All request ids that were committed, if it began with an empty model and they are not too many:
  // what is not among them need not be looked for.
  absl::flat_hash_set<size_t> request_ids_ ABSL_GUARDED_BY(mutex_);
  std::multiset<int64_t> under_way_ ABSL_GUARDED_BY(mutex_);  // `committed_` as they began
};

}  // namespace leadstream::runtime
