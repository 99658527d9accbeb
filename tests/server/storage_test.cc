// Disks that are full, taken or not to be written; and how a server is told where they are.
#include <sys/mount.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using grpc::StatusCode;
using lead::v1::CreateLeadRequest;
using lead::v1::GetLeadRequest;
using lead::v1::Lead;

CreateLeadRequest CreateLead(int number) {
  auto create = Of<CreateLeadRequest>("lead { topic: '40 seats' company: 'Kovács Kft.' }");
  create.set_lead_id(absl::StrCat("l", number));
  create.mutable_lead()->set_notes(std::string(19'000, 'n'));
  return create;
}

// A server whose data lies on a file system of 96 MiB.
class FullDisk : public Serving {
 protected:
  void SetUp() override {
    const std::string data = directory_.path() + "/data";
    std::filesystem::create_directories(data);
    if (mount("tmpfs", data.c_str(), "tmpfs", 0, "size=96m") != 0) {
      GTEST_SKIP() << "NOT TESTED: what a full disk does, since no file system can be mounted here "
                      "(that takes root)";
    }
    mounted_ = data;
    Serving::SetUp();
  }
  void TearDown() override {
    server_.reset();
    if (!mounted_.empty()) umount2(mounted_.c_str(), MNT_DETACH);
  }
  void Fill() {
    std::ofstream filler(mounted_ + "/filler", std::ios::binary);
    const std::string block(1 << 16, 'x');
    while (filler << block << std::flush) {
    }
  }

  std::string mounted_;
};

TEST_F(FullDisk, RefusesCommandsUntilThereIsSpaceAgain) {
  int next = 0;
  std::vector<std::string> answered;
  auto create = [&] {
    auto answer = Call<Lead>(CreateLead(next++), "", absl::Seconds(3));
    if (answer.ok()) answered.push_back(answer.reply.name());
    return answer;
  };
  ASSERT_TRUE(create().ok());
  Fill();
  // RocksDB has space in reserve for its log; and the command in whose moment it ends waits until
  // it is known whether it was kept.
  Answer<Lead> refused;
  for (int i = 0; i < 20'000 && refused.code() != StatusCode::UNAVAILABLE; ++i) refused = create();
  ASSERT_EQ(refused.code(), StatusCode::UNAVAILABLE);
  EXPECT_TRUE(refused.reason() == "STORAGE_UNAVAILABLE" || refused.reason() == "WRITER_UNAVAILABLE")
      << refused.reason();
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(refused.status).retry_delay().nanos(), 0);
  GetLeadRequest get;
  get.set_name(answered.front());
  EXPECT_TRUE(Call<Lead>(get).ok()) << "reads go on";

  std::filesystem::remove(mounted_ + "/filler");
  Answer<Lead> again = create();
  for (const absl::Time deadline = absl::Now() + absl::Seconds(30);
       !again.ok() && absl::Now() < deadline; absl::SleepFor(absl::Milliseconds(50)))
    again = create();
  EXPECT_TRUE(again.ok()) << "without a restart: " << again.status.error_message();
  Restart();
  for (const std::string& name : answered) {
    get.set_name(name);
    ASSERT_TRUE(Call<Lead>(get).ok()) << name << " was answered";
  }
}

TEST(ADataDirectory, ThatCannotBeMadeIsNamed) {
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data = "/proc/no/such/place";
  auto server = server::Server::Start(options, cli::AllServices());
  ASSERT_FALSE(server.ok());
  EXPECT_NE(std::string(server.status().message()).find("/proc/no/such/place"), std::string::npos)
      << server.status();
}

using ADataDirectoryInUse = Serving;

TEST_F(ADataDirectoryInUse, IsNotOpenedTwice) {
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data = directory_.path() + "/data";
  auto second = server::Server::Start(options, cli::AllServices());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(std::string(second.status().message()).find("/data/log"), std::string::npos)
      << second.status();
}

TEST_F(ADataDirectoryInUse, NeitherIsAPort) {
  TemporaryDirectory other;
  server::Options options;
  options.listen = absl::StrCat("127.0.0.1:", server_->port());
  options.data = other.path();
  auto second = server::Server::Start(options, cli::AllServices());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(std::string(second.status().message()).find("cannot listen on"), std::string::npos)
      << second.status();
}

// What a flag, the environment and a file say, as the process understands it: an unwritable
// directory is named in its last words.
std::string DataOf(const std::string& environment, const std::string& arguments) {
  std::string output;
  FILE* pipe = popen(absl::StrCat(environment, " ", LEAD_SERVICE_EXECUTABLE,
                                  " --listen 127.0.0.1:0 ", arguments, " 2>&1")
                         .c_str(),
                     "r");
  char buffer[1024];
  while (fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
  pclose(pipe);
  return output;
}

TEST(Options, AFlagGoesBeforeTheEnvironmentAndThatBeforeTheFile) {
  TemporaryDirectory directory;
  const std::string file = directory.path() + "/leadstream.yaml";
  std::ofstream(file) << "data: /proc/from/file\nlog-level: error\n";
  EXPECT_NE(DataOf("", "--config " + file).find("/proc/from/file"), std::string::npos);
  EXPECT_NE(DataOf("LEADSTREAM_DATA=/proc/from/environment", "--config " + file)
                .find("/proc/from/environment"),
            std::string::npos);
  EXPECT_NE(
      DataOf("LEADSTREAM_DATA=/proc/from/environment", "--data /proc/from/flag --config " + file)
          .find("/proc/from/flag"),
      std::string::npos);
}

TEST(Options, AFileThatCannotBeUnderstoodIsNamed) {
  TemporaryDirectory directory;
  const std::string file = directory.path() + "/leadstream.yaml";
  std::ofstream(file) << "dta: /tmp\n";
  EXPECT_NE(DataOf("", "--config " + file).find("dta"), std::string::npos);
  std::ofstream(file) << "data: [\n";
  EXPECT_NE(DataOf("", "--config " + file).find("leadstream.yaml:2: "), std::string::npos)
      << DataOf("", "--config " + file);
  EXPECT_NE(DataOf("", "--config /nowhere.yaml").find("/nowhere.yaml"), std::string::npos);
}

}  // namespace
}  // namespace leadstream::testing
