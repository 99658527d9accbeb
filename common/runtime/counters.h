// What one service counts on one node, for whoever exports it (common/ops).
#pragma once

#include "common/runtime/command.h"
#include "common/telemetry/counter.h"

namespace leadstream::runtime {

struct Counters {
  // Commands that were answered, where they were asked: one that was passed on to another node does
  // not count there again. Failed ones were not decided, and may be tried again.
  telemetry::Counter commands_accepted, commands_repeated, commands_refused, commands_failed;
  // Decided and appended together.
  telemetry::Histogram group_commands{telemetry::Sizes()};
  telemetry::Histogram append_duration{telemetry::Durations()};
  // Commands that wait, or are with another node.
  telemetry::Gauge queue_depth;
  telemetry::Gauge partitions_without_writer;
  // At a record that cannot be read.
  telemetry::Gauge partitions_stopped;
  // Valid claims in this node's name; and those by which others took what it wrote.
  telemetry::Counter claims, fences;
  // Reactions to an event that had something to do: it was done, or an operator must look at it, or
  // something passing held it up.
  telemetry::Counter reactions_done, reactions_parked, reactions_retried;
  telemetry::Counter timers_accepted, timers_refused, timers_failed;
  telemetry::Gauge watches;

  void Answered(const Outcome& outcome) {
    if (!outcome.refusal) {
      (outcome.repeated ? commands_repeated : commands_accepted).Add();
    } else {
      (IsOfTheRules(*outcome.refusal) ? commands_refused : commands_failed).Add();
    }
  }
};

}  // namespace leadstream::runtime
