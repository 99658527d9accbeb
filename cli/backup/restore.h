// A backup becomes a log again, with every record at the offset that it had.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "cli/backup/manifest.h"
#include "common/log/event_log.h"

namespace leadstream::backup {

struct RestoreOptions {
  std::string directory;
  size_t threads = 1;
  // As it was then: each partition ends before its first event that was recorded later, or whose
  // cause was.
  std::optional<absl::Time> to = std::nullopt;
  std::function<void(int64_t done, int64_t all)> progress = nullptr;
};

// What is to be restored: every file was read, and is as the manifest says.
struct RestorePlan {
  BackupManifest manifest;
  std::map<PartitionName, int64_t> ends;
  // By service that reacts and service that it reads.
  std::map<std::pair<std::string, std::string>, log::GroupProgress> progress;
  int64_t records = 0;
};

// NotFound: there is no backup. DataLoss: a file is missing or was changed; the message names it.
absl::StatusOr<RestorePlan> PlanRestore(const RestoreOptions& options);

// AlreadyExists: a topic holds records; nothing was written. Any other error: what was written is
// to be thrown away.
absl::Status Restore(const RestorePlan& plan, const RestoreOptions& options, log::EventLog* log);

}  // namespace leadstream::backup
