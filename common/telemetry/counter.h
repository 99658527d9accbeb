// What is counted, for whoever exports it: this knows no exporter. To count is one or three relaxed
// atomic additions, with no lock and no allocation, so it may stand on the way of every command.
//
//   Histogram durations(Durations());
//   durations.Observe(absl::ToInt64Nanoseconds(took));
#pragma once

#include <absl/types/span.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace leadstream::telemetry {

// Only grows.
class Counter {
 public:
  void Add(int64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// How much there is now.
class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t more) { value_.fetch_add(more, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// What a histogram tells apart: upper bounds, rising, in the unit that is observed, and how many of
// these are one of the base unit that is exported.
struct Scale {
  absl::Span<const int64_t> bounds;
  double per_base_unit = 1;
};

// Nanoseconds, exported as seconds: 100 µs to 10 s.
inline Scale Durations() {
  static constexpr std::array<int64_t, 16> kBounds = {
      100'000,       250'000,       500'000,       1'000'000,     2'500'000,   5'000'000,
      10'000'000,    25'000'000,    50'000'000,    100'000'000,   250'000'000, 500'000'000,
      1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};
  return {kBounds, 1e9};
}
// Things, by powers of two.
inline Scale Sizes() {
  static constexpr std::array<int64_t, 11> kBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1'024};
  return {kBounds, 1};
}

class Histogram {
 public:
  explicit Histogram(Scale scale) : scale_(scale), buckets_(scale.bounds.size() + 1) {}

  void Observe(int64_t value) {
    const auto& bounds = scale_.bounds;
    const auto at = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
    buckets_[static_cast<size_t>(at)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }

  const Scale& scale() const { return scale_; }
  // How many were within each bound and above the one before; the last one: above them all.
  std::vector<int64_t> buckets() const {
    std::vector<int64_t> counts;
    for (const auto& bucket : buckets_) counts.push_back(bucket.load(std::memory_order_relaxed));
    return counts;
  }
  int64_t sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const Scale scale_;
  std::vector<std::atomic<int64_t>> buckets_;
  std::atomic<int64_t> sum_{0};
};

}  // namespace leadstream::telemetry
