// A log that can be read, and nothing else: what is folded from it has no way to cause anything. It
// may be read no faster than so many records a second, and tells how far in time reading has come.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::replay {

class ReadOnlyLog : public log::EventLog {
 public:
  // `rate_max`: 0 is as fast as it can be.
  ReadOnlyLog(log::EventLog* log, int64_t rate_max) : log_(log), rate_max_(rate_max) {}

  // When the newest event was recorded that was read so far.
  absl::Time reached() const { return absl::FromUnixMicros(reached_us_); }

  absl::StatusOr<int> Partitions(const std::string& topic) override {
    return log_->Partitions(topic);
  }
  absl::StatusOr<int64_t> End(const std::string& topic, int partition) override {
    return log_->End(topic, partition);
  }
  absl::StatusOr<log::Positions> Ends(const std::string& topic) override {
    return log_->Ends(topic);
  }
  using log::EventLog::Read;
  absl::StatusOr<std::unique_ptr<log::Cursor>> Read(const std::string& topic,
                                                    const log::Positions& from,
                                                    absl::Duration patience) override;
  absl::StatusOr<log::GroupProgress> Progress(const std::string& group,
                                              const std::string& topic) override {
    return log_->Progress(group, topic);
  }
  bool exclusive() const override { return log_->exclusive(); }

  // These are refused.
  absl::Status CreateTopic(const std::string& topic, int partitions) override;
  void Append(const std::string& topic, const std::vector<log::PendingRecord>& group,
              std::function<void(log::AppendResult)> done) override;
  absl::Status Recover() override;
  absl::Status CommitProgress(const std::string& group, const std::string& topic,
                              const log::GroupProgress& progress) override;
  std::unique_ptr<Membership> Join(const std::string& topic, const std::string& node,
                                   std::function<void(std::vector<int>)> propose) override;

 private:
  class Slowed;
  // `records` more were read: waits until that is no faster than it may be.
  void Read(size_t records);
  void Reach(const log::Record& record);

  log::EventLog* const log_;
  const int64_t rate_max_;
  std::atomic<int64_t> reached_us_ = 0;
  absl::Mutex mutex_;
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // when more may be read
};

}  // namespace leadstream::replay
