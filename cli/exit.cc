#include <cstdio>
#include <string>

#include "cli/commands.h"

namespace leadstream::cli {

int ExitOf(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "leadstream: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace leadstream::cli
