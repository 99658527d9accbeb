// The sale that README.md walks through at the command line, typed as it stands there.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/run_leadstream.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kHeading[] = "## A sale at the command line";

// The commands of the section, but for the server's own.
std::string CommandsOfReadme() {
  std::ifstream in(LEADSTREAM_SOURCE_DIR "/README.md");
  std::string commands, line;
  bool is_there = false;
  while (std::getline(in, line)) {
    if (absl::StartsWith(line, "## ")) is_there = line == kHeading;
    if (is_there && absl::StartsWith(line, "    ") && !absl::StrContains(line, "./run serve"))
      absl::StrAppend(&commands, line.substr(4), "\n");
  }
  return commands;
}

TEST(ReadmeWalk, TakesAnEMailToAPaidInvoice) {
  TemporaryDirectory directory;
  ServingProcess server(LEADSTREAM_EXECUTABLE, directory.path() + "/serve");
  absl::Status serves = server.Start({"serve", "--data", directory.path() + "/data"});
  if (serves.ok()) serves = server.WaitUntilServing(absl::Seconds(60));
  ASSERT_TRUE(serves.ok()) << serves;

  const std::string script = directory.path() + "/walk.sh";
  const std::string commands =
      absl::StrReplaceAll(CommandsOfReadme(), {{"./run ", LEADSTREAM_EXECUTABLE " "}});
  EXPECT_THAT(commands, HasSubstr("RecordPayment"));
  std::ofstream(script) << "set -e\ncd " LEADSTREAM_SOURCE_DIR "\n" << commands;
  const Ran ran = Shell(absl::StrCat("LEADSTREAM_SERVER=", server.address(), " bash ", script));
  ASSERT_EQ(ran.exit_code, 0) << commands << ran.output;
  for (const char* end : {"QUALIFIED", "WON", "FULFILLED", "PAID, owed EUR 0.00"})
    EXPECT_THAT(ran.output, HasSubstr(end));
}

TEST(Call, SaysWhatIsWrongWithTheMethod) {
  EXPECT_EQ(Leadstream("call QualifyLeed").output, "leadstream: there is no method QualifyLeed\n");
  EXPECT_EQ(Leadstream("call RecordPayment").output,
            "leadstream: which one: leadstream.ordering.v1.OrderService/RecordPayment, "
            "leadstream.billing.v1.InvoiceService/RecordPayment?\n");
  EXPECT_THAT(Leadstream("call WatchLeads").output, HasSubstr("is a stream"));
  EXPECT_THAT(Leadstream("call GetLead '{\"nmae\": 1}'").output,
              HasSubstr("that is no GetLeadRequest"));
  EXPECT_EQ(Leadstream("call GetLead nmae=1").exit_code, 1);
}

}  // namespace
}  // namespace leadstream::testing
