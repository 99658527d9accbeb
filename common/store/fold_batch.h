// Records on their way into the read model: one fold for writers and followers alike.
//
// A writer adds each record as it decides it, so that the next command of the group sees what the
// last one did; when the log has the group, it commits; when the log does not, the batch is dropped
// and nothing happened. A follower adds what it reads. Not thread-safe; one batch at a time.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <rocksdb/write_batch.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/tally.h"
#include "common/store/batch_file.h"
#include "common/store/read_model.h"

namespace leadstream::store {

// For a batch of very many records, nearly all of which are new.
struct ManyRecords {
  // About so many bytes are to come.
  size_t bytes = 0;
  // The first event of a resource is believed to be the first: that its name is new is not checked.
  bool names_are_new = false;
  // True of a request id, by its hash, that the model surely does not remember. May be null.
  std::function<bool(size_t request_id)> is_new_request;
};

class FoldBatch {
 public:
  explicit FoldBatch(ReadModel* model, ManyRecords many = {})
      : model_(model), many_(std::move(many)), batch_(many_.bytes) {}

  // Folds one record. Passed over: one that was folded before (its offset is below the partition's
  // next), a claim, and one that does not count (see log/fence.h). DataLoss: offsets or revisions
  // have a hole, so this log is not the one the model was folded from. FailedPrecondition: it is an
  // event that should be known and cannot be read, and the model does not pass it over; the batch
  // is as it was. `event` is what the record holds, if that is at hand.
  absl::Status Add(int partition, int64_t offset, const common::v1::Record& record,
                   const google::protobuf::Message* event = nullptr);
  // Makes a file of it all, ahead of Commit: for a batch of very many records. Nothing is added
  // afterwards. Unavailable: as of Commit.
  absl::Status WriteFile();
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
  // The request ids it remembers or forgets, hashed, in order. Two batches that were folded side by
  // side, each without seeing the other, may both be committed if they have none in common: all
  // else is of one partition.
  std::vector<size_t> RequestIds() const;

 private:
  // For each record. More than one, so that what is due shrinks while commands come.
  static constexpr int kForgottenAtOnceMax = 8;

  class FactsOf;
  // When a request is to be forgotten, and which.
  using Expiry = std::pair<int64_t, std::string>;
  struct Touched {
    int64_t next_offset;
    log::Fence fence;
    int64_t oldest_request_us;
    // The model's expiries, read a few at a time, oldest first: nobody else forgets any meanwhile.
    std::deque<Expiry> expiries = {};
    std::string expiries_read_to = {};                  // the key of the last one
    size_t expiries_to_read = kForgottenAtOnceMax + 1;  // at the next time; 0: there are no more
  };

  Touched& PartitionOf(int partition);
  void PutPartitions();
  rocksdb::Status Write();
  absl::Status FoldEvent(int partition, int64_t offset, const common::v1::Record& record,
                         const google::protobuf::Message* event);
  // What the resource was no longer counts, what it is does.
  absl::Status Tally(int partition, const Collection& collection, const StoredState& before,
                     const StoredState& after);
  absl::Status RememberRequest(int partition, const common::v1::Record& record);
  absl::Status ForgetRequests(int partition, int64_t before_us);
  absl::Status ForgetRequest(int partition, const Expiry& expiry);
  absl::Status ReadExpiries(int partition, Touched* touched);

  static size_t HashOf(absl::string_view request_id);

  ReadModel* model_;
  const ManyRecords many_;
  rocksdb::WriteBatch batch_;
  std::unique_ptr<BatchFile> file_;
  std::map<int, Touched> partitions_;
  absl::flat_hash_map<std::string, StoredState> states_;
  absl::flat_hash_map<int, int64_t> changes_;  // how many of each collection
  absl::flat_hash_map<std::string, std::optional<AcceptedRequest>> requests_;  // nothing: forgotten
  // What the model was asked for last and does not have: it is asked for again when it is added.
  mutable std::string no_state_, no_request_;
  std::map<int, std::set<Expiry>> expiries_;  // added by this batch
  // Of the states that it made, what SortedKeys says. Few events in a batch are of the same
  // resource, unless it is long.
  absl::flat_hash_map<std::string, std::vector<std::string>> keys_;
  absl::flat_hash_map<std::string, std::string> facts_;
  absl::flat_hash_map<std::string, domain::TallyTotal> tallies_;
  size_t events_ = 0;
};

}  // namespace leadstream::store
