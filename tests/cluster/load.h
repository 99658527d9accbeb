// Callers of a cluster, who remember every answer: offices that sell from lead to payment, and
// clerks who enter leads at a steady rate.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/cluster/cluster.h"
#include "tests/crash/stubborn_client.h"

namespace leadstream::testing {

class ClusterLoad {
 public:
  // Until Stop. `rate` is the clerks' commands a second, all together.
  ClusterLoad(const Cluster* cluster, int offices, int rate, uint64_t seed);
  ~ClusterLoad() { Stop(); }
  // Everybody finishes what is begun.
  void Stop();

  StubbornClient& client() { return client_; }
  int sales() const { return sales_; }
  // Sales and leads that did not come to their end as they should.
  std::vector<std::string> failures() const;

 private:
  void Sell(int office, uint64_t seed);
  void Enter(int clerk, absl::Duration interval);
  void Fail(std::string what);

  StubbornClient client_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> sales_{0};
  mutable absl::Mutex mutex_;
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace leadstream::testing
