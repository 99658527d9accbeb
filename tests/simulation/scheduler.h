// Virtual time, and what happens in it: one thread, one seed, the same run each time.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace leadstream::simulation {

// The only source of chance. (The distributions of the standard library differ between libraries.)
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint64_t Next() { return engine_(); }
  int Below(int limit) { return static_cast<int>(Next() % static_cast<uint64_t>(limit)); }
  bool Chance(double probability) {
    return static_cast<double>(Next() >> 11) < probability * 9007199254740992.0;
  }
  absl::Duration Between(absl::Duration least, absl::Duration most) {
    const int64_t span = absl::ToInt64Microseconds(most - least);
    return least +
           absl::Microseconds(static_cast<int64_t>(Next() % static_cast<uint64_t>(span + 1)));
  }
  // Mostly near the least, now and then near the most: as delays are.
  absl::Duration Skewed(absl::Duration least, absl::Duration most) {
    const double part = static_cast<double>(Next() >> 11) / 9007199254740992.0;
    return least +
           absl::Microseconds(absl::ToDoubleMicroseconds(most - least) * part * part * part * part);
  }
  template <typename T>
  const T& Of(const std::vector<T>& some) {
    return some[static_cast<size_t>(Below(static_cast<int>(some.size())))];
  }

 private:
  std::mt19937_64 engine_;
};

class Scheduler {
 public:
  explicit Scheduler(uint64_t seed, bool verbose) : random_(seed), verbose_(verbose) {}

  absl::Time now() const { return now_; }
  absl::Duration elapsed() const { return now_ - kBegin; }
  absl::Time begin() const { return kBegin; }
  Random& random() { return random_; }
  // What is due at the same time happens in an order that the seed decides.
  void At(absl::Time when, std::function<void()> what) {
    events_.emplace(std::make_pair(std::max(when, now_), random_.Next()), std::move(what));
  }
  void After(absl::Duration delay, std::function<void()> what) {
    At(now_ + delay, std::move(what));
  }
  // Until `until`, or until nothing is to happen any more.
  void RunUntil(absl::Time until);
  int64_t events_run() const { return events_run_; }

  // One line of the story.
  bool verbose() const { return verbose_; }
  void Say(absl::string_view who, absl::string_view what) const;

 private:
  // Ten seconds before a midnight, so that what is valid through the day expires in the run.
  static constexpr absl::Time kBegin = absl::FromUnixSeconds(1'772'409'590);

  Random random_;
  const bool verbose_;
  absl::Time now_ = kBegin;
  std::multimap<std::pair<absl::Time, uint64_t>, std::function<void()>> events_;
  int64_t events_run_ = 0;
};

}  // namespace leadstream::simulation
