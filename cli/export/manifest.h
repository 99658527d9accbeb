// What an export holds, as its manifest.json says: written last, in one go, so that what it names
// is there, wholly.
//
//   {"format":"parquet","as_of":"",
//    "exports":[{"number":1,"events":5017,"to":{"lead":{"0":{"offset":171,"epoch":1}, ...}}}],
//    "files":[{"path":"events/context=lead/type=LeadCreated/day=2026-03-02/000001.parquet",
//              "export":1,"rows":400,"bytes":81023,"sha256":"9f86..."}, ...]}
//
// Each export goes on where the one before ended: `to` is the offset of the first event, by service
// and partition, that it does not hold. Nothing in it depends on when or where it was written.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::exporting {

using Reached = std::map<std::string, log::GroupProgress>;  // by service

struct ExportedRange {
  int64_t number = 0;
  int64_t events = 0;
  Reached to;
};

struct ExportedFile {
  std::string path;
  int64_t number = 0;  // of the export that wrote it
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string sha256;
};

struct Manifest {
  std::string format;
  std::string as_of;  // of the resources; empty: all that `exports` hold
  std::vector<ExportedRange> exports;
  std::vector<ExportedFile> files;  // in the order of their paths

  std::string ToJson() const;
  // InvalidArgument: it is none.
  static absl::StatusOr<Manifest> Parse(const std::string& json);
};

// NotFound: there is no such file.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// All of it or nothing, and durable. Unavailable: it cannot be written.
absl::Status ReplaceFile(const std::string& path, const std::string& text);
// Renames a file that was written under another name, durably.
absl::Status MoveIntoPlace(const std::string& from, const std::string& to);
// Makes durable what was written below a directory, and elsewhere on its disk. Unavailable: it
// cannot be.
absl::Status SyncAll(const std::string& directory);
// In hexadecimal digits, and its size.
absl::StatusOr<std::pair<std::string, int64_t>> Sha256OfFile(const std::string& path);

}  // namespace leadstream::exporting
