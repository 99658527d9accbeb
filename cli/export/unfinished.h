// What an export has beside its files while it is written: `DIR/.unfinished`, with the plan, which
// says what range it was to have. It is gone when the manifest is written; where it is still there,
// an export was killed, and the next one that wants the same takes its place.
//
//   .unfinished/plan-1b4f0e98a1c2d3e4.json   named by what it depends on: kinds of events and
//                                            resources, format, what is exported, and since when
//                                            this machine has run: what was written before it went
//                                            down may not have come to the disk
//   .unfinished/table-0 ...                  a file that is being written
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "cli/export/manifest.h"

namespace leadstream::exporting {

class Unfinished {
 public:
  // Whether an export was killed there.
  static bool IsIn(const std::string& directory);
  // `plan` becomes that of the export which was killed, if that wanted the same: `what`, in the
  // same format, as of the same time, and knew the same kinds of events. What another one left that
  // is not in the manifest is removed. FailedPrecondition: somebody else is writing there.
  static absl::StatusOr<std::unique_ptr<Unfinished>> Begin(const std::string& directory,
                                                           Manifest* plan, const Manifest& manifest,
                                                           const std::string& what);
  ~Unfinished();

  const std::string& directory() const { return directory_; }
  // The manifest is written.
  void End();

 private:
  Unfinished(std::string directory, int lock) : directory_(std::move(directory)), lock_(lock) {}

  const std::string directory_;
  const int lock_;  // a file that is locked as long as it is open
};

}  // namespace leadstream::exporting
