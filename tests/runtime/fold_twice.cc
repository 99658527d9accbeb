#include "tests/runtime/fold_twice.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <vector>

#include "common/store/fold_batch.h"
#include "tests/read_log.h"

namespace leadstream::testing {
namespace {

using store::ReadModel;

// How often it is closed or crashes in all, about: opening takes a while.
constexpr size_t kReopenings = 12;
constexpr size_t kBatchMax = 50;

class WorstLife {
 public:
  WorstLife(const store::Schema& schema, store::ReadModelOptions options, uint64_t seed)
      : schema_(schema), options_(std::move(options)), random_(seed) {
    options_.flush_interval =
        absl::InfiniteDuration();  // flushed when it is said below, never by the clock
  }

  absl::Status Read(log::EventLog* log, const std::string& topic) {
    records_.resize(static_cast<size_t>(options_.partitions));
    delivered_.resize(records_.size());
    absl::Status read = EachRecord(log, topic, [this](log::LoggedRecord logged) {
      records_[static_cast<size_t>(logged.partition)].push_back(std::move(logged.record));
      ++total_;
    });
    return read.ok() ? Open() : read;
  }

  absl::Status Live() {
    const size_t batches = std::max<size_t>(1, total_ / (kBatchMax / 2));
    while (!Finished()) {
      absl::Status status = Deliver();
      if (!status.ok()) return status;
      if (Chance(1, 8)) status = model_->Flush();
      if (status.ok() && Chance(kReopenings, batches)) status = Reopen(Chance(1, 2));
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  std::unique_ptr<ReadModel> TakeModel() { return std::move(model_); }

 private:
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  bool Chance(size_t of, size_t in) { return Below(in) < of; }

  bool Finished() const {
    for (size_t partition = 0; partition < records_.size(); ++partition) {
      if (delivered_[partition] < records_[partition].size()) return false;
    }
    return true;
  }

  // A batch, and all of it once more: in the same batch, in one of its own, or both.
  absl::Status Deliver() {
    std::vector<std::pair<size_t, size_t>> batch;  // partition and offset
    const size_t size = 1 + Below(kBatchMax);
    for (size_t attempts = 0; batch.size() < size && attempts < 4 * size; ++attempts) {
      const size_t partition = Below(records_.size());
      // A partition is sometimes read by the dozen, sometimes by the record.
      for (size_t run = 1 + Below(12);
           run > 0 && delivered_[partition] < records_[partition].size(); --run) {
        batch.emplace_back(partition, delivered_[partition]++);
      }
    }
    const bool dropped = Chance(1, 10), at_once = Chance(1, 2);
    absl::Status status = Fold(batch, at_once, dropped);
    if (status.ok() && !dropped) status = Fold(batch, Chance(1, 4), Chance(1, 4));
    ReadOn();
    return status;
  }

  absl::Status Fold(const std::vector<std::pair<size_t, size_t>>& batch, bool twice, bool dropped) {
    store::FoldBatch fold(model_.get());
    for (const auto& [partition, offset] : batch) {
      for (int delivery = 0; delivery < (twice ? 2 : 1); ++delivery) {
        absl::Status added = fold.Add(static_cast<int>(partition), static_cast<int64_t>(offset),
                                      records_[partition][offset]);
        if (!added.ok()) return added;
      }
    }
    return dropped ? absl::OkStatus() : fold.Commit();
  }

  // From where the model is: after a batch that was dropped, and after a crash, that is further
  // back.
  void ReadOn() {
    for (size_t partition = 0; partition < records_.size(); ++partition) {
      delivered_[partition] = static_cast<size_t>(model_->NextOffset(static_cast<int>(partition)));
    }
  }

  // A crash leaves what is in the files at that moment: they are copied under the living model's
  // hands, which only keep still meanwhile.
  absl::Status Reopen(bool crash) {
    const std::string crashed = options_.directory + ".crashed";
    std::error_code error;
    if (crash) {
      model_->db()->PauseBackgroundWork();
      model_->db()->DisableFileDeletions();
      std::filesystem::copy(options_.directory, crashed, std::filesystem::copy_options::recursive,
                            error);
      model_->db()->EnableFileDeletions(false);
      model_->db()->ContinueBackgroundWork();
    }
    if (error) return absl::UnavailableError(error.message());
    model_.reset();
    if (crash) {
      std::filesystem::remove_all(options_.directory);
      std::filesystem::rename(crashed, options_.directory);
    }
    absl::Status opened = Open();
    if (opened.ok()) ReadOn();
    return opened;
  }

  absl::Status Open() {
    auto opened = ReadModel::Open(options_, &schema_);
    if (opened.ok()) model_ = std::move(*opened);
    return opened.status();
  }

  const store::Schema& schema_;
  store::ReadModelOptions options_;
  std::mt19937_64 random_;
  std::vector<std::vector<common::v1::Record>> records_;  // by partition; the index is the offset
  std::vector<size_t> delivered_;
  size_t total_ = 0;
  std::unique_ptr<ReadModel> model_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ReadModel>> FoldTwice(log::EventLog* log, const std::string& topic,
                                                     const store::Schema& schema,
                                                     store::ReadModelOptions options,
                                                     uint64_t seed) {
  WorstLife life(schema, std::move(options), seed);
  absl::Status status = life.Read(log, topic);
  if (status.ok()) status = life.Live();
  if (!status.ok()) return status;
  return life.TakeModel();
}

}  // namespace leadstream::testing
