// A history as files that other tools read: the events, a table for each kind, in a directory for
// each day; and the resources as they stood.
//
//   DIR/manifest.json                                                        manifest.h
//   DIR/events/context=lead/type=LeadCreated/day=2026-03-02/000001.parquet   by the first export
//   DIR/resources/leads/000001.parquet
//
// The next export into the same directory goes on where the one before ended; of resources the
// newest export's alone are kept. The same range gives the same bytes, whatever the threads, and
// also after an export was killed: the next one takes its place, and its range.
//
// How: partitions are read side by side; events go to files by table (spill.h), resources are
// folded (states.h); then tables are written side by side, each in memory of a bounded size.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string>

#include "cli/export/manifest.h"
#include "cli/export/tables.h"
#include "cli/history/history.h"

namespace leadstream::exporting {

struct ExportOptions {
  std::string directory;
  // Folding them takes reading the log from its beginning, each time.
  bool resources = true;
  // Of resources; nothing: as they stood at the end of what is exported.
  std::optional<absl::Time> as_of;
  // As far as another export went; nothing: as far as the log goes now.
  std::optional<Reached> to;
  size_t threads = 1;
  // Told now and then, by one thread at a time, of records read and bytes written.
  std::function<void(const char* doing, int64_t done, int64_t all)> progress;
};

// The manifest as it is then; there is nothing new if it has no export more.
// FailedPrecondition: the directory holds something else, an export in another format, or one that
// is being written. Unavailable: log or disk.
absl::StatusOr<Manifest> Export(history::History* history, const Format& format,
                                const ExportOptions& options);

}  // namespace leadstream::exporting
