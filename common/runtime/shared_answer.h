// One question for all who ask it at the same time.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>
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
  explicit SharedAnswer(std::function<Answer()> ask) : ask_(std::move(ask)) {}

  Answer Ask() {
    absl::MutexLock lock(&mutex_);
    const int64_t wanted = put_ + 1;
    auto answered_or_free = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return answered_ >= wanted || !out_;
    };
    mutex_.Await(absl::Condition(&answered_or_free));
    if (answered_ < wanted) Put();
    return *answer_;
  }

 private:
  void Put() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    out_ = true;
    const int64_t number = ++put_;
    mutex_.Unlock();
    Answer answer = ask_();
    mutex_.Lock();
    answer_ = std::move(answer);
    answered_ = number;
    out_ = false;
  }

  const std::function<Answer()> ask_;
  absl::Mutex mutex_;
  int64_t put_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t answered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool out_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Answer> answer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::runtime
