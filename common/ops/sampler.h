// What has to be asked of the log, or of other threads: a thread asks once a second, so that the
// ops port, which shows the last answers, waits for nobody.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "common/ops/backlog.h"
#include "common/runtime/service.h"

namespace leadstream::ops {

// How one service stood a moment ago.
struct Sample {
  log::Positions ends;  // of its topic; empty: the log has not said yet
  // What others wrote and this node has not folded yet: how much, and for how long.
  int64_t lag_events = 0;
  absl::Duration lag;
  // Events that this node has to react to, and has not.
  int64_t reaction_lag_events = 0;
  int64_t parked_reactions = 0;
};

class Sampler {
 public:
  // They outlive it.
  Sampler(std::vector<runtime::Service*> services, log::EventLog* log);
  ~Sampler();

  const std::vector<runtime::Service*>& services() const { return services_; }
  Sample Of(const runtime::Service& service) const;
  // Asks no more; waits for a question that is out, at most as long as the log takes to give up.
  void Stop();

 private:
  void Run();
  void Look(runtime::Service* service, std::map<std::string, log::Positions>* ends);
  bool stopping() const;

  const std::vector<runtime::Service*> services_;
  log::EventLog* const log_;
  std::map<const runtime::Service*, Backlog> backlogs_;  // the thread's own
  mutable absl::Mutex mutex_;
  std::map<const runtime::Service*, Sample> samples_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace leadstream::ops
