// The demo's office over years: very many inquiries, each on its way for weeks, written into a log
// as fast as the services' rules decide.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/demo/catalogue.h"
#include "cli/demo/place.h"
#include "common/log/event_log.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::demo {

struct ScaleOptions {
  // About so many, between `since` and `until`.
  int64_t events = 0;
  absl::Time since, until;
  // The same seed, the same log.
  uint64_t seed = 1;
  int partitions = 12;
  std::string scratch;  // a directory that is thrown away afterwards
  std::function<void(absl::Time reached, int64_t records)> progress = [](absl::Time, int64_t) {};
};

struct ScaleFigures {
  int64_t records = 0, inquiries = 0, over = 0, under_way = 0, parked = 0;
};

// The log is empty. An error: a step of a sale failed that should not have, or the log cannot be
// written.
absl::StatusOr<ScaleFigures> SellForYears(const Catalogue& catalogue,
                                          std::vector<lead::v1::CreateLeadRequest> samples,
                                          const ScaleOptions& options, log::EventLog* log);

// Into the log that the options name, with a line of what came of it.
absl::Status ScaleDemo(DemoOptions options, const Catalogue& catalogue);

}  // namespace leadstream::demo
