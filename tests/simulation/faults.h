// What goes wrong in a run, and how often. Each seed draws its own mixture, so that some runs are
// full of one kind of trouble and free of the others.
#pragma once

#include <absl/time/time.h>

#include "tests/simulation/scheduler.h"

namespace leadstream::simulation {

struct Faults {
  // Of the log: how likely, for each append.
  double append_lost = 0;  // from some record on, nothing of this producer arrives any more
  double append_late = 0;  // it arrives about when its writer gives it up, or long after
  double report_lost = 0;  // it is there, and its writer gives it up
  double report_late = 0;
  double report_twice = 0;
  double read_late = 0;      // long after it has arrived
  double end_late = 0;       // where it ends is told after what is being read
  double read_again = 0;     // a follower is given records that it has had
  double progress_lost = 0;  // it is not kept, or it is and the report says otherwise
  absl::Duration latency_max = absl::Milliseconds(10);
  absl::Duration read_latency_max = absl::Milliseconds(20);
  absl::Duration append_timeout = absl::Seconds(2);
  // What a node has carried out for another, and the connection broke before it could say so.
  double reply_lost = 0;
  // A caller who was answered goes on with the same thing, at the node that wrote it before.
  double callers_go_on = 0.2;
  absl::Duration callers_rest_max = absl::Milliseconds(800);
  // Of the nodes and what is between them: the mean time to the next; infinite: never.
  absl::Duration crash = absl::InfiniteDuration();
  absl::Duration pause = absl::InfiniteDuration();
  absl::Duration drain = absl::InfiniteDuration();
  absl::Duration cut = absl::InfiniteDuration();      // nodes do not reach each other
  absl::Duration log_cut = absl::InfiniteDuration();  // nodes do not reach the log
  absl::Duration disk = absl::InfiniteDuration();     // a read model cannot be written
  absl::Duration divide = absl::InfiniteDuration();   // the partitions are proposed anew
  absl::Duration clock_jump = absl::InfiniteDuration();
  absl::Duration clock_skew_max;
  // No node reaches another, from the beginning to the end of the faults, and nothing else fails.
  bool nodes_apart = false;

  static Faults Draw(Random* random);
  static Faults NodesApart();
};

}  // namespace leadstream::simulation
