// `leadstream replay`: what a log comes to when it is folded once more.
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cli/all_services.h"
#include "cli/replay/read_only_log.h"
#include "common/server/server.h"
#include "common/store/keys.h"
#include "tests/cli/demo_data.h"
#include "tests/cli/run_leadstream.h"
#include "tests/history/written.h"

namespace leadstream::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Command(const std::string& arguments) {
  return absl::StrCat("replay --data ", DemoData(), " ", arguments);
}

// What of each line is the same each time.
std::string Fingerprints(const Ran& ran) {
  std::string prints;
  for (const std::string& line : ran.lines()) {
    const size_t at = line.find("\"fingerprint\"");
    if (at != std::string::npos) absl::StrAppend(&prints, line.substr(at, 80), "\n");
  }
  return prints;
}

TEST(Replay, ComesToWhatTheServerHas) {
  const Ran ran = Leadstream(Command("--against " + DemoData()));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_EQ(ran.lines().size(), 5u);
  for (const std::string& line : ran.lines()) EXPECT_THAT(line, HasSubstr("  identical"));
}

TEST(Replay, NamesTheFirstDifferenceAndItsStory) {
  TemporaryDirectory directory;
  std::filesystem::copy(DemoData() + "/models", directory.path() + "/models",
                        std::filesystem::copy_options::recursive);
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open({}, directory.path() + "/models/ordering", &opened).ok());
  std::unique_ptr<rocksdb::DB> db(opened);
  std::unique_ptr<rocksdb::Iterator> it(db->NewIterator({}));
  it->Seek(store::StateKey("orders/"));
  ASSERT_TRUE(it->Valid());
  const std::string order = it->key().ToString().substr(1);
  std::string value = it->value().ToString();
  value.back() = static_cast<char>(value.back() ^ 1);
  ASSERT_TRUE(db->Put({}, it->key(), value).ok());
  it = nullptr;
  db = nullptr;
  const Ran ran = Leadstream(Command("--against " + directory.path()));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.output, AllOf(HasSubstr("  DIFFERS\n"),
                                HasSubstr(absl::StrCat("  ", order, ": the resource differs\n")),
                                HasSubstr(absl::StrCat(order, "  1  OrderPlaced"))));
}

TEST(Replay, IsTheSameWhateverTheThreadsAndThePauses) {
  TemporaryDirectory directory;
  const std::string whole =
      Fingerprints(Leadstream(Command("--json --threads 1 --into " + directory.path() + "/whole")));
  EXPECT_EQ(whole, Fingerprints(Leadstream(Command("--json --threads 4"))));
  const std::string into = " --into " + directory.path() + "/parts";
  const Ran part = Leadstream(Command("--context billing --to billing/0:20" + into));
  EXPECT_EQ(part.exit_code, 0) << part.output;
  EXPECT_EQ(whole, Fingerprints(Leadstream(Command("--json" + into))));
  const Ran back = Leadstream(Command("--context billing --to billing/0:20" + into));
  EXPECT_EQ(back.exit_code, 1);
  EXPECT_THAT(back.output, HasSubstr("has been folded beyond billing/0:20"));
}

TEST(Replay, FoldsNoFartherThanItIsTold) {
  TemporaryDirectory directory;
  const std::string part =
      Command("--json --context lead --to lead/0:20 --into " + directory.path() + "/part");
  const Ran first = Leadstream(part);
  EXPECT_EQ(first.exit_code, 0) << first.output;
  const Ran again = Leadstream(part);  // refused if it had gone on to the partition's end
  EXPECT_EQ(again.exit_code, 0) << again.output;
  EXPECT_EQ(Fingerprints(first), Fingerprints(again));
}

TEST(Replay, ThatIsKilledIsGoneOnWith) {
  TemporaryDirectory directory;
  const std::string whole = Fingerprints(Leadstream(Command("--json")));
  for (const char* seconds : {"0.1", "0.2", "0.3"})
    Shell(absl::StrCat("timeout -s KILL ", seconds, " ", LEADSTREAM_EXECUTABLE, " ",
                       Command("--rate 3000 --into " + directory.path() + "/killed")));
  EXPECT_EQ(whole,
            Fingerprints(Leadstream(Command("--json --into " + directory.path() + "/killed"))));
}

// A server over a copy of the demo's data, as an operator has one.
class Rebuild : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy(DemoData(), data_, std::filesystem::copy_options::recursive);
  }
  void Serve() {
    server::Options options;
    options.listen = "127.0.0.1:0";
    options.data = data_;
    auto server = server::Server::Start(options, cli::AllServices());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
  }
  Ran Replayed(const std::string& arguments) {
    return Leadstream(absl::StrCat("replay --data ", data_, " ", arguments));
  }
  bool Exists(const std::string& model) {
    return std::filesystem::exists(absl::StrCat(data_, "/models/", model));
  }
  void ExpectIdentical() {
    const Ran ran = Leadstream(absl::StrCat("replay --data ", data_, " --against ", data_));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
  }

  TemporaryDirectory directory_;
  const std::string data_ = directory_.path() + "/data";
  std::unique_ptr<server::Server> server_;
};

TEST_F(Rebuild, IsMadeBesideAServerThatRunsAndTakenWhenItStartsNext) {
  Serve();
  const Ran built = Replayed("--rebuild");
  EXPECT_EQ(built.exit_code, 0) << built.output;
  const std::string next = absl::StrCat("lead.next-", store::kFormatVersion);
  EXPECT_TRUE(Exists(next));
  EXPECT_FALSE(Exists("lead.previous"));
  server_.reset();
  Serve();
  EXPECT_FALSE(Exists(next));
  EXPECT_TRUE(Exists("lead.previous"));
  server_.reset();
  ExpectIdentical();
}

TEST_F(Rebuild, IsRolledBackWhileNoServerRuns) {
  EXPECT_THAT(Replayed("--rollback").output, HasSubstr("there is no model to go back to"));
  ASSERT_EQ(Replayed("--rebuild --context lead").exit_code, 0);
  Serve();
  const Ran running = Replayed("--rollback");
  EXPECT_EQ(running.exit_code, 1);
  EXPECT_THAT(running.output, HasSubstr("it is to be stopped first"));
  server_.reset();
  const Ran back = Replayed("--rollback");
  EXPECT_EQ(back.exit_code, 0) << back.output;
  EXPECT_THAT(back.output, HasSubstr("lead         the model before the last switch"));
  Serve();  // folds what it has missed
  server_.reset();
  ExpectIdentical();
}

TEST_F(Rebuild, ThatWasKilledIsGoneOnWith) {
  for (const char* seconds : {"0.1", "0.2", "0.3"})
    Shell(absl::StrCat("timeout -s KILL ", seconds, " ", LEADSTREAM_EXECUTABLE,
                       " replay --rebuild --rate 3000 --data ", data_));
  ASSERT_EQ(Replayed("--rebuild").exit_code, 0);
  Serve();
  server_.reset();
  ExpectIdentical();
}

TEST(Replay, GoesNoFasterThanItMay) {
  const Ran ran = Leadstream(Command("--json --context lead --rate 1000"));
  const auto json = JsonOf(ran);
  EXPECT_GT(json.fields().at("seconds").number_value(),
            json.fields().at("records").number_value() / 1000 * 0.8);
}

TEST(Replay, CausesNothing) {
  WrittenLog written;
  written.Topic("lead", 1);
  replay::ReadOnlyLog log(written.log(), 0);
  log::Record record;
  bool refused = false;
  log.Append("leadstream.lead", {{0, &record}},
             [&refused](const log::AppendResult& result) { refused = !result.status.ok(); });
  EXPECT_TRUE(refused);
  EXPECT_FALSE(log.CommitProgress("group", "leadstream.lead", {}).ok());
  EXPECT_FALSE(log.CreateTopic("leadstream.other", 1).ok());
  EXPECT_EQ(*written.log()->End("leadstream.lead", 0), 1);
}

// In a network of its own, which has not even a loopback that is up.
TEST(Replay, NeedsNoNetwork) {
  if (Shell("unshare -rn true").exit_code != 0 && Shell("unshare -n true").exit_code != 0)
    GTEST_SKIP() << "SKIPPED: networks of one's own are not allowed here (unshare -n)";
  const std::string unshare =
      Shell("unshare -rn true").exit_code == 0 ? "unshare -rn " : "unshare -n ";
  const Ran ran =
      Shell(absl::StrCat(unshare, LEADSTREAM_EXECUTABLE, " ", Command("--against " + DemoData())));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, Not(HasSubstr("DIFFERS")));
}

}  // namespace
}  // namespace leadstream::testing
