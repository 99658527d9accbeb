// A few threads and a bounded queue, for work that waits.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <deque>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace leadstream::runtime {

class WorkerPool {
 public:
  WorkerPool(int threads, size_t queue_depth_max) : queue_depth_max_(queue_depth_max) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  }
  ~WorkerPool() { Close(); }
  // Finishes what waits, and takes no more; others may still come to add. By one thread.
  void Close() {
    {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  // False: too much waits, or it is closed; `work` was not taken.
  bool Add(std::function<void()> work) {
    absl::MutexLock lock(&mutex_);
    if (closing_ || queue_.size() >= queue_depth_max_) return false;
    queue_.push_back(std::move(work));
    return true;
  }

 private:
  void Run() {
    for (;;) {
      std::function<void()> work;
      {
        absl::MutexLock lock(&mutex_);
        auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
          return closing_ || !queue_.empty();
        };
        mutex_.Await(absl::Condition(&ready));
        if (queue_.empty()) return;
        work = std::move(queue_.front());
        queue_.pop_front();
      }
      work();
    }
  }

  const size_t queue_depth_max_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace leadstream::runtime
