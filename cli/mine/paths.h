// The paths that sales really took: how often each, how long from step to step, what was done
// again, and where they ended.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/mine/sales.h"

namespace leadstream::mine {

// Of lengths of time; between two of them in proportion, as SQL's quantile_cont has it.
struct Times {
  int64_t count = 0;
  double median_s = 0, p90_s = 0;
};
Times TimesOf(std::vector<int64_t> lengths_us);

// Sales that went the same way. A step that follows itself is there once.
struct Variant {
  std::vector<std::string> steps;
  int64_t sales = 0, paid = 0, lost = 0;
  Times times;  // from the first step to the last
};

struct Rework {
  int64_t sales = 0, times = 0;  // in how many of them, how often in all
};

// Where sales ended, or stand: after which step, by which step, and why.
struct End {
  std::string after, step, reason;
  auto operator<=>(const End&) const = default;
};

struct Paths {
  int64_t sales = 0, paid = 0, lost = 0;
  Times to_payment;                      // of those that are paid, from the first step to the last
  std::vector<Variant> variants;         // the most frequent first
  std::map<std::string, int64_t> steps;  // in how many sales
  std::map<std::pair<std::string, std::string>, Times> times;  // from one step to the next
  std::map<std::string, Rework> rework;
  std::map<End, int64_t> ends;              // sales that were lost
  std::map<std::string, int64_t> standing;  // those that are open, by their last step
};

enum class By { kAll, kPipeline, kSource, kOwner };

// By pipeline, source or owner; "" is those that have none. Of all: one, "".
std::map<std::string, Paths> PathsOf(const Sales& sales, By by);

}  // namespace leadstream::mine
