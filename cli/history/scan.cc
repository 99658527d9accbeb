#include "cli/history/scan.h"

#include <absl/base/thread_annotations.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "common/log/fence.h"
#include "common/log/position.h"

namespace leadstream::history {
namespace {

constexpr size_t kReadMax = 10'000;
// A log that gives nothing for so long, before its end, cannot be read now.
constexpr absl::Duration kSilenceMax = absl::Seconds(30);
// A topic with fewer records is read through one cursor. Of a larger one each thread reads one
// partition at a time, because librdkafka 2.0.2 pauses for a second when what it has read ahead of
// many partitions is too much.
constexpr int64_t kSmallTopicRecords = 50'000;

// Partitions that one thread reads through one cursor.
struct Task {
  std::string service;
  log::GroupProgress begins;
  log::Positions ends;
};

// What is said of a partition; otherwise what holds of one that is not named.
template <typename Value>
Value Of(const std::map<std::string, std::map<int, Value>>& said, const std::string& service,
         int partition, Value otherwise) {
  auto of_service = said.find(service);
  if (of_service == said.end()) return otherwise;
  auto at = of_service->second.find(partition);
  return at == of_service->second.end() ? otherwise : at->second;
}

class Scanner {
 public:
  using Show = std::function<void(size_t thread, const std::string& service,
                                  const log::LoggedRecord& event)>;

  Scanner(log::EventLog* log, const ScanOptions& options, const Show& show)
      : log_(log), options_(options), show_(show) {}

  absl::Status Plan(const std::vector<Share>& shares) {
    absl::MutexLock lock(&mutex_);
    for (const auto& [service, partitions] : shares) {
      auto ends = log_->Ends(log::TopicOf(service));
      if (!ends.ok()) return ends.status();
      Task wanted{service, {}, {}};
      int64_t records = 0;
      for (const int partition : partitions) {
        const int64_t end = Of(options_.to, service, partition, ends->at(partition));
        if (end > ends->at(partition))
          return absl::OutOfRangeError(
              absl::StrCat("the log ends before ", log::ToString({service, partition, end})));
        const log::Progress begin = Of(options_.from, service, partition, log::Progress{});
        if (end <= begin.next_offset) continue;
        wanted.begins[partition] = begin;
        wanted.ends[partition] = end;
        records += end - begin.next_offset;
      }
      all_ += records;
      if (records < kSmallTopicRecords) {
        if (!wanted.ends.empty()) tasks_.push_back(std::move(wanted));
        continue;
      }
      for (const auto& [partition, end] : wanted.ends)
        tasks_.push_back({service, {{partition, wanted.begins[partition]}}, {{partition, end}}});
    }
    return absl::OkStatus();
  }

  absl::Status Run() {
    std::vector<std::thread> threads;
    for (size_t number = 1; number < options_.threads; ++number)
      threads.emplace_back([this, number] { Work(number); });
    Work(0);
    for (std::thread& thread : threads) thread.join();
    absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  void Work(size_t number) {
    std::string service;
    std::unique_ptr<log::Cursor> cursor;  // of that service
    for (;;) {
      Task task;
      {
        absl::MutexLock lock(&mutex_);
        if (tasks_.empty() || !failed_.ok()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      if (service != task.service) cursor = nullptr;
      service = task.service;
      absl::Status read = Read(number, task, &cursor);
      absl::MutexLock lock(&mutex_);
      failed_.Update(read);
    }
  }

  absl::Status Read(size_t number, const Task& task, std::unique_ptr<log::Cursor>* cursor) {
    absl::Status begun = Begin(task, cursor);
    if (!begun.ok()) return begun;
    std::map<int, log::Fence> fences;
    for (const auto& [partition, begin] : task.begins) fences[partition] = log::Fence(begin.epoch);
    log::Positions left = task.ends;
    auto show = [&](const log::LoggedRecord& logged) {
      auto end = left.find(logged.partition);
      if (end == left.end()) return;  // appended since
      log::Fence& fence = fences[logged.partition];
      const bool counts = fence.Admit(logged.record);
      if (options_.seen != nullptr) options_.seen(number, task.service, logged, counts);
      if (counts) show_(number, task.service, logged);
      if (logged.offset + 1 < end->second) return;
      if (options_.ended != nullptr)
        options_.ended(number, task.service, logged.partition, {end->second, fence.epoch()});
      left.erase(end);
    };
    while (!left.empty()) {
      auto shown = (*cursor)->Show(kReadMax, absl::Now() + kSilenceMax, show);
      if (!shown.ok()) return shown.status();
      if (*shown == 0)
        return absl::UnavailableError("the log does not go on before its end; try again");
      Progress(static_cast<int64_t>(*shown));
    }
    for (const auto& [partition, end] : task.ends) (*cursor)->Pause(partition);
    return absl::OkStatus();
  }

  absl::Status Begin(const Task& task, std::unique_ptr<log::Cursor>* cursor) const {
    if (*cursor == nullptr) {
      log::Positions from;
      for (const auto& [partition, begin] : task.begins) from[partition] = begin.next_offset;
      auto opened = log_->Read(log::TopicOf(task.service), from);
      if (!opened.ok()) return opened.status();
      *cursor = std::move(*opened);
      return absl::OkStatus();
    }
    for (const auto& [partition, begin] : task.begins) {
      absl::Status resumed = (*cursor)->Resume(partition, begin.next_offset);
      if (!resumed.ok()) return resumed;
    }
    return absl::OkStatus();
  }

  void Progress(int64_t read) {
    if (options_.progress == nullptr) return;
    absl::MutexLock lock(&mutex_);
    done_ = std::min(done_ + read, all_);
    options_.progress(done_, all_);
  }

  log::EventLog* const log_;
  const ScanOptions& options_;
  const Show& show_;
  absl::Mutex mutex_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mutex_);
  absl::Status failed_ ABSL_GUARDED_BY(mutex_);
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t all_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

absl::Status Scan(log::EventLog* log, const std::vector<Share>& shares, const ScanOptions& options,
                  const std::function<void(size_t thread, const std::string& service,
                                           const log::LoggedRecord& event)>& show) {
  Scanner scanner(log, options, show);
  absl::Status planned = scanner.Plan(shares);
  if (!planned.ok()) return planned;
  return scanner.Run();
}

}  // namespace leadstream::history
