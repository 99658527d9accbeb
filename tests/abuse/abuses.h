// What callers do who mean harm.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace leadstream::testing {

// Where it is done, until when, and how much of it was done.
struct Harm {
  int port = 0;
  std::string lead;  // the name of one that there is
  std::atomic<bool> over{false};
  std::atomic<int64_t> done{0}, connections{0}, refused{0};
};

struct Abuse {
  std::string name;
  // Returns once harm->over; may run on several threads, which share the harm.
  void (*commit)(Harm* harm);
};

// How many threads commit an abuse.
inline constexpr int kAbusers = 4;

const std::vector<Abuse>& Abuses();

}  // namespace leadstream::testing
