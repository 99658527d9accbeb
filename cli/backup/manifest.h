// What a backup holds: its directory's manifest.json, described in common/v1/backup.proto.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/log/event_log.h"
#include "leadstream/common/v1/backup.pb.h"

namespace leadstream::backup {

using common::v1::BackupFile;
using common::v1::BackupManifest;

inline constexpr int kFormatVersion = 1;

// NotFound: there is no backup. DataLoss: its manifest cannot be read, or an earlier or later
// version has written it.
absl::StatusOr<BackupManifest> ReadManifest(const std::string& directory);
// All of it or nothing, and durable.
absl::Status WriteManifest(const std::string& directory, const BackupManifest& manifest);

// A partition of a service's topic.
using PartitionName = std::pair<std::string, int>;
// By partition, the first offset that is not held.
std::map<PartitionName, int64_t> EndsOf(const BackupManifest& manifest);

struct Size {
  int64_t records = 0;
  int64_t bytes = 0;
};
Size SizeOf(const BackupManifest& manifest);

}  // namespace leadstream::backup
