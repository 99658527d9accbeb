// For how long a reader has been behind: since when the log held something that it has not folded
// yet. By this node's clock alone, so that writers' clocks do not matter. Not thread-safe.
#pragma once

#include <absl/time/time.h>

#include <deque>
#include <utility>

#include "common/log/event_log.h"

namespace leadstream::ops {

class Backlog {
 public:
  // Where the log ended at a moment. Later moments only.
  void Saw(absl::Time at, log::Positions ends) {
    // A reader that does not come forward is told by the oldest of them; the newest is renewed.
    if (seen_.size() >= kSeenMax) seen_.pop_back();
    seen_.emplace_back(at, std::move(ends));
  }
  // How old the oldest moment is whose ends are not folded; zero if there is none.
  absl::Duration AgeAt(absl::Time now, const log::Positions& folded) {
    while (!seen_.empty() && IsFolded(seen_.front().second, folded)) seen_.pop_front();
    return seen_.empty() ? absl::ZeroDuration() : now - seen_.front().first;
  }

 private:
  static constexpr size_t kSeenMax = 600;

  // Partitions that are not asked about have nothing to be behind of.
  static bool IsFolded(const log::Positions& ends, const log::Positions& folded) {
    for (const auto& [partition, end] : ends) {
      auto at = folded.find(partition);
      if (at != folded.end() && at->second < end) return false;
    }
    return true;
  }

  std::deque<std::pair<absl::Time, log::Positions>> seen_;
};

}  // namespace leadstream::ops
