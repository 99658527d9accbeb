// All checks together, for whoever reads events partition by partition.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/verify/findings.h"
#include "cli/verify/flow_checks.h"
#include "cli/verify/partition_checks.h"
#include "cli/verify/sale_checks.h"
#include "cli/verify/verify.h"

namespace leadstream::verify {

class Checks {
 public:
  // `partitions`: how many each service has, of those whose events are read. `whole`: as of
  // PartitionChecks.
  Checks(const std::vector<domain::ServiceDefinition>& services,
         std::map<std::string, int> partitions, bool whole, Findings* findings);

  // Records of one partition come in order and on one thread. Thread-safe otherwise.
  void See(const std::string& service, const log::LoggedRecord& logged, bool counts);
  void PartitionEnded(const std::string& service, int partition);
  void Finish(const VerifyOptions& options);
  int64_t events() const { return events_; }

 private:
  PartitionChecks* Of(const std::string& service, int partition);

  const std::map<std::string, int> partitions_;
  const bool whole_, all_there_;
  Findings* const findings_;
  std::map<std::string, store::Schema> schemas_;
  FlowChecks flow_;
  SaleChecks sale_;
  std::atomic<int64_t> events_ = 0;
  absl::Mutex mutex_;
  // When the last event was recorded of those partitions that have ended.
  int64_t newest_us_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::pair<std::string, int>, std::unique_ptr<PartitionChecks>> of_partitions_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::verify
