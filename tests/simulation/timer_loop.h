// The timers of a node in the simulation: what timer_runner.cc does with a thread, as events.
#pragma once

#include <functional>
#include <string>

#include "common/runtime/timers.h"

namespace leadstream::simulation {

class Node;

class TimerLoop : private runtime::TimersHost {
 public:
  explicit TimerLoop(Node* node);

  void Start();
  // What its node should have done by now, when nothing goes wrong any more; empty: it has.
  std::string Unsettled();

 private:
  int64_t TimeMicros() override;
  bool Writes(int partition) override;
  void Execute(runtime::IssuedCommand command, std::function<void(runtime::Outcome)> done) override;
  void Report(int level, const std::string& message) override;

  Node* const node_;
  runtime::Timers timers_;
};

}  // namespace leadstream::simulation
