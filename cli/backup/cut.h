// A consistent cut through a log: a position in each partition, such that no event before it was
// caused by one behind it. A log that ends there could have been left by a crash.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/backup/manifest.h"

namespace leadstream::backup {

// A record near the cut.
struct NearCut {
  PartitionName partition;
  int64_t offset = 0;
  std::string id;
  std::string causation_id;
};

// Moves `ends` back to where no record before them has its cause among the records behind them.
// `records`: all that may lie behind an end or have their cause there.
void MakeConsistent(const std::vector<NearCut>& records, std::map<PartitionName, int64_t>* ends);

}  // namespace leadstream::backup
