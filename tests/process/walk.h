// A walk through the whole process: random commands and reads to all five services, embedded, over
// gRPC, and what must hold afterwards. The same seed issues the same commands.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace leadstream::process {

struct Options {
  uint64_t seed = 1;
  int steps = 500;
  // So many commands are issued before it is waited until all that follows from them has happened.
  // 1: nothing depends on time, and the seed repeats the walk step by step. More: commands race
  // with what reactions do.
  int hurry = 1;
  // The invariants are looked at after so many steps, and at the end.
  int look_every = 250;
  bool verbose = false;
};

struct Result {
  // What did not hold, one line each, the first ones alone.
  std::vector<std::string> violations;
  int steps = 0;
  int64_t calls = 0, accepted = 0, refused = 0, events = 0;
  int64_t quotes = 0, orders = 0, invoices = 0, credit_notes = 0, payments = 0;
  std::map<std::string, int64_t> accepted_by_method, refused_by_method;
  std::map<std::string, int64_t> refused_by_reason;
  std::map<std::string, int64_t> events_by_type;
};

Result Walk(const Options& options);

// Methods that the walks never saw accepted, though nobody exempted them (commands.h); and events
// of commands that reactions issue which never happened.
std::vector<std::string> NeverAccepted(const std::vector<Result>& results);

}  // namespace leadstream::process
