// Until something holds that others bring about.
#pragma once

#include <absl/time/clock.h>

namespace leadstream::testing {

// Whether it does within 20 s, which a busy machine may take.
template <typename Holds>
bool Await(const Holds& holds) {
  for (const absl::Time deadline = absl::Now() + absl::Seconds(20); !holds();
       absl::SleepFor(absl::Milliseconds(5))) {
    if (absl::Now() > deadline) return false;
  }
  return true;
}

}  // namespace leadstream::testing
