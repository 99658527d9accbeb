#include "cli/verify/findings.h"

#include <algorithm>
#include <utility>

namespace leadstream::verify {

void Findings::Add(Finding finding) {
  absl::MutexLock lock(&mutex_);
  ++counts_[finding.check];
  std::vector<Finding>& kept = kept_[finding.check];
  if (kept.size() < kept_max_) kept.push_back(std::move(finding));
}

int64_t Findings::count() const {
  int64_t all = 0;
  for (const auto& [check, count] : counts()) all += count;
  return all;
}

std::map<std::string, int64_t> Findings::counts() const {
  absl::MutexLock lock(&mutex_);
  return counts_;
}

std::vector<Finding> Findings::kept() const {
  absl::MutexLock lock(&mutex_);
  std::vector<Finding> all;
  for (const auto& [check, kept] : kept_) all.insert(all.end(), kept.begin(), kept.end());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace leadstream::verify
