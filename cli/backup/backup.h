// A copy of a log up to one position of each partition, taken while servers write it: the embedded
// one as it stood when it was opened, or Kafka's.
//
// What it holds could have been left by a crash at that moment: no effect without its cause, no
// reaction that is done without what came of it. A directory that holds a backup is gone on with.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/backup/manifest.h"
#include "common/log/event_log.h"

namespace leadstream::backup {

struct BackupOptions {
  std::string directory;
  size_t threads = 1;
  // About so much in a file.
  int64_t file_bytes_max = 64 << 20;
  std::function<void(int64_t done, int64_t all)> progress = nullptr;
};

struct BackedUp {
  BackupManifest manifest;
  Size added;  // by this run; all of it if there was no backup before
};

// `services`: whose topics are copied, where the log has them. FailedPrecondition: somebody else
// writes to the directory, or it holds the backup of another log. DataLoss: a record is missing.
// Unavailable: the log or the directory cannot be used now; what was there before is as it was.
absl::StatusOr<BackedUp> Backup(log::EventLog* log, const std::vector<std::string>& services,
                                const BackupOptions& options);

}  // namespace leadstream::backup
