// The files of a backup: records of a partition, one after the other, each a varint of its length
// and a serialized common.v1.Record (what protobuf calls delimited).
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdio>
#include <string>
#include <vector>

#include "cli/backup/manifest.h"
#include "cli/export/sha256.h"
#include "leadstream/common/v1/record.pb.h"

namespace leadstream::backup {

// Writes a partition's records into files of at most about `bytes_max`. Not thread-safe.
class RecordsWriter {
 public:
  RecordsWriter(std::string directory, PartitionName partition, int64_t bytes_max);
  ~RecordsWriter();

  // The record of this offset; the one after the last.
  absl::Status Add(int64_t offset, const common::v1::Record& record);
  // No more come. The files, durable.
  absl::StatusOr<std::vector<BackupFile>> Finish();

 private:
  absl::Status Flush();
  absl::Status CloseFile();

  const std::string directory_;
  const PartitionName partition_;
  const int64_t bytes_max_;
  std::FILE* out_ = nullptr;
  std::string buffer_;
  exporting::Sha256 hash_;
  std::vector<BackupFile> files_;
};

// Shows the records of a file. DataLoss: it is not the one that the manifest names; the message
// says the file, and some records may have been shown. An error of `show` ends it.
absl::Status EachRecord(
    const std::string& directory, const BackupFile& file,
    absl::FunctionRef<absl::Status(int64_t offset, const common::v1::Record& record)> show);

}  // namespace leadstream::backup
