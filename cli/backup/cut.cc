#include "cli/backup/cut.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>

namespace leadstream::backup {

void MakeConsistent(const std::vector<NearCut>& records, std::map<PartitionName, int64_t>* ends) {
  // Each round moves an end back, and with it some effects whose own effects then have no cause.
  for (bool moved = true; moved;) {
    moved = false;
    absl::flat_hash_set<absl::string_view> behind;
    for (const NearCut& record : records)
      if (record.offset >= ends->at(record.partition)) behind.insert(record.id);
    for (const NearCut& record : records) {
      int64_t& end = ends->at(record.partition);
      if (record.offset >= end || !behind.contains(record.causation_id)) continue;
      end = record.offset;
      moved = true;
    }
  }
}

}  // namespace leadstream::backup
