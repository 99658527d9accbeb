#include "common/ops/backlog.h"

#include <gtest/gtest.h>

namespace leadstream::ops {
namespace {

absl::Time At(int64_t second) { return absl::FromUnixSeconds(second); }

TEST(Backlog, IsAsOldAsTheFirstEndThatIsNotFolded) {
  Backlog backlog;
  backlog.Saw(At(10), {{0, 5}});
  EXPECT_EQ(backlog.AgeAt(At(10), {{0, 5}}), absl::ZeroDuration());
  backlog.Saw(At(11), {{0, 7}});
  backlog.Saw(At(12), {{0, 9}});
  EXPECT_EQ(backlog.AgeAt(At(14), {{0, 6}}), absl::Seconds(3)) << "since 11";
  EXPECT_EQ(backlog.AgeAt(At(14), {{0, 8}}), absl::Seconds(2)) << "since 12";
  EXPECT_EQ(backlog.AgeAt(At(14), {{0, 9}}), absl::ZeroDuration());
}

TEST(Backlog, KnowsNothingOfPartitionsThatAreNotFollowed) {
  Backlog backlog;
  backlog.Saw(At(10), {{0, 5}, {1, 100}});
  EXPECT_EQ(backlog.AgeAt(At(20), {{0, 5}}), absl::ZeroDuration()) << "1 is written here";
}

TEST(Backlog, OfAReaderThatStandsStillForADayIsADay) {
  Backlog backlog;
  for (int64_t second = 0; second < 86'400; ++second) backlog.Saw(At(second), {{0, second + 1}});
  EXPECT_EQ(backlog.AgeAt(At(86'400), {{0, 0}}), absl::Hours(24));
  EXPECT_LE(backlog.AgeAt(At(86'400), {{0, 86'399}}), absl::Seconds(1));
}

}  // namespace
}  // namespace leadstream::ops
