#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace leadstream::cli {
namespace {

constexpr int kWidth = 40;

}  // namespace

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), visible_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (visible_ && shown_percent_ >= 0) std::fputs("\r\033[K", stderr);
}

void ProgressBar::Show(size_t done, size_t all) {
  const int percent = all == 0 ? 100 : static_cast<int>(done * 100 / all);
  if (!visible_ || percent == shown_percent_) return;
  shown_percent_ = percent;
  const int filled = percent * kWidth / 100;
  std::fprintf(stderr, "\r%-12s [%s%s] %3d %%", label_.c_str(),
               std::string(static_cast<size_t>(filled), '#').c_str(),
               std::string(static_cast<size_t>(kWidth - filled), '.').c_str(), percent);
  std::fflush(stderr);
}

std::function<void(int64_t done, int64_t all)> ProgressBar::Shown() {
  return [this](int64_t done, int64_t all) {
    Show(static_cast<size_t>(done), static_cast<size_t>(all));
  };
}

}  // namespace leadstream::cli
