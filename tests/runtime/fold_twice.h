// A topic folded the way the worst of lives would fold it: every record is delivered twice or more,
// partitions take turns at random, batches have any size and some are dropped, and the model is
// closed, or dies with what it had not flushed, between any two of them. What comes of it must be,
// byte for byte, what comes of any other way.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "common/log/event_log.h"
#include "common/store/read_model.h"

namespace leadstream::testing {

// `options.directory` is where the model ends up; beside it, it uses `<directory>.crashed`. The
// same seed folds in the same way.
absl::StatusOr<std::unique_ptr<store::ReadModel>> FoldTwice(log::EventLog* log,
                                                            const std::string& topic,
                                                            const store::Schema& schema,
                                                            store::ReadModelOptions options,
                                                            uint64_t seed);

}  // namespace leadstream::testing
