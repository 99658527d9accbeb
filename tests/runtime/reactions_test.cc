// What follows from an event, in the service that it happened in.
#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "common/log/local_log.h"
#include "common/log/partitioner.h"
#include "common/runtime/service.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "services/lead/lead_context.h"
#include "tests/runtime/no_peers.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using lead::v1::Lead;
using runtime::Outcome;

class ReactionsTest : public ::testing::Test {
 protected:
  static constexpr int kPartitions = 4;

  void SetUp() override {
    auto log = log::LocalLog::Open({directory_.path() + "/log"});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = std::move(*log);
    runtime::ServiceOptions options;
    options.directory = directory_.path() + "/model";
    ASSERT_TRUE(log_->CreateTopic("leadstream.lead", kPartitions).ok());
    options.page_token_key = "a key of the tests";
    options.memory = store::SharedMemory::Make(8 << 20, 8 << 20);
    auto service = runtime::Service::Open(lead::LeadService(), log_.get(), &peers_, options);
    ASSERT_TRUE(service.ok()) << service.status();
    service_ = std::move(*service);
    absl::Status started = service_->Start(absl::Now() + absl::Seconds(30));
    ASSERT_TRUE(started.ok()) << started;
  }

  void Begin(const google::protobuf::Message& request, runtime::CallInfo call,
             std::function<void(Outcome)> done) {
    std::unique_ptr<google::protobuf::Message> copy(request.New());
    copy->CopyFrom(request);
    service_->Execute(std::move(copy), std::move(call), std::move(done));
  }
  std::string Do(const google::protobuf::Message& request) {
    Outcome outcome;
    absl::Notification done;
    Begin(request, {}, [&](Outcome answered) {
      outcome = std::move(answered);
      done.Notify();
    });
    done.WaitForNotification();
    return outcome.refusal ? outcome.refusal->reason : "accepted";
  }
  static lead::v1::CreateLeadRequest CreateLead(const std::string& id, const std::string& company) {
    lead::v1::CreateLeadRequest create;
    create.set_lead_id(id);
    create.mutable_lead()->set_topic("40 seats");
    create.mutable_lead()->set_company(company);
    return create;
  }

  TemporaryDirectory directory_;
  NoPeers peers_;
  std::unique_ptr<log::LocalLog> log_;
  std::unique_ptr<runtime::Service> service_;
};

// Merging passed the merged lead's etag off as the survivor's, so that a survivor that had been
// changed never took anything.
TEST_F(ReactionsTest, ASurvivorTakesAMergedLeadWhateverItsOwnRevision) {
  ASSERT_EQ(Do(CreateLead("survivor", "Kovács Kft.")), "accepted");
  for (const char* owner : {"anna", "bela"}) {
    lead::v1::AssignLeadRequest assign;
    assign.set_name("leads/survivor");
    assign.set_owner(owner);
    ASSERT_EQ(Do(assign), "accepted");
  }
  lead::v1::CreateLeadRequest create = CreateLead("merged", "Kovács Kft.");
  create.mutable_lead()->set_need("seats");
  ASSERT_EQ(Do(create), "accepted");
  lead::v1::MergeLeadsRequest merge;
  merge.set_name("leads/merged");
  merge.set_into("leads/survivor");
  ASSERT_EQ(Do(merge), "accepted");

  for (const absl::Time deadline = absl::Now() + absl::Seconds(10);;
       absl::SleepFor(absl::Milliseconds(5))) {
    auto survivor = service_->Find("leads/survivor");
    if (static_cast<const Lead&>(*survivor).need() == "seats") break;
    ASSERT_LT(absl::Now(), deadline) << survivor->DebugString();
  }
}

// A reaction read what it needs before its own event was folded, and was parked for what it did not
// find.
TEST_F(ReactionsTest, WhatACommandRefersToIsReadNoEarlierThanTheEventThatItFollowsFrom) {
  const int partition = log::PartitionOf("leads/late", kPartitions);
  lead::v1::CreateAccountRequest create;
  create.mutable_account()->set_display_name("Kovács Kft.");
  create.mutable_account()->set_lead("leads/late");
  EXPECT_EQ(Do(create), "REFERENCE_NOT_FOUND");

  runtime::CallInfo call;
  call.after = log::Position{"lead", partition, *log_->End("leadstream.lead", partition)};
  call.deadline = absl::Now() + absl::Seconds(10);
  absl::Notification done;
  std::string answer;
  Begin(create, call, [&](Outcome outcome) {
    answer = outcome.refusal ? outcome.refusal->reason : "accepted";
    done.Notify();
  });
  EXPECT_FALSE(done.WaitForNotificationWithTimeout(absl::Milliseconds(50))) << answer;
  ASSERT_EQ(Do(CreateLead("late", "Kovács Kft.")), "accepted");
  ASSERT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(10)));
  EXPECT_EQ(answer, "accepted");
}

}  // namespace
}  // namespace leadstream::testing
