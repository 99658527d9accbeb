// A Kafka of the tests' own (deploy/kafka/broker). It ends with this process, however that ends,
// and leaves nothing behind.
#pragma once

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/running_program.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {

class KafkaBroker {
 public:
  explicit KafkaBroker(int nodes = 1, const std::string& host = "127.0.0.1")
      : running_(absl::StrCat(Command("run"), " --nodes ", nodes, " --host ", host),
                 directory_.path() + "/said") {}

  bool runs() const { return address().find(':') != std::string::npos; }
  bool cannot_be_had() const { return address() == "77"; }
  const std::string& address() const { return running_.said(); }
  // "kill 1", "revive 1", "pause 1", "resume 1".
  void Do(const std::string& command) {
    ASSERT_EQ(std::system(Command(command).c_str()), 0) << command;
  }

 private:
  std::string Command(const std::string& command) const {
    return absl::StrCat(LEADSTREAM_SOURCE_DIR "/deploy/kafka/broker ", command, " --dir ",
                        directory_.path(), "/kafka");
  }

  TemporaryDirectory directory_;
  const RunningProgram running_;  // says its address
};

// The broker of a test executable, started once; its main is `return RunTestsOnKafka(argc, argv)`.
inline KafkaBroker* kafka = nullptr;

inline int RunTestsOnKafka(int argc, char** argv, int nodes = 1) {
  constexpr int kSkipped = 77;  // as tests/CMakeLists.txt tells CTest
  ::testing::InitGoogleTest(&argc, argv);
  if (::testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  KafkaBroker broker(nodes);
  if (broker.cannot_be_had()) {
    std::fprintf(stderr,
                 "SKIPPED: every test of %s, because Apache Kafka cannot be had here (see above)\n",
                 argv[0]);
    return kSkipped;
  }
  if (!broker.runs()) return 1;
  kafka = &broker;
  return RUN_ALL_TESTS();
}

}  // namespace leadstream::testing
