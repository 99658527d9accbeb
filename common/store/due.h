// What is due by itself in a partition, the longest due first (domain::Timer).
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>

#include <cstdint>
#include <string>

#include "common/store/read_model.h"

namespace leadstream::store {

struct DueTimer {
  int64_t due_us = 0;
  std::string timer;  // "expiry"
  std::string name;   // the resource's
};

// All that is due by then, until `take` answers false.
absl::Status EachDue(const ReadModel& model, int partition, int64_t until_us,
                     absl::FunctionRef<bool(const DueTimer&)> take);

}  // namespace leadstream::store
