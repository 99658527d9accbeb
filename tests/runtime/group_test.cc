// Commands decided together, each on what those before it have made.
#include "common/runtime/group.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "common/log/fence.h"
#include "common/runtime/ids.h"
#include "common/store/fold_batch.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "services/lead/lead_context.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using lead::v1::AssignLeadRequest;
using lead::v1::CreateLeadRequest;

class GroupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::ReadModelOptions options;
    options.directory = directory_.path() + "/model";
    options.partitions = 1;
    auto model = store::ReadModel::Open(options, &schema_);
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = std::move(*model);
    store::FoldBatch claim(model_.get());
    ASSERT_TRUE(claim.Add(0, 0, log::Fence().NextClaim("claim", {"node", "life", ""}, 1)).ok());
    ASSERT_TRUE(claim.Commit().ok());
    group_ = std::make_unique<runtime::Group>(model_.get(), "lead", runtime::Mutant::kNone);
  }

  template <typename Request>
  void Decide(const Request& request) {
    runtime::PendingCommand command;
    command.collection = schema_.OfCommand(Request::descriptor());
    command.command = command.collection->aggregate().FindCommand(Request::descriptor());
    command.request = std::make_unique<Request>(request);
    command.name = "leads/one";
    command.request_id = request.request_id();
    command.request_hash = runtime::HashOf(request);
    command.looked_up = true;
    const std::string id = "event " + std::to_string(++events_);
    ASSERT_TRUE(group_->Decide(std::move(command), {absl::Now(), 1'000'000, id}).ok());
  }
  static AssignLeadRequest AssignTo(const std::string& owner) {
    AssignLeadRequest assign;
    assign.set_name("leads/one");
    assign.set_owner(owner);
    assign.set_request_id("to " + owner);
    return assign;
  }

  TemporaryDirectory directory_;
  const store::Schema schema_{lead::LeadService()};
  std::unique_ptr<store::ReadModel> model_;
  std::unique_ptr<runtime::Group> group_;
  int events_ = 0;
};

// It was answered as what the last command of the group had made.
TEST_F(GroupTest, ARepeatedCommandIsAnsweredAsItWasThoughAnotherCameBetween) {
  CreateLeadRequest create;
  create.mutable_lead()->set_topic("40 seats");
  create.mutable_lead()->set_company("Kovács Kft.");
  Decide(create);
  Decide(AssignTo("anna"));
  Decide(AssignTo("bela"));
  Decide(AssignTo("anna"));
  ASSERT_EQ(group_->accepted().size(), 3u);
  ASSERT_EQ(group_->others().size(), 1u);
  const runtime::Outcome& again = group_->others().front().outcome;
  ASSERT_FALSE(again.refusal) << again.refusal->message;
  EXPECT_EQ(again.after.revision, 2);
  EXPECT_EQ(again.position.offset, 2);
  EXPECT_EQ(static_cast<const lead::v1::Lead&>(*again.after.resource).owner(), "anna");
}

}  // namespace
}  // namespace leadstream::testing
