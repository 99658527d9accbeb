// What becomes of a lead in the demo: decided by its id alone, so that every run tells the same
// stories.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>

namespace leadstream::demo {

class Fate {
 public:
  explicit Fate(absl::string_view lead) {
    for (const char c : lead)
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211u;  // FNV-1a
    pace_ = ~state_;
  }

  // A number from 0 to below - 1; each call gives the next.
  int Below(int below) { return static_cast<int>(Next(&state_) % static_cast<uint64_t>(below)); }
  bool Chance(int percent) { return Below(100) < percent; }
  // How long somebody takes, from `least` days to `most`; whatever that is, the story is the same.
  absl::Duration Days(int least, int most) {
    const absl::Duration range = absl::Hours(24) * (most - least);
    return absl::Hours(24) * least + range * (static_cast<double>(Next(&pace_) >> 11) * 0x1p-53);
  }

 private:
  static uint64_t Next(uint64_t* state) {
    *state += 0x9E3779B97F4A7C15u;  // splitmix64
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
  }

  uint64_t state_ = 14695981039346656037u;
  uint64_t pace_ = 0;
};

}  // namespace leadstream::demo
