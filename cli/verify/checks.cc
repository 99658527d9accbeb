#include "cli/verify/checks.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "cli/verify/amount_checks.h"

namespace leadstream::verify {

Checks::Checks(const std::vector<domain::ServiceDefinition>& services,
               std::map<std::string, int> partitions, bool whole, Findings* findings)
    : partitions_(std::move(partitions)),
      whole_(whole),
      all_there_(partitions_.size() == services.size()),
      findings_(findings),
      flow_(findings),
      sale_(services, findings) {
  for (const auto& service : services) schemas_.emplace(service.name, store::Schema(service));
}

PartitionChecks* Checks::Of(const std::string& service, int partition) {
  absl::MutexLock lock(&mutex_);
  auto& checks = of_partitions_[{service, partition}];
  if (checks == nullptr) {
    checks = std::make_unique<PartitionChecks>(
        PartitionChecks::Of{service, partition, partitions_.at(service), &schemas_.at(service),
                            whole_},
        findings_);
  }
  return checks.get();
}

void Checks::See(const std::string& service, const log::LoggedRecord& logged, bool counts) {
  const auto payload = Of(service, logged.partition)->See(logged, counts);
  if (!counts) return;
  ++events_;
  flow_.See(service, logged);
  if (payload == nullptr) return;
  CheckAmounts(service, logged, *payload, findings_);
  sale_.See(service, logged, *payload);
}

void Checks::PartitionEnded(const std::string& service, int partition) {
  absl::MutexLock lock(&mutex_);
  auto at = of_partitions_.find({service, partition});
  if (at != of_partitions_.end()) {
    at->second->Ended();
    newest_us_ = std::max(newest_us_, at->second->newest_us());
    of_partitions_.erase(at);
  }
  sale_.Forget(service, partition);
}

void Checks::Finish(const VerifyOptions& options) {
  absl::MutexLock lock(&mutex_);
  const absl::Time end = options.cut_off ? absl::FromUnixMicros(newest_us_) : absl::Now();
  const int64_t settled_us = absl::ToUnixMicros(end - options.grace);
  flow_.Finish(settled_us, all_there_);
  sale_.Finish(settled_us, all_there_);
}

}  // namespace leadstream::verify
