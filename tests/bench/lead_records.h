// The log of a lead service that only took inquiries: a claim for each partition, then LeadCreated
// events, decided by the service's own rules.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <vector>

#include "common/domain/aggregate.h"
#include "common/log/event_log.h"

namespace leadstream::bench {

class LeadRecords {
 public:
  explicit LeadRecords(int partitions);

  // The next one, with its offset if nothing else is written to the topic.
  log::LoggedRecord Next();

 private:
  static constexpr int64_t kFirstTimeUs = 1'780'000'000'000'000;  // May 2026
  static constexpr int64_t kBetweenUs = 1'000;

  log::LoggedRecord Claim();

  const domain::Aggregate leads_;
  std::vector<int64_t> next_offsets_;
  int claimed_ = 0;
  uint64_t number_ = 0;
};

// Writes as many leads to the lead service's topic, which nobody else writes.
absl::Status WriteLeads(log::EventLog* log, int partitions, int leads);

}  // namespace leadstream::bench
