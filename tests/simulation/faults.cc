#include "tests/simulation/faults.h"

namespace leadstream::simulation {

Faults Faults::Draw(Random* random) {
  Faults faults;
  auto rate = [random](double most) {
    return random->Chance(0.5) ? 0 : most * 0.01 * (1 + random->Below(100));
  };
  auto every = [random](absl::Duration least, absl::Duration most) {
    return random->Chance(0.4) ? absl::InfiniteDuration() : random->Between(least, most);
  };
  faults.append_lost = rate(0.04);
  faults.append_late = rate(0.04);
  faults.report_lost = rate(0.04);
  faults.report_late = rate(0.1);
  faults.report_twice = rate(0.2);
  faults.read_late = rate(0.5);
  faults.end_late = 0.01 * random->Below(100);
  faults.read_again = rate(0.3);
  faults.progress_lost = rate(0.3);
  faults.reply_lost = rate(0.3);
  faults.callers_go_on = 0.01 * random->Below(100);
  faults.callers_rest_max = random->Skewed(absl::Milliseconds(20), absl::Seconds(1));
  faults.latency_max = random->Skewed(absl::Milliseconds(2), absl::Milliseconds(500));
  faults.read_latency_max = random->Skewed(absl::Milliseconds(2), absl::Milliseconds(1'500));
  faults.append_timeout = random->Between(absl::Milliseconds(500), absl::Seconds(3));
  faults.crash = every(absl::Milliseconds(800), absl::Seconds(8));
  faults.pause = every(absl::Milliseconds(800), absl::Seconds(8));
  faults.drain = every(absl::Seconds(2), absl::Seconds(10));
  faults.cut = every(absl::Milliseconds(800), absl::Seconds(8));
  faults.log_cut = every(absl::Seconds(1), absl::Seconds(10));
  faults.disk = every(absl::Seconds(1), absl::Seconds(10));
  faults.divide = every(absl::Milliseconds(500), absl::Seconds(6));
  faults.clock_jump = every(absl::Seconds(2), absl::Seconds(20));
  faults.clock_skew_max = random->Skewed(absl::ZeroDuration(), absl::Seconds(3));
  return faults;
}

Faults Faults::NodesApart() {
  Faults faults;
  faults.nodes_apart = true;
  return faults;
}

}  // namespace leadstream::simulation
