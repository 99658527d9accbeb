#include "cli/backup/restore.h"

#include <absl/base/thread_annotations.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>

#include <algorithm>
#include <vector>

#include "cli/backup/records_file.h"
#include "cli/parallel.h"
#include "common/log/position.h"

namespace leadstream::backup {
namespace {

constexpr size_t kGroupRecords = 4'000;
constexpr size_t kGroupBytes = 1 << 20;

// Appends a partition's records at the offsets they had.
class Appender {
 public:
  Appender(log::EventLog* log, PartitionName partition) : log_(log), to_(std::move(partition)) {}

  absl::Status Add(const log::Record& record) {
    bytes_ += record.ByteSizeLong();
    group_.push_back(record);
    return group_.size() < kGroupRecords && bytes_ < kGroupBytes ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    if (group_.empty()) return absl::OkStatus();
    std::vector<log::PendingRecord> pending;
    for (const log::Record& record : group_) pending.push_back({to_.second, &record});
    log::AppendResult appended;
    absl::Notification done;
    log_->Append(log::TopicOf(to_.first), pending, [&](log::AppendResult result) {
      appended = std::move(result);
      done.Notify();
    });
    done.WaitForNotification();
    if (!appended.status.ok()) return appended.status;
    for (const int64_t offset : appended.offsets)
      if (offset != next_++)
        return absl::FailedPreconditionError(absl::StrCat(
            "somebody else writes to ", log::ToString({to_.first, to_.second, offset})));
    group_.clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

 private:
  log::EventLog* const log_;
  const PartitionName to_;
  std::vector<log::Record> group_;
  size_t bytes_ = 0;
  int64_t next_ = 0;
};

// How much is done, told by one thread at a time.
class Done {
 public:
  Done(const RestoreOptions& options, int64_t all) : options_(options), all_(all) {}
  void Add(int64_t records) {
    if (options_.progress == nullptr) return;
    absl::MutexLock lock(&mutex_);
    options_.progress(done_ += records, all_);
  }

 private:
  const RestoreOptions& options_;
  const int64_t all_;
  absl::Mutex mutex_;
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
};

absl::Status RestorePartition(const RestorePlan& plan, const RestoreOptions& options,
                              const PartitionName& name, int64_t end, log::EventLog* log,
                              Done* done) {
  Appender appender(log, name);
  for (const BackupFile& file : plan.manifest.files()) {
    if (PartitionName(file.service(), file.partition()) != name || file.offset() >= end) continue;
    absl::Status read =
        EachRecord(options.directory, file, [&](int64_t offset, const log::Record& record) {
          return offset < end ? appender.Add(record) : absl::OkStatus();
        });
    if (read.ok()) read = appender.Flush();
    if (!read.ok()) return read;
    done->Add(std::min(end - file.offset(), file.records()));
  }
  return absl::OkStatus();
}

absl::Status MakeEmptyTopics(const RestorePlan& plan, log::EventLog* log) {
  for (const auto& topic : plan.manifest.topics()) {
    const std::string name = log::TopicOf(topic.service());
    absl::Status made = log->CreateTopic(name, topic.partitions_size());
    if (!made.ok()) return made;
    auto ends = log->Ends(name);
    if (!ends.ok()) return ends.status();
    for (const auto& [partition, end] : *ends)
      if (end != 0)
        return absl::AlreadyExistsError(
            absl::StrCat("the topic ", name,
                         " holds records; a backup is restored into an empty "
                         "log only"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Restore(const RestorePlan& plan, const RestoreOptions& options, log::EventLog* log) {
  absl::Status made = MakeEmptyTopics(plan, log);
  if (!made.ok()) return made;
  const std::vector<std::pair<PartitionName, int64_t>> partitions(plan.ends.begin(),
                                                                  plan.ends.end());
  Done done(options, plan.records);
  absl::Mutex mutex;
  absl::Status failed;
  cli::EachInParallel(partitions.size(), options.threads, [&](size_t i) {
    {
      absl::MutexLock lock(&mutex);
      if (!failed.ok()) return;
    }
    absl::Status restored =
        RestorePartition(plan, options, partitions[i].first, partitions[i].second, log, &done);
    absl::MutexLock lock(&mutex);
    failed.Update(restored);
  });
  if (!failed.ok()) return failed;
  for (const auto& [reader, progress] : plan.progress) {
    absl::Status committed = log->CommitProgress(log::ReactionGroupOf(reader.first),
                                                 log::TopicOf(reader.second), progress);
    if (!committed.ok()) return committed;
  }
  return absl::OkStatus();
}

}  // namespace leadstream::backup
