// Long reads take turns, and a caller who asks for many waits for its own alone.
#include "common/server/long_reads.h"

#include <absl/synchronization/notification.h>
#include <gmock/gmock.h>

#include <memory>

namespace leadstream::testing {
namespace {

using ::testing::ElementsAre;

// One thread, which is busy until `go` is notified.
class LongReads : public ::testing::Test {
 protected:
  LongReads() {
    absl::Notification busy;
    EXPECT_TRUE(reads_->Add("nobody", [this, &busy] {
      busy.Notify();
      go_.WaitForNotification();
    }));
    busy.WaitForNotification();
  }
  bool Ask(const std::string& who) {
    return reads_->Add(who, [this, who] { answered_.push_back(who); });
  }
  std::vector<std::string> Answered() {
    go_.Notify();
    reads_.reset();
    return answered_;
  }

  absl::Notification go_;
  std::vector<std::string> answered_;
  std::unique_ptr<server::LongReads> reads_ = std::make_unique<server::LongReads>(1, 6, 3);
};

TEST_F(LongReads, OfOneCallerDoNotHoldUpThoseOfAnother) {
  for (const char* who : {"greedy", "greedy", "greedy", "modest"}) EXPECT_TRUE(Ask(who));
  EXPECT_THAT(Answered(), ElementsAre("greedy", "modest", "greedy", "greedy"));
}

TEST_F(LongReads, AreRefusedWhoeverHasTooManyWaiting) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Ask("greedy"));
  EXPECT_FALSE(Ask("greedy"));
  EXPECT_TRUE(Ask("modest"));
  EXPECT_THAT(Answered(), ElementsAre("greedy", "modest", "greedy", "greedy"));
}

TEST_F(LongReads, AreRefusedWhenTooManyWaitOfAll) {
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(Ask(std::string(1, static_cast<char>('a' + i))));
  EXPECT_FALSE(Ask("late"));
  EXPECT_THAT(Answered(), ElementsAre("a", "b", "c", "d", "e", "f"));
}

}  // namespace
}  // namespace leadstream::testing
