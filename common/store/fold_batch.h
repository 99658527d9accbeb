// Records on their way into the read model: one fold for writers and followers alike.
//
// A writer adds each record as it decides it, so that the next command of the group sees what the
// last one did; when the log has the group, it commits; when the log does not, the batch is dropped
// and nothing happened. A follower adds what it reads. Not thread-safe; one batch at a time.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <rocksdb/write_batch.h>

#include <map>
#include <optional>
#include <set>
#include <string>

#include "common/store/read_model.h"

namespace leadstream::store {

class FoldBatch {
 public:
  explicit FoldBatch(ReadModel* model) : model_(model) {}

  // Folds one record. Passed over: one that was folded before (its offset is below the partition's
  // next), a claim, and one that does not count (see log/fence.h). DataLoss: offsets or revisions
  // have a hole, so this log is not the one the model was folded from.
  absl::Status Add(int partition, int64_t offset, const common::v1::Record& record);
  // All of it at once. Unavailable: the disk is full or broken; the batch can only be dropped.
  absl::Status Commit();

  // What commands of the same group see: the batch, then the model.
  absl::StatusOr<StoredState> State(absl::string_view name) const;
  absl::StatusOr<std::optional<AcceptedRequest>> Request(absl::string_view request_id) const;
  absl::StatusOr<std::optional<std::string>> Fact(int partition, absl::string_view key) const;
  log::Fence FenceOf(int partition) { return PartitionOf(partition).fence; }
  int64_t NextOffset(int partition) { return PartitionOf(partition).next_offset; }

  // How many events it holds that count.
  size_t events() const { return events_; }

 private:
  class FactsOf;
  struct Touched {
    int64_t next_offset;
    log::Fence fence;
    int64_t oldest_request_us;
    int64_t forgotten_before_us;  // by this batch
  };

  Touched& PartitionOf(int partition);
  absl::Status FoldEvent(int partition, int64_t offset, const common::v1::Record& record);
  absl::Status RememberRequest(int partition, const common::v1::Record& record);
  absl::Status ForgetRequests(int partition, int64_t before_us);

  ReadModel* model_;
  rocksdb::WriteBatch batch_;
  std::map<int, Touched> partitions_;
  absl::flat_hash_map<std::string, StoredState> states_;
  absl::flat_hash_map<std::string, std::optional<AcceptedRequest>> requests_;  // nothing: forgotten
  std::map<int, std::set<std::pair<int64_t, std::string>>>
      expiries_;  // added by this batch: time, request id
  absl::flat_hash_map<std::string, std::string> facts_;
  size_t events_ = 0;
};

}  // namespace leadstream::store
