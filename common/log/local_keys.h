// How the embedded log lies in RocksDB.
//
// Keys, all big-endian so that byte order is offset order. A topic's name holds no NUL.
//
//   'p' topic                                  -> number of partitions, decimal
//   'r' topic NUL partition:u32 offset:u64     -> Record
//   'g' group NUL topic NUL partition:u32      -> offset of the next record:u64 epoch:u64
//   'w'                                        -> empty; written to see whether writing works
#pragma once

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <rocksdb/status.h>

#include <cstdint>
#include <string>

#include "common/log/big_endian.h"

namespace leadstream::log {

inline std::string RecordPrefix(const std::string& topic, int partition) {
  return absl::StrCat("r", topic, std::string(1, '\0'), BigEndian32(partition));
}
inline std::string RecordKey(const std::string& topic, int partition, int64_t offset) {
  return RecordPrefix(topic, partition) + BigEndian64(offset);
}
inline std::string GroupPrefix(const std::string& group, const std::string& topic) {
  return absl::StrCat("g", group, std::string(1, '\0'), topic, std::string(1, '\0'));
}

inline absl::Status ToStatus(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(doing, ": ", status.ToString());
  if (status.IsCorruption()) return absl::DataLossError(message);
  return absl::UnavailableError(message);
}

}  // namespace leadstream::log
