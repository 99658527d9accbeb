// A progress bar on stderr, where that is a terminal; nothing where it is not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace leadstream::cli {

class ProgressBar {
 public:
  explicit ProgressBar(std::string label);
  // Removes the bar.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Not thread-safe. Cheap: it draws only what has changed.
  void Show(size_t done, size_t all);
  // As an option that is told of progress; the bar outlives it.
  std::function<void(int64_t done, int64_t all)> Shown();

 private:
  const std::string label_;
  const bool visible_;
  int shown_percent_ = -1;
};

}  // namespace leadstream::cli
