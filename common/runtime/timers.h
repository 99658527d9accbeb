// Issues the commands that are due by themselves (domain::Timer), on the node that writes their
// resources. No thread, clock or network of its own: like a reactor (reactor.h) it lives on one
// thread, in a process (timer_runner.h) or in a simulation.
//
// When something is due follows from how its resource stands, and is kept beside it in the read
// model; that it happened is an event. So nothing is remembered here but what is under way: a node
// that takes a partition over finds what is due in its own read model, and as the request id of
// each command follows from the resource, the timer and the moment, it has one effect whoever
// issues it.
//
// A command that failed is tried again, with delays of up to 10 s, for as long as it is due. One
// that is refused, though it is due, is tried again with growing delays, and reported each time.
// What it is refused for follows from the resource, the clock and what the command needs. So once
// it was refused for longer than the clocks of two nodes may differ (12 times, 34 minutes) and
// needs nothing else, only a change of the resource can bring another answer: nothing is issued
// until the resource has a later revision, which is looked up each hour in the read model alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "common/runtime/counters.h"
#include "common/runtime/ownership.h"
#include "common/runtime/reaction_commands.h"
#include "common/store/due.h"
#include "common/store/read_model.h"

namespace leadstream::runtime {

// What timers need of the world. The answer to Execute comes once, on the timers' thread, and not
// within the call.
class TimersHost {
 public:
  virtual ~TimersHost() = default;
  // The clock that commands are decided by, microseconds since the Unix epoch.
  virtual int64_t TimeMicros() = 0;
  virtual bool Writes(int partition) = 0;
  virtual void Execute(IssuedCommand command, std::function<void(Outcome)> done) = 0;
  virtual void Report(int level, const std::string& message) = 0;
};

struct TimersOptions {
  std::string service;
  size_t under_way_max = 64;
  absl::Duration command_deadline = absl::Seconds(10);
  absl::Duration retry_delay_min = absl::Seconds(1);
  absl::Duration retry_delay_max = absl::Hours(1);
  absl::Duration failure_delay_max = absl::Seconds(10);
  int refusals_max = 12;
  Mutant mutant = Mutant::kNone;
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

class Timers {
 public:
  Timers(const store::ReadModel* model, TimersHost* host, TimersOptions options)
      : model_(model), host_(host), options_(std::move(options)) {}

  // Issues what is due now. To be called about every second: what else becomes due, and how things
  // stand, changes with nobody telling.
  void Advance();
  // Nothing is under way.
  bool idle() const { return under_way_ == 0; }

 private:
  // One that was issued, until it is no longer due.
  struct Attempt {
    bool under_way = false;
    bool seen = false;  // in this pass
    int64_t not_before_us = 0;
    absl::Duration delay;  // after the last failure
    int64_t revision = 0;  // of the resource, when it was issued
    int refusals = 0;      // at that revision
  };
  using Key = std::tuple<int, int64_t, std::string, std::string>;  // partition, moment, timer, name

  void AdvancePartition(int partition);
  void Issue(const Key& key, const store::DueTimer& due, Attempt* attempt);
  // Whether it has been refused for good, as the resource stands.
  bool Settled(const domain::Aggregate& aggregate, const domain::Timer& timer,
               const std::string& name, Attempt* attempt) const;
  void Ended(const Key& key, const Outcome& outcome);

  const store::ReadModel* const model_;
  TimersHost* const host_;
  const TimersOptions options_;
  std::map<Key, Attempt> attempts_;
  size_t under_way_ = 0;
};

}  // namespace leadstream::runtime
