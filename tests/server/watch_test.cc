// Watches over the wire: what comes, from where it was left, until somebody ends it.
#include <set>
#include <thread>

#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving_leads.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using grpc::StatusCode;
using lead::v1::Lead;
using lead::v1::WatchLeadsRequest;
using lead::v1::WatchLeadsResponse;
using quoting::v1::Quote;
using quoting::v1::WatchQuotesRequest;
using quoting::v1::WatchQuotesResponse;

using LeadsWatched = Watching<WatchLeadsRequest, WatchLeadsResponse>;
using QuotesWatched = Watching<WatchQuotesRequest, WatchQuotesResponse>;

class Watches : public ServingLeads {
 protected:
  // Drains the server as SIGTERM does, and says how long that took.
  absl::Duration Drain() {
    const absl::Time began = absl::Now();
    server_->Drain(absl::Seconds(20));
    return absl::Now() - began;
  }
};

TEST_F(Watches, TellWhatComes) {
  CreateLead("before");
  LeadsWatched watching(channel_, WatchLeadsRequest());
  std::thread writer([this] {
    absl::SleepFor(absl::Milliseconds(100));
    CreateLead("after");
    Assign("leads/after", "anna");
  });
  WatchLeadsResponse change;
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.lead().name(), "leads/after");
  EXPECT_EQ(change.event().type(), "leadstream.lead.v1.LeadCreated");
  const std::string position = change.position();
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.lead().owner(), "anna");
  writer.join();
  EXPECT_EQ(watching.Cancel().error_code(), StatusCode::CANCELLED);

  WatchLeadsRequest from;
  from.set_position(position);
  LeadsWatched going_on(channel_, from);
  ASSERT_TRUE(going_on.Next(&change));
  EXPECT_EQ(change.event().type(), "leadstream.lead.v1.LeadAssigned");
  going_on.Cancel();
}

TEST_F(Watches, FromTheBeginningMissNothing) {
  for (int i = 0; i < 30; ++i)
    CreateLead(absl::StrCat("l", i), i % 3 == 0 ? "lead { source: WEB }" : "");
  WatchLeadsRequest all = Of<WatchLeadsRequest>("position: '0' filter: 'source = WEB'");
  LeadsWatched watching(channel_, all);
  std::set<std::string> seen;
  WatchLeadsResponse change;
  while (seen.size() < 10 && watching.Next(&change)) seen.insert(change.lead().name());
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_TRUE(seen.count("leads/l27"));
  watching.Cancel();
}

TEST_F(Watches, ADeletionIsTold) {
  ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                          "account_id: 'acme' account { display_name: 'Acme' }"))
                  .ok());
  QuotesWatched watching(channel_, Of<WatchQuotesRequest>("position: '0'"));
  ASSERT_TRUE(Call<Quote>(Of<quoting::v1::CreateQuoteRequest>(
                              "quote_id: 'one' quote { account: 'accounts/acme' currency: 'EUR' }"))
                  .ok());
  WatchQuotesResponse change;
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.quote().name(), "quotes/one");
  ASSERT_TRUE(
      Call<google::protobuf::Empty>(Of<quoting::v1::DeleteQuoteRequest>("name: 'quotes/one'"))
          .ok());
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.event().type(), "leadstream.quoting.v1.QuoteDeleted");
  EXPECT_EQ(change.event().resource(), "quotes/one");
  EXPECT_FALSE(change.has_quote()) << change.DebugString();

  // The same for one who comes when the quote is gone, and for one to whom it mattered.
  for (const char* filter : {"", "state = DRAFT"}) {
    WatchQuotesRequest all = Of<WatchQuotesRequest>("position: '0'");
    all.set_filter(filter);
    QuotesWatched later(channel_, all);
    ASSERT_TRUE(later.Next(&change));
    EXPECT_EQ(change.event().type(), "leadstream.quoting.v1.QuoteCreated");
    EXPECT_EQ(change.quote().name(), "quotes/one");
    ASSERT_TRUE(later.Next(&change));
    EXPECT_EQ(change.event().type(), "leadstream.quoting.v1.QuoteDeleted");
    EXPECT_FALSE(change.has_quote()) << change.DebugString();
    later.Cancel();
  }
  watching.Cancel();
}

TEST_F(Watches, ADrainEndsThemAndTheyGoOnWhereTheyWere) {
  LeadsWatched watching(channel_, Of<WatchLeadsRequest>("position: '0'"));
  CreateLead("before");
  WatchLeadsResponse change;
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_LT(Drain(), absl::Seconds(5));
  const grpc::Status ended = watching.End();
  EXPECT_EQ(ended.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(ended), "SHUTTING_DOWN");
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(ended).has_retry_delay());

  Restart();
  WatchLeadsRequest from;
  from.set_position(change.position());
  LeadsWatched going_on(channel_, from);
  Assign("leads/before", "anna");
  ASSERT_TRUE(going_on.Next(&change));
  EXPECT_EQ(change.event().type(), "leadstream.lead.v1.LeadAssigned");
  going_on.Cancel();
}

// More than the connection takes while nobody reads.
TEST_F(Watches, OneThatIsNotReadHoldsUpNoDrain) {
  for (int i = 0; i < 200; ++i)
    CreateLead(absl::StrCat("l", i),
               absl::StrCat("lead { notes: '", std::string(19'000, 'n'), "' }"));
  LeadsWatched watching(channel_, Of<WatchLeadsRequest>("position: '0'"));
  WatchLeadsResponse change;
  ASSERT_TRUE(watching.Next(&change));
  absl::SleepFor(absl::Milliseconds(500));
  EXPECT_LT(Drain(), absl::Seconds(5));
  EXPECT_FALSE(watching.End().ok());
}

// A message went out in the moment in which its caller gave up: the watch was never over, kept its
// place among the 64, and a drain waited for it for ever.
TEST_F(Watches, OneThatIsGivenUpWhileItIsToldSomethingIsOver) {
  for (int i = 0; i < 100; ++i) CreateLead(absl::StrCat("l", i));
  const auto all = Of<WatchLeadsRequest>("position: '0'");
  for (int round = 0; round < 50; ++round) {
    std::vector<std::unique_ptr<LeadsWatched>> many;
    for (int i = 0; i < 10; ++i) many.push_back(std::make_unique<LeadsWatched>(channel_, all));
    WatchLeadsResponse change;
    for (auto& watching : many) {
      ASSERT_TRUE(watching->Next(&change)) << "refused in round " << round;
      watching->Cancel();
    }
  }
  EXPECT_LT(Drain(), absl::Seconds(5));
}

TEST_F(Watches, AreRefusedWhereTheyCannotBe) {
  LeadsWatched broken(channel_, Of<WatchLeadsRequest>("filter: 'stat = OPEN'"));
  EXPECT_EQ(ReasonOf(broken.End()), "FILTER_INVALID");
  LeadsWatched nowhere(channel_, Of<WatchLeadsRequest>("position: 'lead/99:1'"));
  EXPECT_EQ(FieldsOf(nowhere.End()), "position");
  std::vector<std::unique_ptr<LeadsWatched>> many;
  CreateLead("one");
  for (int i = 0; i < 64; ++i)
    many.push_back(
        std::make_unique<LeadsWatched>(channel_, Of<WatchLeadsRequest>("position: '0'")));
  WatchLeadsResponse change;
  for (auto& watching : many) ASSERT_TRUE(watching->Next(&change));  // it has begun
  LeadsWatched one_more(channel_, WatchLeadsRequest());
  const grpc::Status refused = one_more.End();
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_GT(DetailOf<google::rpc::RetryInfo>(refused).retry_delay().nanos(), 0);
  for (auto& watching : many) watching->Cancel();
}

}  // namespace
}  // namespace leadstream::testing
