// What is made of a text that may change while the process runs: a policy, a set of keys.
//
//   auto keys = Reloaded<KeySet>::Open(place, KeySet::Parse, {.interval = absl::Minutes(5)});
//   (*keys)->Get()->Verify(...);
//
// A text that cannot be had or understood changes nothing: what was there stays, and the problem is
// reported once. Thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "common/auth/fetch.h"

namespace leadstream::auth {

template <typename T>
class Reloaded {
 public:
  using Parse = std::function<absl::StatusOr<T>(const std::string&)>;
  struct Options {
    absl::Duration interval = absl::Seconds(5);
    // AskAgain is heard so often.
    absl::Duration asked_interval = absl::Seconds(10);
    // Something changed (level 2), or could not (3): as spdlog's levels.
    std::function<void(int level, const std::string&)> report = [](int, const std::string&) {};
  };

  // The error names the place.
  static absl::StatusOr<std::unique_ptr<Reloaded>> Open(std::string place, Parse parse,
                                                        Options options) {
    auto reloaded = std::unique_ptr<Reloaded>(
        new Reloaded(std::move(place), std::move(parse), std::move(options)));
    absl::Status first = reloaded->Reload();
    if (!first.ok()) return first;
    reloaded->thread_ = std::thread([one = reloaded.get()] { one->Run(); });
    return reloaded;
  }

  ~Reloaded() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    if (thread_.joinable()) thread_.join();
  }

  std::shared_ptr<const T> Get() const {
    absl::MutexLock lock(&mutex_);
    return value_;
  }
  // It may have changed: looked at soon. Waits for nothing.
  void AskAgain() {
    absl::MutexLock lock(&mutex_);
    asked_ = true;
  }

 private:
  Reloaded(std::string place, Parse parse, Options options)
      : place_(std::move(place)), parse_(std::move(parse)), options_(std::move(options)) {}

  absl::Status Reload() {
    auto text = Fetch(place_);
    if (!text.ok()) return text.status();
    if (*text == text_) return absl::OkStatus();
    auto value = parse_(*text);
    if (!value.ok())
      return absl::Status(value.status().code(),
                          absl::StrCat(place_, ": ", value.status().message()));
    const bool is_first = text_.empty();
    text_ = std::move(*text);
    {
      absl::MutexLock lock(&mutex_);
      value_ = std::make_shared<const T>(std::move(*value));
    }
    if (!is_first) options_.report(2, absl::StrCat(place_, " was read anew"));
    return absl::OkStatus();
  }

  void Run() {
    absl::Time looked = absl::Now();
    std::string told;
    for (;;) {
      {
        absl::MutexLock lock(&mutex_);
        const auto due = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return stopping_ || (asked_ && absl::Now() - looked >= options_.asked_interval);
        };
        // Woken once a second, so that a question that came too early is heard in time.
        const absl::Time next = looked + options_.interval;
        while (!due() && absl::Now() < next)
          mutex_.AwaitWithDeadline(absl::Condition(&stopping_),
                                   std::min(next, absl::Now() + absl::Seconds(1)));
        if (stopping_) return;
        asked_ = false;
      }
      looked = absl::Now();
      absl::Status reloaded = Reload();
      const std::string problem(reloaded.message());
      if (!reloaded.ok() && problem != told)
        options_.report(3, absl::StrCat("kept as it was: ", problem));
      told = problem;
    }
  }

  const std::string place_;
  const Parse parse_;
  const Options options_;
  std::string text_;  // the thread's, once it runs
  mutable absl::Mutex mutex_;
  std::shared_ptr<const T> value_ ABSL_GUARDED_BY(mutex_);
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace leadstream::auth
