// A record that cannot be read: its partition stands still, the others go on, and an operator may
// decide to pass over it.
#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/log/skips.h"
#include "common/runtime/catch_up.h"
#include "common/runtime/service.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "services/lead/lead_context.h"
#include "tests/await.h"
#include "tests/history/written.h"
#include "tests/runtime/no_peers.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kPartitions = 2;
constexpr int kBroken = 1;  // the partition with the record that cannot be read

// An id whose lead belongs into the partition.
std::string In(int partition, const std::string& id) {
  for (int i = 0;; ++i) {
    const std::string numbered = absl::StrCat(id, i);
    if (log::PartitionOf("leads/" + numbered, kPartitions) == partition) return numbered;
  }
}
const std::string kOne = In(0, "one"), kBefore = In(kBroken, "before"),
                  kBehind = In(kBroken, "behind");

// Leads of both partitions; one's creation cannot be read, and another one comes behind it.
class Unreadable : public ::testing::Test {
 protected:
  Unreadable() {
    written_.Topic("lead", kPartitions);
    written_.Lead(0, kOne, 10);
    written_.Lead(kBroken, kBefore, 11);
    written_.UnreadableLead(kBroken, "broken", 12);
    position_ = {"lead", kBroken, 2};
    written_.Lead(kBroken, kBehind, 13);
  }
  ~Unreadable() override { Close(); }

  void Open() {
    runtime::ServiceOptions options;
    options.directory = directory_.path();
    options.page_token_key = "a key of the tests";
    options.node = "node";  // which wrote it
    options.memory = store::SharedMemory::Make(8 << 20, 8 << 20);
    auto service =
        runtime::Service::Open(lead::LeadService(), written_.log(), &peers_, std::move(options));
    ASSERT_TRUE(service.ok()) << service.status();
    service_ = std::move(*service);
    absl::Status started = service_->Start(absl::Now() + absl::Seconds(30));
    ASSERT_TRUE(started.ok()) << started;
  }
  void Close() {
    if (service_ != nullptr) service_->Drain();
    service_.reset();
  }
  static std::unique_ptr<store::ReadModel> OpenModel(const std::string& directory,
                                                     const store::Schema* schema) {
    store::ReadModelOptions options;
    options.directory = directory + "/lead";
    options.partitions = kPartitions;
    options.memory = store::SharedMemory::Make(8 << 20, 8 << 20);
    auto model = store::ReadModel::Open(options, schema);
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? std::move(*model) : nullptr;
  }
  bool Has(const std::string& name) { return service_->Find(name) != nullptr; }
  std::map<int, runtime::Replica::Stop> Stops() { return service_->replica().Stops(); }

  // The reason of the refusal, or nothing.
  std::string Skip(const log::Position& position) {
    std::string reason;
    absl::Notification done;
    service_->SkipRecord(position, "bela", "the disk of a broker was broken",
                         [&](std::optional<domain::Refusal> refusal, const log::Position&) {
                           if (refusal) reason = refusal->reason;
                           done.Notify();
                         });
    done.WaitForNotification();
    return reason;
  }
  void AwaitGoingOn() {
    EXPECT_TRUE(Await([this] { return Stops().empty(); }));
  }
  std::optional<domain::Refusal> Assign(const std::string& name, const std::string& owner,
                                        absl::Duration at_most) {
    auto request = std::make_unique<lead::v1::AssignLeadRequest>();
    request->set_name(name);
    request->set_owner(owner);
    runtime::CallInfo call;
    call.deadline = absl::Now() + at_most;
    std::optional<domain::Refusal> refusal;
    absl::Notification done;
    service_->Execute(std::move(request), std::move(call), [&](runtime::Outcome outcome) {
      refusal = std::move(outcome.refusal);
      done.Notify();
    });
    done.WaitForNotification();
    return refusal;
  }

  WrittenLog written_;
  TemporaryDirectory directory_;
  NoPeers peers_;
  log::Position position_;
  std::unique_ptr<runtime::Service> service_;
};

TEST_F(Unreadable, StopsItsPartitionAloneAndSaysWhy) {
  Open();
  const auto stops = Stops();
  ASSERT_EQ(stops.size(), 1u);
  EXPECT_EQ(stops.at(kBroken).offset, position_.offset);
  EXPECT_THAT(stops.at(kBroken).why,
              HasSubstr(absl::StrCat(log::ToString(position_),
                                     ": the leadstream.lead.v1.LeadCreated of leads/broken "
                                     "(revision 1, recorded 1970-01-01T00:00:12+00:00) cannot be "
                                     "read")));
  EXPECT_TRUE(service_->caught_up());
  EXPECT_TRUE(service_->serving());
  EXPECT_TRUE(Has("leads/" + kOne));
  EXPECT_TRUE(Has("leads/" + kBefore));
  EXPECT_FALSE(Has("leads/broken"));
  EXPECT_FALSE(Has("leads/" + kBehind));
  const auto refusal = Assign("leads/" + kOne, "anna", absl::Seconds(10));
  EXPECT_FALSE(refusal.has_value()) << refusal->message;
}

TEST_F(Unreadable, KeepsCommandsOfItsPartitionWaitingAndSaysWhy) {
  Open();
  std::optional<domain::Refusal> refusal;
  // On a busy machine the deadline may have passed before the node looks whose is near.
  EXPECT_TRUE(Await([&] {
    refusal = Assign("leads/" + kBefore, "anna", absl::Milliseconds(300));
    return !refusal || refusal->reason != "DEADLINE_PASSED";
  }));
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->reason, "WRITER_UNAVAILABLE");
  EXPECT_THAT(refusal->message, HasSubstr("lead/1:2: the leadstream.lead.v1.LeadCreated"));
}

TEST_F(Unreadable, IsSkippedWhereItStandsStillAndNowhereElse) {
  Open();
  EXPECT_EQ(Skip({"lead", 0, 1}), "RECORD_NOT_STOPPED_AT");
  EXPECT_EQ(Skip({"lead", kBroken, 1}), "RECORD_NOT_STOPPED_AT");
  EXPECT_EQ(Skip({"lead", kBroken, 3}), "RECORD_NOT_STOPPED_AT");
  EXPECT_EQ(Skip(position_), "");
  AwaitGoingOn();
  EXPECT_TRUE(Has("leads/" + kBehind));
  // It is the revision that its event made, and says nothing else.
  auto broken = service_->model().Find("leads/broken");
  ASSERT_TRUE(broken.ok()) << broken.status();
  EXPECT_EQ(broken->revision, 1);
  EXPECT_TRUE(Await([this] { return service_->replica().Writes(kBroken); }));
  EXPECT_FALSE(Assign("leads/" + kBefore, "anna", absl::Seconds(10)).has_value());
  EXPECT_EQ(Skip(position_), "RECORD_NOT_STOPPED_AT");
}

TEST_F(Unreadable, IsSkippedByWhoeverFoldsTheLogLater) {
  Open();
  ASSERT_EQ(Skip(position_), "");
  AwaitGoingOn();
  Close();
  Open();  // what was folded stays
  EXPECT_THAT(Stops(), IsEmpty());
  service_->Drain();  // from now on it appends nothing
  TemporaryDirectory elsewhere;
  auto anew = OpenModel(elsewhere.path(), &service_->schema());
  const log::Positions ends = written_.log()->Ends("leadstream.lead").value();
  absl::Status folded =
      runtime::CatchUp(written_.log(), "leadstream.lead", anew.get(), {}).Run(ends);
  ASSERT_TRUE(folded.ok()) << folded;
  EXPECT_EQ(anew->Fingerprint().value(), service_->model().Fingerprint().value());
}

TEST_F(Unreadable, FailsAReplayThatNobodyDecidedFor) {
  const store::Schema schema(lead::LeadService());
  auto model = OpenModel(directory_.path(), &schema);
  const log::Positions ends = written_.log()->Ends("leadstream.lead").value();
  absl::Status folded =
      runtime::CatchUp(written_.log(), "leadstream.lead", model.get(), {}).Run(ends);
  EXPECT_EQ(folded.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(folded.message()), HasSubstr("leadstream.lead/1:2: "));
  EXPECT_EQ(model->NextOffset(0), ends.at(0));
}

TEST(Skips, AreFoundBehindTheRecordAloneAndOnceWritten) {
  WrittenLog written;
  written.Topic("lead", 1);
  log::Skips skips(written.log(), "leadstream.lead");
  EXPECT_FALSE(skips.Contains(0, 1).value());
  const log::Record decision = log::Fence(1).Skip("d", "bela", 1, "broken", 1);
  EXPECT_EQ(log::SkippedBy(decision), 1);
  written.Lead(0, "broken", 1);
  EXPECT_FALSE(skips.Contains(0, 1).value());
  written.Append("lead", 0, log::Fence(1).Skip("e", "bela", 7, "another", 1));
  EXPECT_FALSE(skips.Contains(0, 1).value());
  written.Append("lead", 0, decision);
  EXPECT_TRUE(skips.Contains(0, 1).value());
  EXPECT_TRUE(skips.Contains(0, 7).value());
  EXPECT_FALSE(skips.Contains(0, 8).value());
}

}  // namespace
}  // namespace leadstream::testing
