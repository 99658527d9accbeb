// One question for all who ask it at the same time.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace leadstream::runtime {

// An answer is good for those who asked before the question was put, as it tells of no earlier
// moment than theirs: whoever comes while it is out waits for the next one, with all who come
// meanwhile. So however many ask, one question is out. Waits as long as two questions take.
// Thread-safe.
template <typename Answer>
class SharedAnswer {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SharedAnswer(std::function<Answer()> ask) : ask_(std::move(ask)) {}

  // One that tells of no earlier moment than `since`, which may be long past: then there may be one
  // already.
  Answer Ask(Clock::time_point since = Clock::now()) {
    absl::MutexLock lock(&mutex_);
    auto answered_or_free = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return IsAnswered(since) || !out_;
    };
    mutex_.Await(absl::Condition(&answered_or_free));
    if (!IsAnswered(since)) Put();
    return *answer_;
  }

 private:
  bool IsAnswered(Clock::time_point since) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return answer_ && put_at_ > since;
  }
  void Put() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    out_ = true;
    mutex_.Unlock();
    const Clock::time_point put_at = Clock::now();
    Answer answer = ask_();
    mutex_.Lock();
    answer_ = std::move(answer);
    put_at_ = put_at;
    out_ = false;
  }

  const std::function<Answer()> ask_;
  absl::Mutex mutex_;
  bool out_ ABSL_GUARDED_BY(mutex_) = false;
  Clock::time_point put_at_ ABSL_GUARDED_BY(mutex_);  // the question to `answer_`
  std::optional<Answer> answer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::runtime
