// When a node claims, when it may decide, when it has to stop: common/runtime/ownership.h.
#include "common/runtime/ownership.h"

#include <gtest/gtest.h>

namespace leadstream::testing {
namespace {

using common::v1::Record;
using runtime::Ownership;
using Step = Ownership::Step;

// One partition's log, as one node folds it.
class OwnershipTest : public ::testing::Test {
 protected:
  static log::NodeIdentity Node(const std::string& name, const std::string& life = "1") {
    return {name, name + " in life " + life, name + ":7400"};
  }

  Ownership::View View() const { return {now_, fence_, end_, heard_}; }
  Step Next() { return ownership_.Next(View()); }
  bool MayDecide() const { return ownership_.MayDecide(View()); }
  void Wait(absl::Duration duration) { now_ += duration; }

  // The node folds one more record of the log.
  void Fold(const Record& record) {
    const int64_t epoch = fence_.epoch();
    fence_.Admit(record);
    ++end_;
    ownership_.Folded(record, fence_.epoch() > epoch, fence_, now_);
  }
  void FoldClaim(const log::NodeIdentity& writer) { Fold(fence_.NextClaim("claim", writer, 1)); }
  void FoldEvent(int64_t epoch) {
    Record event;
    event.set_subject("leads/one");
    event.set_epoch(epoch);
    Fold(event);
  }
  // It finds the end, claims, and reads its claim back.
  void Claim() {
    ASSERT_EQ(Next(), Step::kFindEnd);
    ownership_.FoundEnd(end_, now_);
    ASSERT_EQ(Next(), Step::kClaim);
    ownership_.Claimed(end_, now_);
    FoldClaim(self_);
  }

  const log::NodeIdentity self_ = Node("me");
  Ownership ownership_{self_, {.writer_silence_max = absl::Seconds(1)}};
  log::Fence fence_;
  int64_t end_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  absl::Time heard_ = now_;
};

TEST_F(OwnershipTest, NothingIsClaimedThatIsNotProposed) {
  EXPECT_EQ(Next(), Step::kNone);
  EXPECT_FALSE(MayDecide());
}

TEST_F(OwnershipTest, AProposedPartitionIsReadToItsEndThenClaimedThenRead) {
  ownership_.Propose(true);
  ASSERT_EQ(Next(), Step::kFindEnd);
  EXPECT_EQ(Next(), Step::kNone) << "one step at a time";
  ownership_.FoundEnd(1, now_);
  EXPECT_EQ(Next(), Step::kNone) << "it is not folded to the end";
  FoldEvent(0);
  ASSERT_EQ(Next(), Step::kClaim);
  ownership_.Claimed(1, now_);
  EXPECT_FALSE(MayDecide()) << "its claim is not read back";
  FoldClaim(self_);
  EXPECT_TRUE(MayDecide());
  EXPECT_EQ(Next(), Step::kNone);
}

TEST_F(OwnershipTest, WhoLosesTheRaceTriesThriceAtMost) {
  ownership_.Propose(true);
  for (int race = 0; race < 3; ++race) {
    ASSERT_EQ(Next(), Step::kFindEnd);
    ownership_.FoundEnd(end_, now_);
    ASSERT_EQ(Next(), Step::kClaim);
    ownership_.Claimed(end_ + 1, now_);
    FoldClaim(Node("other"));  // was first
    EXPECT_EQ(Next(), Step::kNone) << "its own claim is not read back";
    Record lost = log::Fence(fence_.epoch() - 1).NextClaim("lost", self_, 1);
    Fold(lost);
    EXPECT_FALSE(MayDecide());
  }
  EXPECT_EQ(Next(), Step::kNone);
}

TEST_F(OwnershipTest, AFailedAppendIsSettledByAClaimOnly) {
  ownership_.Propose(true);
  Claim();
  ownership_.InDoubt(fence_.epoch(), std::nullopt);
  EXPECT_FALSE(MayDecide());
  Claim();
  EXPECT_TRUE(MayDecide());
}

TEST_F(OwnershipTest, AnUnexpectedOffsetIsSettledByReadingUpToIt) {
  ownership_.Propose(true);
  Claim();
  ownership_.InDoubt(fence_.epoch(), end_ + 2);
  EXPECT_FALSE(MayDecide());
  EXPECT_EQ(Next(), Step::kNone);
  Fold(fence_.Question("question", "other", 1));
  FoldEvent(fence_.epoch());
  EXPECT_TRUE(MayDecide());
}

TEST_F(OwnershipTest, AnotherNodesClaimEndsIt) {
  ownership_.Propose(true);
  Claim();
  FoldClaim(Node("other"));
  EXPECT_FALSE(MayDecide());
  EXPECT_EQ(Next(), Step::kNone) << "it was proposed once, and had its turn";
}

TEST_F(OwnershipTest, AClaimInItsNameIsTakenUpWhoeverAppendedIt) {
  FoldClaim(Node("other"));
  FoldClaim(self_);
  EXPECT_TRUE(MayDecide());
}

TEST_F(OwnershipTest, AClaimOfItsFormerLifeIsNoneOfItsOwn) {
  FoldClaim(Node("me", "0"));
  EXPECT_FALSE(MayDecide());
  Claim();  // at once: nobody else is that node
  EXPECT_TRUE(MayDecide());
}

TEST_F(OwnershipTest, ASilentWriterIsAskedAndThenFollowed) {
  FoldClaim(Node("other"));
  Wait(absl::Milliseconds(499));
  EXPECT_EQ(Next(), Step::kNone);
  Wait(absl::Milliseconds(1));
  ASSERT_EQ(Next(), Step::kAsk);
  ownership_.Appended(end_, now_);
  Fold(fence_.Question("question", "me", 1));
  Wait(absl::Milliseconds(499));
  EXPECT_EQ(Next(), Step::kNone);
  Wait(absl::Milliseconds(1));
  Claim();
  EXPECT_TRUE(MayDecide());
}

TEST_F(OwnershipTest, AWriterThatStillAppendsIsLeftAlone) {
  FoldClaim(Node("other"));
  Wait(absl::Seconds(1));
  ASSERT_EQ(Next(), Step::kAsk);
  ownership_.Appended(end_, now_);
  Fold(fence_.Question("question", "me", 1));
  FoldEvent(fence_.epoch());  // any record of its epoch
  Wait(absl::Milliseconds(900));
  EXPECT_EQ(Next(), Step::kNone);
  Wait(absl::Milliseconds(200));
  EXPECT_EQ(Next(), Step::kAsk) << "still not heard of, it is asked again, later and later";
}

TEST_F(OwnershipTest, AWriterAnswersWhenItIsAsked) {
  ownership_.Propose(true);
  Claim();
  Fold(fence_.Question("question", "other", 1));
  ASSERT_EQ(Next(), Step::kAnswer);
  ownership_.Appended(end_, now_);
  EXPECT_FALSE(MayDecide()) << "its own answer is not folded yet";
  Fold(fence_.Answer("answer", 1));
  EXPECT_TRUE(MayDecide());
  EXPECT_EQ(Next(), Step::kNone);
}

// The report of the first answer was taken for the second one too, and a writer that lives was
// followed.
TEST_F(OwnershipTest, AQuestionThatIsAskedWhileAnotherIsAnsweredIsAnsweredToo) {
  ownership_.Propose(true);
  Claim();
  Fold(fence_.Question("question", "other", 1));
  ASSERT_EQ(Next(), Step::kAnswer);
  Fold(fence_.Answer("answer", 1));
  Fold(fence_.Question("another question", "third", 1));
  ownership_.Appended(end_ - 2, now_);
  EXPECT_EQ(Next(), Step::kAnswer);
}

TEST_F(OwnershipTest, WhoLeavesClaimsNothingMore) {
  ownership_.Retire();
  ownership_.Propose(true);
  FoldClaim(Node("other"));
  Wait(absl::Seconds(10));
  EXPECT_EQ(Next(), Step::kNone);
}

}  // namespace
}  // namespace leadstream::testing
