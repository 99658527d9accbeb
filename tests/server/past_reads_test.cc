// Lists and sums as they were at a time, over the wire.
#include <absl/time/clock.h>
#include <google/protobuf/util/time_util.h>

#include <filesystem>

#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "tests/server/serving_leads.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Timestamp;
using lead::v1::ListLeadsRequest;
using lead::v1::ListLeadsResponse;
using opportunity::v1::GetPipelineRequest;
using opportunity::v1::GetPipelineResponse;
using opportunity::v1::Opportunity;

class PastReads : public ServingLeads {
 protected:
  // A moment that nothing else happens at.
  static Timestamp Moment() {
    absl::SleepFor(absl::Milliseconds(2));
    const auto now =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(absl::Now()));
    absl::SleepFor(absl::Milliseconds(2));
    return now;
  }
  std::string NamesAt(const Timestamp& time, const std::string& request = "") {
    auto list = Of<ListLeadsRequest>(request);
    *list.mutable_read_time() = time;
    return absl::StrJoin(NamesOf(list), " ");
  }
};

TEST_F(PastReads, AListIsWhatItWasWithItsFiltersAndItsOrder) {
  const Timestamp before = Moment();
  CreateLead("one", "lead { score: 1 }");
  CreateLead("two", "lead { score: 2 }");
  Assign("leads/one", "anna");
  const Timestamp then = Moment();
  CreateLead("three", "lead { score: 3 }");
  Assign("leads/one", "bela");
  Assign("leads/two", "anna");
  EXPECT_EQ(NamesAt(before), "");
  EXPECT_EQ(NamesAt(then), "leads/two leads/one");
  EXPECT_EQ(NamesAt(then, "filter: 'owner = \"anna\"'"), "leads/one");
  EXPECT_EQ(NamesAt(then, "order_by: 'score' page_size: 1"), "leads/one leads/two");
  EXPECT_EQ(NamesAt(Moment(), "filter: 'owner = \"anna\"'"), "leads/two");
  EXPECT_EQ(Call<ListLeadsResponse>(Of<ListLeadsRequest>("filter: 'owner = \"anna\"'"))
                .reply.leads(0)
                .name(),
            "leads/two");
}

TEST_F(PastReads, APageTokenIsOfItsMoment) {
  CreateLead("one");
  CreateLead("two");
  ListLeadsRequest list = Of<ListLeadsRequest>("page_size: 1");
  *list.mutable_read_time() = Moment();
  auto page = Call<ListLeadsResponse>(list);
  ASSERT_TRUE(page.ok());
  list.set_page_token(page.reply.next_page_token());
  EXPECT_EQ(Call<ListLeadsResponse>(list).reply.leads_size(), 1);
  *list.mutable_read_time() = Moment();
  EXPECT_EQ(Call<ListLeadsResponse>(list).reason(), "PAGE_TOKEN_INVALID");
  list.clear_read_time();
  EXPECT_EQ(Call<ListLeadsResponse>(list).reason(), "PAGE_TOKEN_INVALID");
}

TEST_F(PastReads, WhatIsStillToComeIsRefused) {
  ListLeadsRequest list;
  list.mutable_read_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  const auto refused = Call<ListLeadsResponse>(list);
  EXPECT_EQ(refused.code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.fields(), "read_time");
}

TEST_F(PastReads, APipelineIsWhatItWas) {
  ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                          "account_id: 'acme' account { display_name: 'A' }"))
                  .ok());
  ASSERT_TRUE(Call<Opportunity>(Of<opportunity::v1::CreateOpportunityRequest>(R"pb(
                opportunity_id: "desks"
                opportunity {
                  display_name: "desks"
                  account: "accounts/acme"
                  currency: "EUR"
                  estimated_close_date { year: 2030 month: 5 day: 2 }
                  estimated_revenue { currency_code: "EUR" units: 1000 }
                })pb"))
                  .ok());
  GetPipelineRequest then;
  *then.mutable_read_time() = Moment();
  ASSERT_TRUE(Call<Opportunity>(Of<opportunity::v1::WinOpportunityRequest>("name: "
                                                                           "'opportunities/desks'"))
                  .ok());
  EXPECT_EQ(Call<GetPipelineResponse>(GetPipelineRequest()).reply.rows_size(), 0);
  const auto was = Call<GetPipelineResponse>(then);
  ASSERT_TRUE(was.ok()) << was.status.error_message();
  ASSERT_EQ(was.reply.rows_size(), 1);
  EXPECT_EQ(was.reply.rows(0).stage(), "qualify");
  EXPECT_EQ(was.reply.rows(0).sum().units(), 1000);
}

TEST_F(PastReads, TheLastFewMomentsAreKeptAndNothingIsLeftBehind) {
  CreateLead("one");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(NamesAt(Moment()), "leads/one");
  const std::filesystem::path past = directory_.path() + "/data/past";
  const auto kept = [&past] {
    return std::distance(std::filesystem::directory_iterator(past),
                         std::filesystem::directory_iterator());
  };
  EXPECT_EQ(kept(), 3);
  server_.reset();
  EXPECT_EQ(kept(), 0);
}

}  // namespace
}  // namespace leadstream::testing
