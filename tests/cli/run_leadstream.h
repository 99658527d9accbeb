// leadstream as it is typed: its output and its exit code.
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <cstdio>
#include <string>
#include <vector>

namespace leadstream::testing {

struct Ran {
  int exit_code = -1;
  std::string output;  // stdout and stderr

  std::vector<std::string> lines() const { return absl::StrSplit(output, '\n', absl::SkipEmpty()); }
};

// `environment` as it stands before a command: "LEADSTREAM_DATA=/tmp LEADSTREAM_NODE=anna".
inline Ran Leadstream(const std::string& arguments, const std::string& environment = "") {
  Ran ran;
  FILE* pipe = popen(
      absl::StrCat(environment, " ", LEADSTREAM_EXECUTABLE, " ", arguments, " 2>&1").c_str(), "r");
  char buffer[4096];
  for (size_t read = fread(buffer, 1, sizeof buffer, pipe); read > 0;
       read = fread(buffer, 1, sizeof buffer, pipe))
    ran.output.append(buffer, read);
  ran.exit_code = WEXITSTATUS(pclose(pipe));
  return ran;
}

}  // namespace leadstream::testing
