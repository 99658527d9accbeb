// A program that says in its first line that it runs, and where, and ends with its standard input.
// That is a pipe of ours: so it ends with this process, however that ends.
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace leadstream::testing {

class RunningProgram {
 public:
  // Waits for that line; `output` is a file for it. Of a program that has ended before, its exit
  // status stands in its place.
  RunningProgram(const std::string& command, const std::string& output)
      : running_(
            popen(absl::StrCat(command, " > ", output, " || echo $? > ", output).c_str(), "we")) {
    while (!std::getline(std::ifstream(output), said_) || said_.empty())
      absl::SleepFor(absl::Milliseconds(20));
  }
  // Until it has ended.
  ~RunningProgram() { pclose(running_); }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  const std::string& said() const { return said_; }

 private:
  FILE* const running_;
  std::string said_;
};

}  // namespace leadstream::testing
