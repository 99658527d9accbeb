// What is wrong in a log, and where.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace leadstream::verify {

struct Finding {
  std::string check;     // "revision-gap": which invariant does not hold
  std::string position;  // "lead/3:1041": the event at which that shows; or a file of an export
  std::string resource;  // may be empty
  std::string what;      // in words
  auto operator<=>(const Finding&) const = default;
};

// Thread-safe. Of each check it counts all and keeps some.
class Findings {
 public:
  explicit Findings(size_t kept_max) : kept_max_(kept_max) {}

  void Add(Finding finding);
  int64_t count() const;
  // By check.
  std::map<std::string, int64_t> counts() const;
  // In the order of checks and positions.
  std::vector<Finding> kept() const;

 private:
  const size_t kept_max_;
  mutable absl::Mutex mutex_;
  std::map<std::string, int64_t> counts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Finding>> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::verify
