// Carries a service's reactions out: reads the logs they react to, issues their commands, remembers
// how far it got.
//
// One thread for each topic read. Events of one resource are handled in order; those of different
// resources side by side, a batch at a time, and progress is kept when the whole batch is done: at
// least once in, and, as each command's request id follows from the event, exactly one effect. What
// may pass (UNAVAILABLE, a deadline) is tried again with growing delays and holds its topic up;
// what the rules refuse is parked (parked_reactions.h) and holds up nothing.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/domain/reaction.h"
#include "common/log/event_log.h"
#include "common/log/fence.h"
#include "common/runtime/command.h"
#include "common/runtime/peers.h"

namespace leadstream::runtime {

class ReactionRunner {
 public:
  using Execute = std::function<void(std::unique_ptr<google::protobuf::Message>, CallInfo,
                                     std::function<void(Outcome)>)>;
  struct Options {
    std::string service;
    size_t batch_records_max = 256;
    absl::Duration command_deadline = absl::Seconds(10);
    absl::Duration retry_delay_min = absl::Milliseconds(50);
    absl::Duration retry_delay_max = absl::Seconds(5);
    std::function<void(int level, const std::string& message)> report;
  };

  ReactionRunner(const std::vector<domain::Reaction>* reactions, log::EventLog* log, Peers* peers,
                 Execute execute, Options options);
  ~ReactionRunner();

  // Starts reading where it left off, or at the log's beginning. Waits for topics that do not exist
  // yet.
  void Start();
  // Finishes the commands under way and stops.
  void Stop();

  // Issues one reaction's commands for one event, again; for a parked one. The refusal of the
  // command with `key`, if it has one.
  absl::StatusOr<std::optional<domain::Refusal>> ReactAgain(const std::string& reaction,
                                                            const std::string& key,
                                                            const std::string& position);

 private:
  struct Step {
    const domain::Reaction* reaction;
    log::LoggedRecord logged;
  };
  void Follow(const std::string& topic);
  // Whether there was anything to do.
  absl::StatusOr<bool> React(std::vector<log::LoggedRecord> records);
  // Until it was accepted or parked. Cancelled: the runner stops.
  absl::Status ReactTo(const domain::Reaction& reaction, const log::LoggedRecord& logged);
  absl::StatusOr<domain::Commands> CommandsOf(const domain::Reaction& reaction,
                                              const log::LoggedRecord& logged);
  Outcome Issue(const domain::Reaction& reaction, const log::LoggedRecord& logged,
                const domain::Commands::Command& command);
  Outcome ExecuteAndWait(std::unique_ptr<google::protobuf::Message> request, CallInfo call);
  absl::Status Park(const domain::Reaction& reaction, const log::LoggedRecord& logged,
                    const std::string& key, const domain::Refusal& refusal);
  bool Stopping() const {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  }
  // False: the runner stops.
  bool Sleep(absl::Duration delay);

  const std::vector<domain::Reaction>* const reactions_;
  log::EventLog* const log_;
  Peers* const peers_;
  const Execute execute_;
  const Options options_;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Whether trying the same again later may help.
bool IsPassing(absl::StatusCode code);

}  // namespace leadstream::runtime
