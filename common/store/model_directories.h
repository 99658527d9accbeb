// Where a read model lies, and what lies beside it:
//
//   lead              the one in use
//   lead.building-7   one of format 7, being folded from the log beside it
//   lead.next-7       complete: taken into use when a node that reads format 7 starts next
//   lead.previous     what was in use before that, until it is rolled back to, or replaced
//   lead.broken       what could not be used
//
// Each step is one rename: whatever process dies between two, the next start goes on from there.
#pragma once

#include <absl/status/statusor.h>

#include <string>

namespace leadstream::store {

// `directory` is the one in use. Each of this version's format.
std::string BuildingDirectory(const std::string& directory);
std::string NextDirectory(const std::string& directory);
std::string PreviousDirectory(const std::string& directory);

// Nobody has it open, and it cannot be used: takes the place of an older one of that kind.
absl::Status SetAside(const std::string& directory);
// What is being built, and closed, is complete.
absl::Status MakeNext(const std::string& directory);
// Takes the next one into use, if there is one, and says so. While nobody has either open. Also
// goes on with what a process that died was about.
absl::StatusOr<bool> SwitchToNext(const std::string& directory);
// Takes the previous one into use again; the other one becomes the previous. NotFound: there is
// none. FailedPrecondition: a process has one of them open.
absl::Status RollBack(const std::string& directory);

}  // namespace leadstream::store
