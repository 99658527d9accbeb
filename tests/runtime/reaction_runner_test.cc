// Reactions: at least once in, one effect out, whatever the second time looks like.
#include "common/runtime/reaction_runner.h"

#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "common/domain/decision.h"
#include "common/log/local_log.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Message;
using ordering::v1::CancelOrderRequest;
using ordering::v1::OrderSubmitted;
using runtime::Outcome;

constexpr char kTopic[] = "leadstream.ordering";

class Nobody : public runtime::Peers {
 public:
  absl::StatusOr<std::shared_ptr<const Message>> Get(const std::string& name, int64_t,
                                                     const std::optional<log::Position>&,
                                                     absl::Time) override {
    return absl::NotFoundError(name);
  }
};

class ReactionRunnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto log = log::LocalLog::Open({directory_.path()});
    ASSERT_TRUE(log.ok());
    log_ = std::move(*log);
    ASSERT_TRUE(log_->CreateTopic(kTopic, 1).ok());
    const common::v1::Record claim = log::Fence().NextClaim("claim", {"node-1"}, 1);
    common::v1::Record submitted;
    submitted.set_subject("orders/one");
    submitted.set_type(OrderSubmitted::descriptor()->full_name());
    submitted.set_id("event-1");
    submitted.set_revision(1);
    submitted.set_epoch(claim.epoch());
    absl::Notification appended;
    log_->Append(kTopic, {{0, &claim}, {0, &submitted}}, [&](log::AppendResult result) {
      EXPECT_TRUE(result.status.ok());
      appended.Notify();
    });
    appended.WaitForNotification();
  }

  // Runs the reaction to its end; each command is answered with `refusal`. How many there were, and
  // how many were parked.
  std::pair<int, int> ReactAndAnswer(const std::optional<domain::Refusal>& refusal) {
    std::atomic<int> commands{0}, parked{0};
    std::vector<domain::Reaction> reactions = {domain::Whenever<OrderSubmitted, CancelOrderRequest>(
        "cancel-submitted",
        [](const OrderSubmitted&, const domain::Occurrence& on,
           CancelOrderRequest* cancel) -> absl::StatusOr<bool> {
          cancel->set_name(on.record.subject());
          return true;
        })};
    runtime::ReactionRunner::Options options;
    options.service = "billing";
    options.report = [](int, const std::string&) {};
    runtime::ReactionRunner runner(
        &reactions, log_.get(), &peers_,
        [&](std::unique_ptr<Message> request, runtime::CallInfo,
            std::function<void(Outcome)> done) {
          const bool parks = request->GetDescriptor() == common::v1::ReactionParked::descriptor();
          ++(parks ? parked : commands);
          done({parks ? std::nullopt : refusal, {}, {}});
        },
        options);
    runner.Start();
    for (const absl::Time deadline = absl::Now() + absl::Seconds(30); absl::Now() < deadline;
         absl::SleepFor(absl::Milliseconds(1))) {
      auto progress = log_->Progress("leadstream.billing.reactions", kTopic);
      if (progress.ok() && (*progress)[0].next_offset == 2) break;
    }
    runner.Stop();
    return {commands, parked};
  }

  TemporaryDirectory directory_;
  std::unique_ptr<log::LocalLog> log_;
  Nobody peers_;
};

TEST_F(ReactionRunnerTest, WhatTheRulesRefuseIsParked) {
  EXPECT_EQ(ReactAndAnswer(
                domain::Refusal{absl::StatusCode::kFailedPrecondition, "ORDER_NOT_ACTIVE", "", {}}),
            std::make_pair(1, 1));
}

// Somebody placed `orders/x` by hand, and the accepted quote `quotes/x` never got its order: nobody
// was told.
TEST_F(ReactionRunnerTest, AnEffectWhoseNameIsTakenIsParked) {
  EXPECT_EQ(ReactAndAnswer(domain::Refusal{absl::StatusCode::kAlreadyExists,
                                           domain::ReasonName(common::v1::RESOURCE_ALREADY_EXISTS),
                                           "",
                                           {}}),
            std::make_pair(1, 1));
}

TEST_F(ReactionRunnerTest, WhatIsDoneIsNotDoneAgain) {
  EXPECT_EQ(ReactAndAnswer(std::nullopt), std::make_pair(1, 0));
  EXPECT_EQ(ReactAndAnswer(std::nullopt), std::make_pair(0, 0));
}

// Killed after the command was accepted, before that was noted; meanwhile the account was renamed
// that the command is made from. The second time it was other content under the same request id,
// and an invoice that exists was parked as one that could not be made.
TEST_F(ReactionRunnerTest, ACommandMadeAgainOfWhatHasChangedSinceIsNotParked) {
  EXPECT_EQ(ReactAndAnswer(domain::Refusal{absl::StatusCode::kInvalidArgument,
                                           domain::ReasonName(common::v1::REQUEST_ID_REUSED),
                                           "",
                                           {}}),
            std::make_pair(1, 0));
}

// The reaction had read a lead that was assigned meanwhile, and reacts to that as well.
TEST_F(ReactionRunnerTest, ACommandThatRestsOnWhatHasChangedSinceIsNotParked) {
  EXPECT_EQ(ReactAndAnswer(domain::Refusal{
                absl::StatusCode::kAborted, domain::ReasonName(common::v1::ETAG_MISMATCH), "", {}}),
            std::make_pair(1, 0));
}

}  // namespace
}  // namespace leadstream::testing
