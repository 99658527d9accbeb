// What callers asked for and do not take: it lies here until they do. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <cstddef>
#include <string>

namespace leadstream::server {

class UnsentAnswers {
 public:
  // How much may lie here of one caller, and of all together; and what none is refused for.
  static constexpr size_t kOfOneMax = 64 << 20;
  static constexpr size_t kOfAllMax = 256 << 20;
  static constexpr size_t kOfOneAlways = 1 << 20;
  // Smaller answers are not counted: how many there can be is bounded by the streams of a
  // connection.
  static constexpr size_t kCountedFrom = 1 << 10;

  // Nobody can have too much here, so MayAsk need not be asked. Costs nothing.
  bool is_low() const { return bytes_.load(std::memory_order_relaxed) <= kOfOneMax; }
  // False: `who` is to take what lies here first.
  bool MayAsk(const std::string& who) const;
  void Add(const std::string& who, size_t bytes);
  // It was sent, or its caller has gone.
  void Remove(const std::string& who, size_t bytes);

 private:
  std::atomic<size_t> bytes_{0};
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, size_t> by_caller_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::server
