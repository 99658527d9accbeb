#include "tests/simulation/scheduler.h"

#include <absl/strings/str_format.h>

#include <iostream>

namespace leadstream::simulation {

void Scheduler::RunUntil(absl::Time until) {
  while (!events_.empty() && events_.begin()->first.first <= until) {
    auto event = events_.extract(events_.begin());
    now_ = event.key().first;
    ++events_run_;
    event.mapped()();
  }
  now_ = std::max(now_, until);
}

void Scheduler::Say(absl::string_view who, absl::string_view what) const {
  if (verbose_)
    std::cout << absl::StrFormat("%10.4f  %-12s %s\n", absl::ToDoubleSeconds(elapsed()), who, what);
}

}  // namespace leadstream::simulation
