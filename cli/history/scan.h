// Every event of a log that counts, as fast as it can be read: on several threads, each partition
// on one of them and in the order of the log, partitions in no order.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/history/merge.h"
#include "common/log/event_log.h"

namespace leadstream::history {

struct ScanOptions {
  size_t threads = 1;
  // Told now and then, by one thread at a time: records read and records there are.
  std::function<void(int64_t done, int64_t all)> progress = nullptr;
  // By service: partitions are read on from there; those that are not named, from the beginning.
  std::map<std::string, log::GroupProgress> from = {};
  // By service: partitions are read up to there; those that are not named, up to where they end as
  // this begins.
  std::map<std::string, log::Positions> to = {};
  // Shown every record, on the thread that reads it, and whether it counts; before `show`.
  std::function<void(size_t thread, const std::string& service, const log::LoggedRecord& record,
                     bool counts)>
      seen = nullptr;
  // Told of each partition that was read, on the thread that read it: from where to go on.
  std::function<void(size_t thread, const std::string& service, int partition,
                     const log::Progress& reached)>
      ended = nullptr;
};

// Calls `show` with the number of the thread, 0 to threads - 1: what is kept by that number needs
// no lock. What it is shown is only good until it returns. Unavailable: the log cannot be read now.
// OutOfRange: it does not go as far as `to`.
absl::Status Scan(log::EventLog* log, const std::vector<Share>& shares, const ScanOptions& options,
                  const std::function<void(size_t thread, const std::string& service,
                                           const log::LoggedRecord& event)>& show);

}  // namespace leadstream::history
