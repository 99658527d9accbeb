// The flags of commands that read a log: whose history, and which events of it.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/history/history.h"
#include "cli/history/selection.h"
#include "common/server/options.h"

namespace leadstream::cli {

// Adds --log and --data: whose history it is.
void AddHistoryFlags(CLI::App* command, server::Options* options);

// A time that a flag says; none where nothing was said. INVALID_ARGUMENT: names the flag.
absl::Status ReadTime(const char* flag, const std::string& text, std::optional<absl::Time>* time);

// As they were given.
struct SelectionFlags {
  std::string resource;
  std::vector<std::string> services, types, from, to;
  std::string actor, correlation_id, since, until, filter;
};

// Adds NAME and --context, --type, --actor, ...: which events are wanted.
void AddSelectionFlags(CLI::App* command, SelectionFlags* flags);
// INVALID_ARGUMENT: names the flag that cannot be read.
absl::StatusOr<history::SelectionOptions> SelectionOf(const SelectionFlags& flags);

}  // namespace leadstream::cli
