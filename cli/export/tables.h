// Tables that an export consists of, and how one becomes a file.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/export/columns.h"
#include "common/log/event_log.h"

namespace leadstream::exporting {

// The events of one kind and day, or the resources of one kind.
struct Table {
  std::string context;     // "lead"
  std::string type;        // of events: their full proto name; of resources: empty
  std::string collection;  // of resources: "leads"; of events: empty
  int64_t day = 0;         // of events: days since 1970, UTC
  auto operator<=>(const Table&) const = default;

  bool is_resource() const { return !collection.empty(); }
  // Below the directory of the export: "events/context=lead/type=LeadCreated/day=2026-03-02", or
  // "resources/leads".
  std::string Path() const;
};

// "LeadCreated" of leadstream.lead.v1.LeadCreated; "LeadCreated.v2" of leadstream.lead.v2's.
std::string ShortType(const std::string& type);

struct Row {
  const log::LoggedRecord* event = nullptr;  // null of resources
  // What the event says, or the resource; null: this version does not know what it is.
  const google::protobuf::Message* message = nullptr;
};

// What a table's rows look like.
struct Shape {
  Table table;
  // What events say, or the resource; null: this version does not know such events.
  const google::protobuf::Message* prototype = nullptr;
};

// A file of one table, as it is written.
class TableFile {
 public:
  virtual ~TableFile() = default;
  virtual absl::Status Add(const Row& row) = 0;
  // Nothing is added afterwards. All is with the operating system then.
  virtual absl::Status Finish() = 0;
};

class Format {
 public:
  virtual ~Format() = default;
  // "parquet"; also what files are called by.
  virtual std::string name() const = 0;
  // Unavailable: it cannot be written.
  virtual absl::StatusOr<std::unique_ptr<TableFile>> Create(const std::string& path,
                                                            const Shape& shape) const = 0;
};

// True: the event says more than its columns show (it was written by a newer version, or cannot be
// read), so that its bytes are kept as well.
bool SaysMore(const Row& row);

}  // namespace leadstream::exporting
