// A limit program: it does the same kind of work with no domain in it, and prints `calls/s N p50_us
// N p99_us N`.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace leadstream::bench {

struct Limit {
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double cpu_us = 0;  // of all its threads, for one call
};

// Processor time that this process has used; or that its ended children have.
double CpuSeconds(bool children = false);

// Runs `command` in a shell. NotFound: it cannot be run, or prints no such figures.
absl::StatusOr<Limit> RunLimit(const std::string& command);

// What lies between two runs, one before and one after.
Limit Between(const Limit& before, const Limit& after);

}  // namespace leadstream::bench
