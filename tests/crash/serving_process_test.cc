// What the crash and cluster tests rely on: that a process is as dead, or as still, as they think.
#include "tests/serving_process.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServingProcessTest : public ::testing::Test {
 protected:
  // A shell that does as it is told; $1 is its address.
  void Run(const std::string& script) {
    absl::Status started = process_.Start({"-c", script});
    ASSERT_TRUE(started.ok()) << started;
  }
  // `first` is done before it says that it serves.
  void Serve(const std::string& script, const std::string& first = "") {
    Run(absl::StrCat(first, "echo serving on port; ", script));
    absl::Status serves = process_.WaitUntilServing(absl::Seconds(10));
    ASSERT_TRUE(serves.ok()) << serves;
  }
  std::string Log() const {
    std::ifstream in(process_.log_path());
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  void AwaitLog(const std::string& text) {
    for (const absl::Time deadline = absl::Now() + absl::Seconds(10);
         !absl::StrContains(Log(), text); absl::SleepFor(absl::Milliseconds(2)))
      ASSERT_LT(absl::Now(), deadline) << Log();
  }

  TemporaryDirectory directory_;
  ServingProcess process_{"/bin/sh", directory_.path() + "/log"};
};

constexpr char kForEver[] = "while :; do sleep 0.01; done";

TEST_F(ServingProcessTest, IsToldItsAddressEachTime) {
  for (int life = 0; life < 2; ++life) {
    Serve(absl::StrCat("echo $0 $1; ", kForEver));
    AwaitLog(absl::StrCat("--listen ", process_.address()));
    EXPECT_GT(process_.start_up(), absl::ZeroDuration());
    EXPECT_GT(process_.ResidentBytes(), 0);
    EXPECT_TRUE(process_.Kill().ok());
    EXPECT_EQ(process_.ResidentBytes(), 0);
  }
  ServingProcess other("/bin/sh", directory_.path() + "/other");
  EXPECT_NE(other.address(), process_.address());
}

TEST_F(ServingProcessTest, SaysWhyItDoesNotServe) {
  Run("echo no disk; exit 3");
  absl::Status serves = process_.WaitUntilServing(absl::Seconds(10));
  EXPECT_THAT(serves.ToString(), HasSubstr("exit code 3"));
  EXPECT_THAT(serves.ToString(), HasSubstr("no disk"));
  ServingProcess nothing("/no/such/executable", directory_.path() + "/nothing");
  ASSERT_TRUE(nothing.Start({}).ok());
  EXPECT_THAT(nothing.WaitUntilServing(absl::Seconds(10)).ToString(), HasSubstr("exit code 127"));
}

TEST_F(ServingProcessTest, OneThatEndedByItselfWasNotKilled) {
  Run("echo ending; exit 3");
  AwaitLog("ending");
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_THAT(process_.Kill().ToString(), HasSubstr("exit code 3"));
  EXPECT_FALSE(process_.Kill().ok()) << "not running";
}

TEST_F(ServingProcessTest, StopsWithItsExitCodeInTimeOrNot) {
  EXPECT_EQ(process_.Stop(absl::Seconds(1)), -1) << "not started";
  Serve(kForEver, "trap 'exit 4' TERM; ");
  EXPECT_EQ(process_.Stop(absl::Seconds(10)), 4);
  EXPECT_EQ(process_.Stop(absl::Seconds(1)), -1) << "stopped already";
  Serve(kForEver);
  EXPECT_EQ(process_.Stop(absl::Seconds(10)), -1) << "ended by the signal";
  Serve(kForEver, "trap '' TERM; ");
  EXPECT_EQ(process_.Stop(absl::Milliseconds(100)), -1) << "still running";
  EXPECT_TRUE(process_.Kill().ok());
}

TEST_F(ServingProcessTest, DoesNothingWhileItIsPaused) {
  EXPECT_FALSE(process_.Pause().ok()) << "not started";
  Serve("while :; do echo alive; sleep 0.01; done");
  AwaitLog("alive");
  ASSERT_TRUE(process_.Pause().ok());
  const std::string before = Log();
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_EQ(Log(), before);
  ASSERT_TRUE(process_.Resume().ok());
  AwaitLog(before + "alive");
}

TEST_F(ServingProcessTest, RemembersTheErrorsOfAllItsLives) {
  for (const char* level : {"error", "info", "error"}) {
    Serve(absl::StrCat("echo '{\"level\":\"", level, "\"}'; ", kForEver));
    AwaitLog(level);
    EXPECT_TRUE(process_.Kill().ok());
  }
  EXPECT_THAT(process_.Errors(),
              ElementsAre("start 1: {\"level\":\"error\"}", "start 3: {\"level\":\"error\"}"));
}

}  // namespace
}  // namespace leadstream::testing
