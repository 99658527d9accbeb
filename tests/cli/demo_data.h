// What the demo leaves, for tests that only read it.
#pragma once

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/run_leadstream.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {

// A demo's data, made once in a process.
inline const std::string& DemoData() {
  static const auto* const directory = new TemporaryDirectory;
  static const auto* const data = [] {
    auto* path = new std::string(directory->path() + "/demo");
    const Ran ran = Leadstream(absl::StrCat("demo --data ", *path, " --samples ", kSamples));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    return path;
  }();
  return *data;
}

}  // namespace leadstream::testing
