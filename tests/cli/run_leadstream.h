// leadstream as it is typed: the real executable, its output and its exit code.
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

namespace leadstream::testing {

inline const std::string kSamples = LEADSTREAM_SOURCE_DIR "/samples";

struct Ran {
  int exit_code = -1;
  std::string output;  // stdout and stderr

  std::vector<std::string> lines() const { return absl::StrSplit(output, '\n', absl::SkipEmpty()); }
};

inline Ran Shell(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  char buffer[4096];
  for (size_t read = fread(buffer, 1, sizeof buffer, pipe); read > 0;
       read = fread(buffer, 1, sizeof buffer, pipe))
    ran.output.append(buffer, read);
  ran.exit_code = WEXITSTATUS(pclose(pipe));
  return ran;
}

// `environment` as it stands before a command: "LEADSTREAM_DATA=/tmp LEADSTREAM_NODE=anna".
inline Ran Leadstream(const std::string& arguments, const std::string& environment = "") {
  return Shell(absl::StrCat(environment, " ", LEADSTREAM_EXECUTABLE, " ", arguments));
}

// What it printed as one JSON object.
inline google::protobuf::Struct JsonOf(const Ran& ran) {
  google::protobuf::Struct json;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ran.output, &json).ok()) << ran.output;
  return json;
}

}  // namespace leadstream::testing
