// Reactors (reactor.h) in a process: one thread for each topic that a service reacts to, and a few
// for what asks other services.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/domain/reaction.h"
#include "common/runtime/peers.h"
#include "common/runtime/reactor.h"
#include "common/runtime/worker_pool.h"
#include "common/telemetry/trace.h"

namespace leadstream::runtime {

class ReactionRunner {
 public:
  using Execute = std::function<void(std::unique_ptr<google::protobuf::Message>, CallInfo,
                                     std::function<void(Outcome)>)>;
  struct Options {
    std::string service;
    // Whether this node reacts to a partition now; any partition of any topic. Unset: to all.
    std::function<bool(int partition)> owns;
    OwnReader own;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    const telemetry::Tracer* tracer = telemetry::NoTracer();
    std::function<void(int level, const std::string& message)> report;
  };

  ReactionRunner(const std::vector<domain::Reaction>* reactions, log::EventLog* log, Peers* peers,
                 Execute execute, Options options);
  ~ReactionRunner();

  // Starts reading where it left off, or at the log's beginning. Waits for topics that do not exist
  // yet.
  void Start();
  // What this node owns has changed.
  void OwnsOther();
  // Finishes the commands under way and stops.
  void Stop();

  // By topic, up to where everything is reacted to, and that is answered. Nothing of a topic that
  // does not exist yet.
  std::map<std::string, log::Positions> Done();

  // Issues one reaction's commands for one event, again; for a parked one. The refusal of the
  // command with `key`, if it has one.
  absl::StatusOr<std::optional<domain::Refusal>> ReactAgain(const std::string& reaction,
                                                            const std::string& key,
                                                            const std::string& position);

 private:
  class Follower;

  Outcome ExecuteAndWait(IssuedCommand command);

  const std::vector<domain::Reaction>* const reactions_;
  log::EventLog* const log_;
  Peers* const peers_;
  const Execute execute_;
  const Options options_;
  std::unique_ptr<WorkerPool> asking_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Follower>> followers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::runtime
