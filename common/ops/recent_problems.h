// The last warnings and errors that were logged, for the status page.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace leadstream::ops {

class RecentProblems : public spdlog::sinks::base_sink<std::mutex> {
 public:
  struct Line {
    absl::Time time;
    std::string level, message;
  };

  // `redacted`: a text without what it must not tell.
  explicit RecentProblems(std::string (*redacted)(absl::string_view)) : redacted_(redacted) {}

  // The newest first.
  std::vector<Line> lines() {
    std::lock_guard<std::mutex> lock(mutex_);
    return {lines_.rbegin(), lines_.rend()};
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (message.level < spdlog::level::warn) return;
    if (lines_.size() >= kLinesMax) lines_.pop_front();
    const auto level = spdlog::level::to_string_view(message.level);
    lines_.push_back(
        {absl::FromChrono(message.time),
         {level.data(), level.size()},
         redacted_({message.payload.data(), std::min(message.payload.size(), kBytesMax)})});
  }
  void flush_() override {}

 private:
  static constexpr size_t kLinesMax = 50;
  static constexpr size_t kBytesMax = 1'000;

  std::string (*const redacted_)(absl::string_view);
  std::deque<Line> lines_;
};

}  // namespace leadstream::ops
