#include "cli/replay/read_only_log.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

namespace leadstream::replay {
namespace {

absl::Status Refused() { return absl::PermissionDeniedError("a replay only reads the log"); }

}  // namespace

// A cursor of the log's.
class ReadOnlyLog::Slowed : public log::Cursor {
 public:
  Slowed(ReadOnlyLog* log, std::unique_ptr<log::Cursor> cursor)
      : log_(log), cursor_(std::move(cursor)) {}

  absl::StatusOr<std::vector<log::LoggedRecord>> Next(size_t records_max,
                                                      absl::Time deadline) override {
    auto records = cursor_->Next(AtMost(records_max), deadline);
    if (!records.ok()) return records;
    for (const log::LoggedRecord& logged : *records) log_->Reach(logged.record);
    log_->Read(records->size());
    return records;
  }
  absl::StatusOr<size_t> Show(size_t records_max, absl::Time deadline,
                              absl::FunctionRef<void(const log::LoggedRecord&)> show) override {
    auto shown = cursor_->Show(AtMost(records_max), deadline, [&](const log::LoggedRecord& logged) {
      log_->Reach(logged.record);
      show(logged);
    });
    if (shown.ok()) log_->Read(*shown);
    return shown;
  }
  void Wake() override { cursor_->Wake(); }
  void Pause(int partition) override { cursor_->Pause(partition); }
  absl::Status Resume(int partition, int64_t next_offset) override {
    return cursor_->Resume(partition, next_offset);
  }

 private:
  // A tenth of a second's.
  size_t AtMost(size_t records_max) const {
    if (log_->rate_max_ == 0) return records_max;
    return std::min(records_max, static_cast<size_t>(std::max<int64_t>(log_->rate_max_ / 10, 1)));
  }

  ReadOnlyLog* const log_;
  const std::unique_ptr<log::Cursor> cursor_;
};

absl::StatusOr<std::unique_ptr<log::Cursor>> ReadOnlyLog::Read(const std::string& topic,
                                                               const log::Positions& from,
                                                               absl::Duration patience) {
  auto cursor = log_->Read(topic, from, patience);
  if (!cursor.ok()) return cursor.status();
  return std::unique_ptr<log::Cursor>(std::make_unique<Slowed>(this, std::move(*cursor)));
}

void ReadOnlyLog::Read(size_t records) {
  if (rate_max_ == 0) return;
  absl::Duration wait;
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = absl::Now();
    next_ = std::max(next_, now) + absl::Seconds(1) * static_cast<int64_t>(records) / rate_max_;
    wait = next_ - now;
  }
  absl::SleepFor(wait);
}

void ReadOnlyLog::Reach(const log::Record& record) {
  int64_t before = reached_us_;
  while (record.time_us() > before &&
         !reached_us_.compare_exchange_weak(before, record.time_us())) {
  }
}

absl::Status ReadOnlyLog::CreateTopic(const std::string&, int) { return Refused(); }
void ReadOnlyLog::Append(const std::string&, const std::vector<log::PendingRecord>&,
                         std::function<void(log::AppendResult)> done) {
  done({Refused(), {}});
}
absl::Status ReadOnlyLog::Recover() { return Refused(); }
absl::Status ReadOnlyLog::CommitProgress(const std::string&, const std::string&,
                                         const log::GroupProgress&) {
  return Refused();
}
std::unique_ptr<log::EventLog::Membership> ReadOnlyLog::Join(
    const std::string&, const std::string&, std::function<void(std::vector<int>)>) {
  return nullptr;
}

}  // namespace leadstream::replay
