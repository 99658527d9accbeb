#include "cli/history/follow.h"

#include <absl/base/thread_annotations.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <memory>
#include <thread>
#include <utility>

#include "common/log/fence.h"
#include "common/log/position.h"

namespace leadstream::history {
namespace {

constexpr size_t kReadMax = 1'000;
constexpr absl::Duration kReadWaitMax = absl::Milliseconds(200);
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

class Follower {
 public:
  Follower(log::EventLog* log, const FollowOptions& options, const Take& take)
      : log_(log), options_(options), take_(take) {}

  absl::Status Run(const std::vector<Share>& shares) {
    std::vector<std::thread> threads;
    for (const Share& share : shares) {
      log::Positions shown_from;
      auto given = options_.from.find(share.first);
      if (given != options_.from.end()) {
        shown_from = given->second;
      } else {
        auto ends = log_->Ends(log::TopicOf(share.first));
        if (!ends.ok()) return End(&threads, ends.status());
        shown_from = std::move(*ends);
      }
      threads.emplace_back([this, share, shown_from] { FollowTopic(share, shown_from); });
    }
    return End(&threads, absl::OkStatus());
  }

 private:
  absl::Status End(std::vector<std::thread>* threads, absl::Status status) {
    if (!status.ok()) {
      absl::MutexLock lock(&mutex_);
      ended_ = true;
    }
    for (std::thread& thread : *threads) thread.join();
    return status;
  }

  bool ended() {
    absl::MutexLock lock(&mutex_);
    return ended_ || options_.stop();
  }

  void FollowTopic(const Share& share, const log::Positions& shown_from) {
    const auto& [service, partitions] = share;
    std::map<int, log::Fence> fences;
    log::Positions next;
    for (const int partition : partitions) next[partition] = 0;
    auto show = [&, service = service](const log::LoggedRecord& logged) {
      next[logged.partition] = logged.offset + 1;
      if (!fences[logged.partition].Admit(logged.record)) return;
      auto from = shown_from.find(logged.partition);
      if (from != shown_from.end() && logged.offset < from->second) return;
      absl::MutexLock lock(&mutex_);
      ended_ = ended_ || !take_(service, logged);
    };
    while (!ended()) {
      auto cursor = log_->Read(log::TopicOf(service), next);
      absl::Status status = cursor.status();
      while (status.ok() && !ended())
        status = (*cursor)->Show(kReadMax, absl::Now() + kReadWaitMax, show).status();
      if (status.ok()) continue;
      {
        absl::MutexLock lock(&mutex_);
        options_.report(
            absl::StrCat(log::TopicOf(service), ": ", status.message(), "; trying again"));
      }
      absl::SleepFor(kRetryDelay);
    }
  }

  log::EventLog* const log_;
  const FollowOptions& options_;
  const Take& take_;
  absl::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

absl::Status Follow(log::EventLog* log, const std::vector<Share>& shares,
                    const FollowOptions& options, const Take& take) {
  return Follower(log, options, take).Run(shares);
}

}  // namespace leadstream::history
