// Where a new resource lies whose client chose no id.
#include "common/runtime/addressing.h"

#include <gtest/gtest.h>

#include "common/log/partitioner.h"
#include "common/runtime/ids.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "services/lead/lead_context.h"

namespace leadstream::testing {
namespace {

constexpr int kPartitions = 12;

class AddressingTest : public ::testing::Test {
 protected:
  runtime::PendingCommand Address(const lead::v1::CreateLeadRequest& request) const {
    runtime::PendingCommand command;
    auto refusal =
        addressing_.Address(std::make_unique<lead::v1::CreateLeadRequest>(request), &command);
    EXPECT_FALSE(refusal.has_value()) << refusal->message;
    EXPECT_EQ(command.partition, log::PartitionOf(command.name, kPartitions));
    return command;
  }
  static lead::v1::CreateLeadRequest Inquiry() {
    lead::v1::CreateLeadRequest request;
    request.mutable_lead()->set_topic("40 seats");
    request.mutable_lead()->set_company("Malom Kft.");
    return request;
  }

  int best_ = -1;
  const store::Schema schema_{lead::LeadService()};
  const runtime::Addressing addressing_{&schema_, kPartitions,
                                        [] { return runtime::NewUuid(runtime::NowMicros()); },
                                        [this] { return best_; }};
};

TEST_F(AddressingTest, InTheBestPartition) {
  for (best_ = 0; best_ < kPartitions; ++best_) EXPECT_EQ(Address(Inquiry()).partition, best_);
}

TEST_F(AddressingTest, AnywhereWhereNoneIsBest) {
  std::set<int> seen;
  for (int i = 0; i < 500; ++i) seen.insert(Address(Inquiry()).partition);
  EXPECT_EQ(seen.size(), kPartitions);
}

// However often it is sent, and to whom.
TEST_F(AddressingTest, InThePartitionOfItsRequestIdWhateverIsBest) {
  lead::v1::CreateLeadRequest request = Inquiry();
  request.set_request_id("c0ffee00-0000-4000-8000-000000000001");
  for (best_ = -1; best_ < kPartitions; ++best_)
    EXPECT_EQ(Address(request).partition, log::PartitionOf(request.request_id(), kPartitions));
}

TEST_F(AddressingTest, WhereItsClientSays) {
  lead::v1::CreateLeadRequest request = Inquiry();
  request.set_lead_id("malom");
  EXPECT_EQ(Address(request).name, "leads/malom");
}

}  // namespace
}  // namespace leadstream::testing
