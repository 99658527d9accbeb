// Carries out a service's reactions to the events of one topic, on one node. No thread, clock or
// network of its own: like a replica (replica.h) it lives on one thread, in a process
// (reaction_runner.h) or in a simulation.
//
// Events of one resource are handled in order, those of different ones side by side. An event is
// done when each of its commands was accepted or parked; how far a partition is done is what is
// kept as its progress: at least once in, and, as each command's request id follows from the event,
// exactly one effect. What may pass (UNAVAILABLE, a deadline) is tried again with growing delays
// and holds up its own resource only; what the rules refuse is parked (parked_reactions.h) and
// holds up nothing.
//
// A node reacts to those partitions whose writer it is in its own service (partition i of a topic
// with more partitions belongs to i modulo its own), so a dead node's reactions are taken over as
// fast as its partitions. For a moment two nodes may react to the same event, which does no harm.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/log/fence.h"
#include "common/runtime/counters.h"
#include "common/runtime/ownership.h"
#include "common/runtime/reaction_commands.h"

namespace leadstream::runtime {

// What a reactor needs of the world; each answer comes once, on the reactor's thread, and not
// within the call.
class ReactorHost {
 public:
  virtual ~ReactorHost() = default;
  virtual absl::Time Now() = 0;
  // See reaction_commands.h.
  virtual void MakeCommands(std::shared_ptr<const Occasion> occasion, absl::Time deadline,
                            std::function<void(absl::StatusOr<domain::Commands>)> done) = 0;
  virtual void Execute(IssuedCommand command, std::function<void(Outcome)> done) = 0;
  virtual void CommitProgress(log::GroupProgress progress,
                              std::function<void(absl::Status)> done) = 0;
  virtual void Report(int level, const std::string& message) = 0;
};

struct ReactorOptions {
  std::string service;
  size_t events_open_max = 512;  // read and not done
  size_t lanes_max = 64;         // resources handled at the same time
  absl::Duration command_deadline = absl::Seconds(10);
  absl::Duration retry_delay_min = absl::Milliseconds(50);
  absl::Duration retry_delay_max = absl::Seconds(5);
  absl::Duration commit_interval = absl::Milliseconds(100);
  // Most events lead to nothing; how far those were read is kept only now and then.
  absl::Duration idle_commit_interval = absl::Seconds(1);
  // What is kept is kept again: a former writer that was stopped and goes on may have put its own,
  // older progress in its place, and Kafka forgets what was not kept for a week.
  absl::Duration repeat_commit_interval = absl::Seconds(30);
  Mutant mutant = Mutant::kNone;
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

class Reactor {
 public:
  Reactor(const std::vector<domain::Reaction>* reactions, ReactorHost* host, ReactorOptions options)
      : reactions_(reactions), host_(host), options_(std::move(options)) {}

  // From now on it reacts to just these partitions, those it did not have from the progress given.
  void Own(const log::GroupProgress& partitions);
  // The next records of partitions that it owns; others are passed over.
  void Deliver(std::vector<log::LoggedRecord> records);
  // Whether it takes more records now.
  bool hungry() const { return open_ < options_.events_open_max; }
  size_t events_open() const { return open_; }
  // Where to read its partitions on from.
  log::Positions next_offsets() const;
  // Up to where each of its partitions is done, kept or not.
  log::Positions done_offsets() const;
  // Does what is due; when it next wants to be called at the latest.
  absl::Time Advance();
  // Nothing is under way: what is open may begin anew elsewhere.
  bool idle() const { return under_way_ == 0; }
  // Begins nothing more.
  void Stop() { stopping_ = true; }
  // What was done and not kept yet, or not since then.
  log::GroupProgress Progress(absl::Time repeat_before = absl::InfinitePast()) const;

 private:
  struct Partition {
    int64_t next_offset = 0;  // to be read
    log::Fence fence;
    std::map<int64_t, int64_t> open;  // offset of an event that is not done, and its epoch
    log::Progress kept;
    absl::Time kept_at = absl::InfinitePast();
  };
  // One event's way through one reaction.
  struct Step {
    std::shared_ptr<const Occasion> occasion;
    std::shared_ptr<domain::Commands> commands;  // null: not made yet
    size_t next_command = 0;
    bool parked = false;
    bool last = false;  // of its event
  };
  // The events of one resource.
  struct Lane {
    std::string subject;
    std::deque<Step> steps;
    bool under_way = false;
    absl::Time not_before = absl::InfinitePast();
    absl::Duration delay = absl::ZeroDuration();
  };

  void Begin(Lane* lane);
  void IssueNext(Lane* lane);
  void ParkStep(Lane* lane, const std::string& key, const domain::Refusal& refusal,
                std::function<void()> then);
  void EndStep(Lane* lane);
  void Retry(Lane* lane, absl::string_view why);
  void Commit();

  const std::vector<domain::Reaction>* const reactions_;
  ReactorHost* const host_;
  const ReactorOptions options_;
  std::map<int, Partition> partitions_;
  std::map<std::string, Lane> lanes_;
  size_t open_ = 0;
  size_t under_way_ = 0;
  bool stopping_ = false;
  bool committing_ = false;
  bool effects_ = false;  // since the last commit
  absl::Time committed_at_ = absl::InfinitePast();
};

}  // namespace leadstream::runtime
