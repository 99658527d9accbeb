// What becomes of a lead in the demo: decided by its id alone, so that every run tells the same
// stories.
#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>

namespace leadstream::demo {

class Fate {
 public:
  explicit Fate(absl::string_view lead) {
    for (const char c : lead)
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 1099511628211u;  // FNV-1a
  }

  // A number from 0 to below - 1; each call gives the next.
  int Below(int below) {
    state_ += 0x9E3779B97F4A7C15u;  // splitmix64
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return static_cast<int>((mixed ^ (mixed >> 31)) % static_cast<uint64_t>(below));
  }
  bool Chance(int percent) { return Below(100) < percent; }

 private:
  uint64_t state_ = 14695981039346656037u;
};

}  // namespace leadstream::demo
