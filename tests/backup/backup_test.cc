// `leadstream backup` and `leadstream restore`, on the embedded log.
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "cli/backup/backup.h"
#include "cli/backup/records_file.h"
#include "cli/backup/restore.h"
#include "tests/cli/demo_data.h"
#include "tests/cli/run_leadstream.h"
#include "tests/history/written.h"

namespace leadstream::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Backup : public ::testing::Test {
 protected:
  std::string backup() const { return directory_.path() + "/backup"; }
  std::string data() const { return directory_.path() + "/data"; }

  Ran BackUp(const std::string& of) {
    return Leadstream(absl::StrCat("backup ", backup(), " --json --data ", of));
  }
  Ran Restore(const std::string& arguments = "") {
    return Leadstream(absl::StrCat("restore ", backup(), " --data ", data(), " ", arguments));
  }
  // Of what is written by the test itself.
  absl::StatusOr<backup::BackedUp> BackUp(WrittenLog* written) {
    backup::BackupOptions options;
    options.directory = backup();
    return backup::Backup(written->log(), {"lead"}, options);
  }
  // The offsets of the leads' topic after a restore of the log as it was then.
  std::vector<int64_t> EndsAt(int64_t second) {
    backup::RestoreOptions options;
    options.directory = backup();
    options.to = absl::FromUnixSeconds(second);
    auto plan = backup::PlanRestore(options);
    EXPECT_TRUE(plan.ok()) << plan.status();
    std::vector<int64_t> ends;
    for (const auto& [name, end] : plan->ends) ends.push_back(end);
    return ends;
  }

  TemporaryDirectory directory_;
};

TEST_F(Backup, OfADemoIsRestoredToTheSameLogAndModels) {
  const Ran made = BackUp(DemoData());
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const Ran restored = Restore("--json");
  ASSERT_EQ(restored.exit_code, 0) << restored.output;
  EXPECT_EQ(JsonOf(restored).fields().at("records").number_value(),
            JsonOf(made).fields().at("records").number_value());
  // Folded anew, the restored log comes to the models that the first one's servers had.
  const Ran replayed =
      Leadstream(absl::StrCat("replay --data ", data(), " --against ", DemoData()));
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
  const Ran verified = Leadstream("verify --data " + data());
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_EQ(Leadstream("events cat --json --data " + data()).output,
            Leadstream("events cat --json --data " + DemoData()).output);
}

TEST_F(Backup, IsRestoredIntoAnEmptyPlaceOnly) {
  ASSERT_EQ(BackUp(DemoData()).exit_code, 0);
  fs::create_directories(data() + "/models");
  const Ran models = Restore();
  EXPECT_EQ(models.exit_code, 1);
  EXPECT_THAT(models.output,
              HasSubstr("/data/models is there; a backup is restored into an empty"));
  fs::remove(data() + "/models");
  ASSERT_EQ(Restore().exit_code, 0);
  EXPECT_THAT(Restore().output, HasSubstr("/data/log is there"));
}

TEST_F(Backup, WhoseFileWasChangedIsRefusedWithItsName) {
  ASSERT_EQ(BackUp(DemoData()).exit_code, 0);
  EXPECT_EQ(Restore("--check").exit_code, 0);
  auto manifest = backup::ReadManifest(backup());
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const std::string path = backup() + "/" + manifest->files(3).path();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(40);
  file.put('\x7f');
  file.close();
  for (const char* arguments : {"", "--check"}) {
    const Ran changed = Restore(arguments);
    EXPECT_EQ(changed.exit_code, 1);
    EXPECT_THAT(changed.output, HasSubstr(path + " is not as the manifest says"));
  }
  fs::remove(path);
  EXPECT_THAT(Restore().output, HasSubstr("there is no " + path));
  EXPECT_FALSE(fs::exists(data() + "/log"));
}

TEST_F(Backup, GoesOnWhereTheOneBeforeEnded) {
  WrittenLog written;
  written.Topic("lead", 2);
  written.Lead(0, "anna", 10);
  auto first = BackUp(&written);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->added.records, 3);  // a claim for each partition
  written.Claim("lead", 0);
  written.Lead(0, "bela", 20);
  // What a backup that was killed has left.
  std::ofstream(backup() + "/lead/0000/000000000002.records.new") << "half";
  auto second = BackUp(&written);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->added.records, 2);
  EXPECT_EQ(second->manifest.files_size(), 3);
  EXPECT_EQ(second->manifest.topics(0).partitions(0).end(), 4);
  EXPECT_EQ(second->manifest.topics(0).partitions(0).epoch(), 2);
  auto third = BackUp(&written);
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->added.records, 0);
  EXPECT_EQ(third->manifest.SerializeAsString(), second->manifest.SerializeAsString());
}

TEST_F(Backup, IsNotGoneOnWithFromAnotherLog) {
  WrittenLog written, other;
  for (WrittenLog* log : {&written, &other}) log->Topic("lead", 1);
  written.Lead(0, "anna", 10);
  ASSERT_TRUE(BackUp(&written).ok());
  EXPECT_THAT(std::string(BackUp(&other).status().message()),
              HasSubstr("is the backup of another log: this one ends before lead/0:2"));
  other.Lead(0, "bela", 10);
  EXPECT_THAT(std::string(BackUp(&other).status().message()),
              HasSubstr("is the backup of another log: this one has another record at lead/0:1"));
  EXPECT_TRUE(BackUp(&written).ok());
}

TEST_F(Backup, IsRestoredAsItWasAtATime) {
  WrittenLog written;
  written.Topic("lead", 2);
  written.Lead(0, "anna", 10);
  written.Lead(1, "bela", 20);
  written.Lead(0, "cili", 30);
  log::Record effect;
  effect.set_subject("leads/effect");
  effect.set_id("effect");
  effect.set_time_us(25'000'000);  // by a clock that is behind the one that dated its cause
  effect.set_causation_id("event-cili");
  written.Append("lead", 1, effect);
  ASSERT_TRUE(BackUp(&written).ok());
  EXPECT_THAT(EndsAt(9), ElementsAre(1, 1));
  EXPECT_THAT(EndsAt(20), ElementsAre(2, 2));
  EXPECT_THAT(EndsAt(29), ElementsAre(2, 2));
  EXPECT_THAT(EndsAt(30), ElementsAre(3, 3));
}

TEST_F(Backup, AsOfATimeLetsReactionsLookAgainAtTheDaysBeforeIt) {
  constexpr int64_t kDay = 24 * 3600;
  WrittenLog written;
  written.Topic("lead", 1);
  for (int64_t day = 1; day <= 10; ++day) written.Lead(0, absl::StrCat(day), day * kDay);
  ASSERT_TRUE(
      written.log()
          ->CommitProgress(log::ReactionGroupOf("lead"), log::TopicOf("lead"), {{0, {11, 1}}})
          .ok());
  ASSERT_TRUE(BackUp(&written).ok());
  backup::RestoreOptions options;
  options.directory = backup();
  auto whole = backup::PlanRestore(options);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ((whole->progress[{"lead", "lead"}][0]), (log::Progress{11, 1}));
  options.to = absl::FromUnixSeconds(9 * kDay);
  auto earlier = backup::PlanRestore(options);
  ASSERT_TRUE(earlier.ok()) << earlier.status();
  EXPECT_EQ((earlier->progress[{"lead", "lead"}][0]), (log::Progress{4, 1}));  // of day 4
}

TEST_F(Backup, OfALogThatLacksARecordIsRefused) {
  WrittenLog written;
  written.Topic("lead", 1);
  written.Lead(0, "anna", 10);
  auto made = BackUp(&written);
  ASSERT_TRUE(made.ok()) << made.status();
  made->manifest.mutable_files(0)->set_offset(1);
  ASSERT_TRUE(backup::WriteManifest(backup(), made->manifest).ok());
  EXPECT_THAT(Restore().output, HasSubstr("the manifest names no file with offset 0 of lead/0"));
}

TEST_F(Backup, LiesInFilesOfABoundedSize) {
  backup::RecordsWriter writer(backup(), {"lead", 7}, 300);
  log::Record record;
  record.set_subject(std::string(100, 'x'));
  for (int64_t offset = 5; offset < 12; ++offset) ASSERT_TRUE(writer.Add(offset, record).ok());
  auto files = writer.Finish();
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_EQ(files->size(), 3u);
  EXPECT_EQ(files->at(1).path(), "lead/0007/000000000008.records");
  int64_t next = 5;
  for (const backup::BackupFile& file : *files) {
    absl::Status read =
        backup::EachRecord(backup(), file, [&](int64_t offset, const log::Record& shown) {
          EXPECT_EQ(offset, next++);
          EXPECT_EQ(shown.subject(), record.subject());
          return absl::OkStatus();
        });
    EXPECT_TRUE(read.ok()) << read;
  }
  EXPECT_EQ(next, 12);
}

}  // namespace
}  // namespace leadstream::testing
