// A read model that was built beside the one in use takes its place, and gives it back.
#include "common/store/model_directories.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/temporary_directory.h"

namespace leadstream::store {
namespace {

class Directories : public ::testing::Test {
 protected:
  // A model is told by what one file of it says.
  static void Make(const std::string& directory, const std::string& is) {
    std::filesystem::create_directories(directory);
    std::ofstream(directory + "/is") << is;
  }
  static std::string Is(const std::string& directory) {
    std::string is = "nothing";
    std::ifstream(directory + "/is") >> is;
    return is;
  }

  testing::TemporaryDirectory parent_;
  const std::string lead_ = parent_.path() + "/lead";
};

TEST_F(Directories, WhatIsBeingBuiltIsNotTaken) {
  Make(lead_, "old");
  Make(BuildingDirectory(lead_), "new");
  EXPECT_FALSE(SwitchToNext(lead_).value());
  EXPECT_EQ(Is(lead_), "old");
}

TEST_F(Directories, WhatIsCompleteIsTakenOnceAndTheOtherKept) {
  Make(lead_, "old");
  Make(BuildingDirectory(lead_), "new");
  ASSERT_TRUE(MakeNext(lead_).ok());
  EXPECT_TRUE(SwitchToNext(lead_).value());
  EXPECT_EQ(Is(lead_), "new");
  EXPECT_EQ(Is(PreviousDirectory(lead_)), "old");
  EXPECT_FALSE(SwitchToNext(lead_).value());
  EXPECT_EQ(Is(lead_), "new");
}

TEST_F(Directories, WhatIsOfAnotherFormatIsLeftToItsVersion) {
  Make(lead_, "old");
  Make(lead_ + ".next-999", "newer");
  EXPECT_FALSE(SwitchToNext(lead_).value());
  EXPECT_EQ(Is(lead_), "old");
}

TEST_F(Directories, RollingBackTwiceIsGoingForward) {
  EXPECT_TRUE(absl::IsNotFound(RollBack(lead_)));
  Make(lead_, "old");
  Make(BuildingDirectory(lead_), "new");
  ASSERT_TRUE(MakeNext(lead_).ok());
  ASSERT_TRUE(SwitchToNext(lead_).value());
  ASSERT_TRUE(RollBack(lead_).ok());
  EXPECT_EQ(Is(lead_), "old");
  EXPECT_EQ(Is(PreviousDirectory(lead_)), "new");
  ASSERT_TRUE(RollBack(lead_).ok());
  EXPECT_EQ(Is(lead_), "new");
}

TEST_F(Directories, AreNotTurnedUnderAProcessThatHasThemOpen) {
  Make(lead_, "new");
  Make(PreviousDirectory(lead_), "old");
  rocksdb::FileLock* lock = nullptr;
  ASSERT_TRUE(rocksdb::Env::Default()->LockFile(lead_ + "/LOCK", &lock).ok());
  EXPECT_EQ(RollBack(lead_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Is(lead_), "new");
  ASSERT_TRUE(rocksdb::Env::Default()->UnlockFile(lock).ok());
  EXPECT_TRUE(RollBack(lead_).ok());
}

TEST_F(Directories, AreGoneOnWithWhereverAProcessDied) {
  // Of a switch: the one in use was put aside.
  Make(PreviousDirectory(lead_), "old");
  Make(NextDirectory(lead_), "new");
  EXPECT_TRUE(SwitchToNext(lead_).value());
  EXPECT_EQ(Is(lead_), "new");
  EXPECT_EQ(Is(PreviousDirectory(lead_)), "old");
  // Of a rollback, between its renames.
  std::filesystem::rename(PreviousDirectory(lead_), lead_ + ".turning");
  EXPECT_FALSE(SwitchToNext(lead_).value());
  EXPECT_EQ(Is(lead_), "old");
  EXPECT_EQ(Is(PreviousDirectory(lead_)), "new");
}

}  // namespace
}  // namespace leadstream::store
