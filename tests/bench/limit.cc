#include "tests/bench/limit.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <stdio.h>
#include <sys/resource.h>

#include <sstream>

namespace leadstream::bench {

double CpuSeconds(bool children) {
  rusage used{};
  getrusage(children ? RUSAGE_CHILDREN : RUSAGE_SELF, &used);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

absl::StatusOr<Limit> RunLimit(const std::string& command) {
  const absl::Time began = absl::Now();
  const double cpu_before = CpuSeconds(/*children=*/true);
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  char buffer[512];
  while (pipe != nullptr && fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
  if (pipe != nullptr) pclose(pipe);
  Limit limit;
  std::istringstream words(output);
  for (std::string word; words >> word;) {
    if (word == "calls/s") words >> limit.per_second;
    if (word == "p50_us") words >> limit.p50_us;
    if (word == "p99_us") words >> limit.p99_us;
  }
  const double calls = limit.per_second * absl::ToDoubleSeconds(absl::Now() - began);
  limit.cpu_us = (CpuSeconds(/*children=*/true) - cpu_before) * 1e6 / calls;
  if (limit.per_second <= 0)
    return absl::NotFoundError(absl::StrCat("no figures from `", command, "`"));
  return limit;
}

Limit Between(const Limit& before, const Limit& after) {
  return {(before.per_second + after.per_second) / 2, (before.p50_us + after.p50_us) / 2,
          (before.p99_us + after.p99_us) / 2, (before.cpu_us + after.cpu_us) / 2};
}

}  // namespace leadstream::bench
