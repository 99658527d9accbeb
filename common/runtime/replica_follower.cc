// The thread that reads the log for the replica: brings a model near that is far behind, then reads
// on what the replica wants to read.
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <thread>

#include "common/runtime/catch_up.h"
#include "common/runtime/replica_thread.h"

namespace leadstream::runtime {
namespace {

constexpr size_t kBatchRecordsMax = 2'000;
constexpr int kBatchesAheadMax = 2;
// A model that is behind by more is brought near first, on several threads.
constexpr int64_t kFarRecords = 20'000;
constexpr int kCatchUpThreadsMax = 4;
constexpr absl::Duration kTellInterval = absl::Seconds(5);
constexpr absl::Duration kReadWaitMax = absl::Milliseconds(200);

}  // namespace

void ReplicaThread::CatchUpIfFar() {
  auto ends = log_->Ends(topic_);
  if (!ends.ok()) return;  // who follows finds out
  int64_t behind = 0;
  for (const auto& [partition, end] : *ends) behind += end - model_->NextOffset(partition);
  if (behind < kFarRecords) return;
  auto stop = [this] {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  };
  const absl::Time began = absl::Now();
  absl::Time told = began;
  CatchUpOptions options;
  options.threads =
      std::min(kCatchUpThreadsMax, static_cast<int>(std::thread::hardware_concurrency()));
  options.stop = stop;
  options.progress = [&](int64_t done, int64_t all) {
    const absl::Time now = absl::Now();
    if (done < all && now - told < kTellInterval) return;
    told = now;
    options_.report(
        2, absl::StrCat(options_.replica.service, ": folded ", done, " of ", all, " records in ",
                        absl::FormatDuration(absl::Trunc(now - began, absl::Milliseconds(1)))));
  };
  absl::Status caught_up = CatchUp(log_, topic_, model_, std::move(options)).Run(*ends);
  if (!caught_up.ok())
    options_.report(3,
                    absl::StrCat(options_.replica.service, ": catching up: ", caught_up.message()));
  Post([this] { replica_.FoldedElsewhere(); });
}

void ReplicaThread::Follow() {
  CatchUpIfFar();
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
      from_anew_ = false;
      read_ = wanted_;
    }
    log::Positions from;
    for (int partition = 0; partition < model_->partitions(); ++partition) {
      if (read_[static_cast<size_t>(partition)]) from[partition] = model_->NextOffset(partition);
    }
    auto cursor = log_->Read(topic_, from);
    absl::Status status = cursor.status();
    if (status.ok()) {
      {
        absl::MutexLock lock(&mutex_);
        cursor_ = cursor->get();
      }
      status = ReadOn(cursor->get());
      absl::MutexLock lock(&mutex_);
      cursor_ = nullptr;
    }
    if (status.ok()) continue;
    options_.report(3, absl::StrCat(options_.replica.service, ": following: ", status.message()));
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kRetryDelay);
  }
}

absl::Status ReplicaThread::ReadOn(log::Cursor* cursor) {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stopping_ || from_anew_ || batches_ < kBatchesAheadMax;
      };
      mutex_.Await(absl::Condition(&ready));
      if (stopping_ || from_anew_) return absl::OkStatus();
    }
    absl::Status changed = PauseAndResume(cursor);
    if (!changed.ok()) return changed;
    auto records = cursor->Next(kBatchRecordsMax, absl::Now() + kReadWaitMax);
    if (!records.ok()) return records.status();
    if (records->empty()) continue;
    auto batch = std::make_shared<std::vector<log::LoggedRecord>>(std::move(*records));
    absl::MutexLock lock(&mutex_);
    ++batches_;
    posts_.push_back([this, batch] {
      replica_.Fold(std::move(*batch));
      absl::MutexLock folded(&mutex_);
      --batches_;
    });
  }
}

absl::Status ReplicaThread::PauseAndResume(log::Cursor* cursor) {
  std::vector<bool> wanted;
  {
    absl::MutexLock lock(&mutex_);
    wanted = wanted_;
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == read_[i]) continue;
    const int partition = static_cast<int>(i);
    // What was read and not folded yet comes once more, and is passed over.
    absl::Status resumed = wanted[i] ? cursor->Resume(partition, model_->NextOffset(partition))
                                     : (cursor->Pause(partition), absl::OkStatus());
    if (!resumed.ok()) return resumed;
    read_[i] = wanted[i];
  }
  return absl::OkStatus();
}

}  // namespace leadstream::runtime
