// `leadstream serve` as it is told what to do: by flags, by the environment, by a file.
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/log/fence.h"
#include "common/log/local_log.h"
#include "tests/cli/run_leadstream.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kTopic[] = "leadstream.lead";

class ServeTest : public ::testing::Test {
 protected:
  void Write(const std::string& text) { std::ofstream(file_) << text; }

  // Serves once under an environment, and leaves its log.
  void Serve(const std::vector<std::string>& environment, const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = environment;
    arguments.insert(arguments.end(), {LEADSTREAM_EXECUTABLE, "serve", "--config", file_});
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    ServingProcess server("/usr/bin/env", directory_.path() + "/serve");
    absl::Status serves = server.Start(arguments);
    if (serves.ok()) serves = server.WaitUntilServing(absl::Seconds(60));
    ASSERT_TRUE(serves.ok()) << serves;
    ASSERT_EQ(server.Stop(absl::Seconds(60)), 0);
  }
  // What it did, by the log in a directory: how many partitions it made, and who claimed them.
  static std::string Served(const std::string& data) {
    auto log = log::LocalLog::OpenForReading({data + "/log"});
    if (!log.ok()) return log.status().ToString();
    auto cursor = (*log)->Read(kTopic, {{0, 0}});
    if (!cursor.ok()) return cursor.status().ToString();
    auto records = (*cursor)->Next(1, absl::Now() + absl::Seconds(10));
    if (!records.ok() || records->empty()) return "no claim";
    log::Fence fence;
    fence.Admit(records->front().record);
    return absl::StrCat(*(*log)->Partitions(kTopic), " partitions of ", fence.writer().node);
  }

  TemporaryDirectory directory_;
  const std::string file_ = directory_.path() + "/leadstream.yaml";
  const std::string data_ = directory_.path() + "/data";
};

TEST_F(ServeTest, TakesItsOptionsFromAFile) {
  Write(absl::StrCat("# of the operator\ndata: ", data_, "\npartitions: 3\nnode: anna\n"));
  Serve({}, {});
  EXPECT_EQ(Served(data_), "3 partitions of anna");
}

TEST_F(ServeTest, TheEnvironmentGoesBeforeTheFileAndAFlagBeforeBoth) {
  Write("data: /proc/of/the/file\npartitions: 3\nnode: file\n");
  Serve({absl::StrCat("LEADSTREAM_DATA=", data_), "LEADSTREAM_PARTITIONS=5",
         "LEADSTREAM_NODE=environment"},
        {"--partitions", "2"});
  EXPECT_EQ(Served(data_), "2 partitions of environment");
}

struct Bad {
  const char* environment;
  const char* file;
  const char* named;
};
constexpr Bad kBad[] = {
    {"LEADSTREAM_PARTITIONS=many", "",
     "LEADSTREAM_PARTITIONS: partitions takes a whole number from 1 to 1024, not many"},
    {"LEADSTREAM_PARTITIONS=1025", "", "from 1 to 1024, not 1025"},
    {"LEADSTREAM_LOG=paper", "", "log takes local, or kafka://HOST:PORT,...[/PREFIX], not paper"},
    {"LEADSTREAM_LOG_LEVEL=loud", "", "log-level takes debug, info, warning, error, not loud"},
    {"LEADSTREAM_LOG_LEVL=info", "",
     "LEADSTREAM_LOG_LEVL: there is no such setting; did you mean LEADSTREAM_LOG_LEVEL?"},
    {"LEADSTREAM_CONFIG=/nowhere.yaml", "", "/nowhere.yaml: cannot be read"},
    {"", "partitions: many", "leadstream.yaml:1: partitions takes a whole number"},
    {"", "\n# a comment\nlog-level: loud", "leadstream.yaml:3: log-level takes debug"},
    {"", "dta: /tmp", "leadstream.yaml:1: there is no setting dta; did you mean data?"},
    {"", "config: other.yaml", "leadstream.yaml:1: there is no setting config"},
    {"", "node: {name: anna}", "leadstream.yaml:1: node takes a value"},
    {"", "node:", "leadstream.yaml:1: node takes a value"},
    {"", "node: [anna, bela]", "leadstream.yaml:1: node takes a text, not a list"},
    {"", "node: anna\nnode: bela", "leadstream.yaml:2: node is given on line 1 already"},
    {"", "node: [", "leadstream.yaml:2: "},
    {"", "anna", "leadstream.yaml: holds no `setting: value` lines"},
};

// One that was overlooked ends as well, for want of a directory.
TEST_F(ServeTest, ABadValueIsNamed) {
  for (const Bad& bad : kBad) {
    Write(absl::StrCat(bad.file, "\n"));
    const bool by_file = *bad.file != 0;
    const Ran ran = Leadstream(by_file ? "serve --config " + file_ : "serve",
                               absl::StrCat("LEADSTREAM_DATA=/proc/nowhere ", bad.environment));
    EXPECT_NE(ran.exit_code, 0) << bad.environment << bad.file;
    EXPECT_THAT(ran.output, HasSubstr(bad.named));
  }
}

TEST_F(ServeTest, AllThatIsWrongIsNamedAtOnce) {
  Write("dta: /tmp\npartitions: 0\npage-token-key: [hush, hush]\n");
  const Ran ran = Leadstream("serve --config " + file_,
                             "LEADSTREAM_DATA=/proc/nowhere LEADSTREAM_QUEUE_DEPTH_MAX=none");
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("LEADSTREAM_QUEUE_DEPTH_MAX: queue-depth-max takes a number"));
  EXPECT_THAT(ran.output, HasSubstr("leadstream.yaml:1: there is no setting dta"));
  EXPECT_THAT(ran.output, HasSubstr("leadstream.yaml:2: partitions takes a whole number"));
  EXPECT_THAT(ran.output, HasSubstr("leadstream.yaml:3: page-token-key takes a secret"));
  EXPECT_THAT(ran.output, ::testing::Not(HasSubstr("hush")));
}

TEST_F(ServeTest, KubernetesMayHaveVariablesOfItsOwn) {
  Write(absl::StrCat("data: ", data_, "\npartitions: 3\n"));
  Serve({"LEADSTREAM_PORT=tcp://10.0.0.1:7400", "LEADSTREAM_LEAD_SERVICE_HOST=10.0.0.1"}, {});
  EXPECT_EQ(Served(data_), "3 partitions of node-1");
}

TEST_F(ServeTest, ABadAddressIsNamed) {
  const Ran listen =
      Leadstream("serve --insecure --data " + data_, "LEADSTREAM_LISTEN=192.0.2.1:7400 timeout 30");
  EXPECT_NE(listen.exit_code, 0);
  EXPECT_THAT(listen.output, HasSubstr("cannot listen on 192.0.2.1:7400"));
  const Ran open = Leadstream("serve --listen 0.0.0.0:0 --data " + data_, "timeout 30");
  EXPECT_NE(open.exit_code, 0);
  EXPECT_THAT(open.output, HasSubstr("it needs --tls-certificate, or --insecure"));
  const Ran port = Leadstream("serve --listen localhost:70000 --data " + data_, "timeout 30");
  EXPECT_NE(port.exit_code, 0);
  EXPECT_THAT(port.output,
              HasSubstr("takes HOST:PORT, the port from 0 to 65535, not localhost:70000"));
  const Ran peer = Leadstream("serve --listen 127.0.0.1:0 --data " + data_,
                              "LEADSTREAM_PEER='lead=127.0.0.1:7401;billing' timeout 30");
  EXPECT_NE(peer.exit_code, 0);
  EXPECT_THAT(
      peer.output,
      HasSubstr("peer takes a list, each NAME=HOST:PORT,..., not lead=127.0.0.1:7401;billing"));
}

}  // namespace
}  // namespace leadstream::testing
