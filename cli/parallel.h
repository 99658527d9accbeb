// Work side by side, for calls that mostly wait.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace leadstream::cli {

// Calls `work(i)` for every i below `count`, at most `threads` at a time; returns when all have
// ended.
template <typename Work>
void EachInParallel(size_t count, size_t threads, const Work& work) {
  std::atomic<size_t> next{0};
  auto loop = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < std::min(threads, count); ++i) helpers.emplace_back(loop);
  loop();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace leadstream::cli
