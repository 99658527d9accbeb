// One run: nodes, callers and faults from a seed, until everything is settled again; and what did
// not hold. The same seed is the same run.
//
//   Result result = Simulate({.seed = 4711});
//   if (!result.violations.empty()) ...   // simulate --seeds 4711-4711 --verbose tells the story
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/runtime/ownership.h"

namespace leadstream::simulation {

struct Options {
  uint64_t seed = 1;
  runtime::Mutant mutant = runtime::Mutant::kNone;
  bool verbose = false;
};

struct Result {
  std::vector<std::string> violations;
  int64_t events_run = 0;      // of the scheduler
  int64_t records = 0;         // in the log
  int64_t events_counted = 0;  // of them
  int64_t claims = 0;
  int64_t calls = 0, accepted = 0;
  double seconds_simulated = 0;
  double seconds_to_settle = 0;
  uint64_t digest = 0;  // of the log
};

Result Simulate(const Options& options);

}  // namespace leadstream::simulation
