// The embedded log: one RocksDB, one fsync for each group appended. No other server needed.
//
//   auto log = LocalLog::Open({.directory = "leadstream-data/log"});
//
// One process may write it (RocksDB's lock file); any number may read a copy of the moment with
// OpenForReading, or go along with OpenForFollowing.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::log {

struct LocalLogOptions {
  std::string directory;
  size_t write_buffer_bytes = 32u << 20;
};

class LocalLog : public EventLog {
 public:
  // Makes the directory if it is missing. Unavailable: another process has it open, or it cannot be
  // written; the message says which.
  static absl::StatusOr<std::unique_ptr<LocalLog>> Open(const LocalLogOptions& options);
  // As the log stands now, also while another process writes it. Appending fails.
  static absl::StatusOr<std::unique_ptr<LocalLog>> OpenForReading(const LocalLogOptions& options);
  // As it becomes while another process writes it, at most a moment later. Appending fails. It may
  // show what that process has appended and not been answered yet, and what a machine that loses
  // its power then loses. `scratch` is a directory of its own.
  static absl::StatusOr<std::unique_ptr<LocalLog>> OpenForFollowing(const LocalLogOptions& options,
                                                                    const std::string& scratch);

  // The topics there are, in the order of their names.
  virtual std::vector<std::string> Topics() = 0;
};

}  // namespace leadstream::log
