// What happens by itself when its time has come.
#include <absl/strings/str_cat.h>

#include <atomic>
#include <thread>

#include "common/runtime/ids.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using opportunity::v1::Opportunity;
using quoting::v1::Quote;

class Timed : public Serving {
 protected:
  // It runs, from noon of the 2nd of March 2026 on, and is put forward.
  void Configure(server::Options* options) override {
    options->now_us = [this] { return runtime::NowMicros() + ahead_us_; };
  }
  void SetUp() override {
    PutClockTo("2026-03-02T12:00:00Z");
    Serving::SetUp();
    ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                            "account_id: 'acme' account { display_name: 'Acme' }"))
                    .ok());
  }
  void PutClockTo(const char* text) {
    absl::Time time;
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr));
    ahead_us_ = absl::ToUnixMicros(time) - runtime::NowMicros();
  }

  // An opportunity, and a quote for it that can be accepted through the 31st of March.
  void Propose(const std::string& id) {
    auto opportunity = Call<Opportunity>(Of<opportunity::v1::CreateOpportunityRequest>(absl::StrCat(
        "opportunity_id: '", id,
        "' opportunity { display_name: 'roof' account: 'accounts/acme' currency: 'EUR' }")));
    ASSERT_TRUE(opportunity.ok()) << opportunity.status.error_message();
    auto quote = Call<Quote>(Of<quoting::v1::CreateQuoteRequest>(
        absl::StrCat("quote_id: '", id, "' quote { opportunity: 'opportunities/", id,
                     "' valid_to { year: 2026 month: 3 day: 31 } lines { description: 'survey' "
                     "quantity { value: "
                     "'1' } unit_price { value: '100' } } }")));
    ASSERT_TRUE(quote.ok()) << quote.status.error_message();
    quote =
        Call<Quote>(Of<quoting::v1::ActivateQuoteRequest>(absl::StrCat("name: 'quotes/", id, "'")));
    ASSERT_TRUE(quote.ok()) << quote.status.error_message();
  }
  Quote AwaitAnswered(const std::string& id) {
    const auto get = Of<quoting::v1::GetQuoteRequest>(absl::StrCat("name: 'quotes/", id, "'"));
    Quote quote;
    EXPECT_TRUE(testing::Await([&] {
      quote = Call<Quote>(get).reply;
      return quote.state() != Quote::ACTIVE;
    })) << id
        << " stays " << Quote::State_Name(quote.state());
    return quote;
  }

  std::atomic<int64_t> ahead_us_ = 0;
};

TEST_F(Timed, SomebodyIsRemindedOfWhatIsPlanned) {
  using namespace lead::v1;  // NOLINT(google-build-using-namespace): a test about these messages
  Watching<WatchActivitiesRequest, WatchActivitiesResponse> watching(
      channel_, Of<WatchActivitiesRequest>("filter: 'reminder_due = true'"));
  const auto due = [this](const std::string& filter) {
    ListActivitiesRequest list;
    list.set_filter(filter);
    return Call<ListActivitiesResponse>(list).reply.activities_size();
  };
  // At 13:00 and at 14:00 of that day.
  for (const char* plan : {"activity_id: 'soon' activity { remind_time { seconds: 1772456400 }",
                           "activity_id: 'later' activity { remind_time { seconds: 1772460000 }"}) {
    auto planned = Call<Activity>(Of<CreateActivityRequest>(absl::StrCat(
        plan, " type: CALL subject: 'Call' owner: 'anna' regarding: 'accounts/acme' }")));
    ASSERT_TRUE(planned.ok()) << planned.status.error_message();
  }
  EXPECT_EQ(due("reminder_due = true"), 0);
  PutClockTo("2026-03-02T13:00:01Z");
  WatchActivitiesResponse change;
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.activity().name(), "activities/soon");
  EXPECT_EQ(change.event().type(), "leadstream.lead.v1.ActivityReminded");
  EXPECT_EQ(due("reminder_due = true AND owner = anna"), 1);
  EXPECT_EQ(due("reminder_due = true AND owner = bela"), 0);
  ASSERT_TRUE(Call<Activity>(Of<CompleteActivityRequest>("name: 'activities/soon'")).ok());
  EXPECT_EQ(due("reminder_due = true"), 0);
  watching.Cancel();
}

TEST_F(Timed, AQuoteExpiresByItself) {
  Propose("roof");
  PutClockTo("2026-03-31T23:59:30Z");
  absl::SleepFor(absl::Milliseconds(1'500));
  EXPECT_EQ(Call<Quote>(Of<quoting::v1::GetQuoteRequest>("name: 'quotes/roof'")).reply.state(),
            Quote::ACTIVE);
  PutClockTo("2026-04-01T00:00:00Z");
  const Quote quote = AwaitAnswered("roof");
  EXPECT_EQ(quote.close_reason(), Quote::EXPIRED);
  auto story = Call<quoting::v1::ListQuoteEventsResponse>(
      Of<quoting::v1::ListQuoteEventsRequest>("name: 'quotes/roof'"));
  ASSERT_EQ(story.reply.events_size(), 3);
  EXPECT_EQ(story.reply.events(2).actor(), "timers/expiry");
}

// The opportunity hears of it, so it can be closed without its quotes.
TEST_F(Timed, AnOpportunityHasNoLiveQuoteOnceItHasExpired) {
  Propose("roof");
  PutClockTo("2026-04-01T00:00:00Z");
  AwaitAnswered("roof");
  const auto lose =
      Of<opportunity::v1::LoseOpportunityRequest>("name: 'opportunities/roof' reason: NO_DECISION");
  Answer<Opportunity> lost;
  EXPECT_TRUE(testing::Await([&] {
    lost = Call<Opportunity>(lose);
    return lost.ok();
  })) << lost.status.error_message();
}

TEST_F(Timed, WhatBecameDueWhileNobodyServedHappensAfterwards) {
  Propose("roof");
  server_.reset();
  PutClockTo("2026-05-01T00:00:00Z");
  Start();
  EXPECT_EQ(AwaitAnswered("roof").close_reason(), Quote::EXPIRED);
}

// Whichever the writer decides first is what happened, for all to see.
TEST_F(Timed, AQuoteIsNeverBothAcceptedAndExpired) {
  constexpr int kQuotes = 24;
  for (int i = 0; i < kQuotes; ++i) Propose(absl::StrCat(i));
  PutClockTo("2026-03-31T23:59:59Z");
  std::vector<std::string> answers(kQuotes);
  std::vector<std::thread> customers;
  for (int first = 0; first < 4; ++first) {
    customers.emplace_back([&, first] {
      for (int i = first; i < kQuotes; i += 4) {
        answers[static_cast<size_t>(i)] =
            Call<Quote>(Of<quoting::v1::AcceptQuoteRequest>(absl::StrCat("name: 'quotes/", i, "'")))
                .reason();
        absl::SleepFor(absl::Milliseconds(250));
      }
    });
  }
  for (std::thread& customer : customers) customer.join();
  int accepted = 0;
  for (int i = 0; i < kQuotes; ++i) {
    const Quote quote = AwaitAnswered(absl::StrCat(i));
    const std::string& answer = answers[static_cast<size_t>(i)];
    if (answer == "accepted") {
      ++accepted;
      EXPECT_EQ(quote.state(), Quote::WON) << i;
    } else {
      EXPECT_TRUE(answer == "QUOTE_EXPIRED" || answer == "QUOTE_NOT_ACTIVE") << answer;
      EXPECT_EQ(quote.state(), Quote::CLOSED) << i;
      EXPECT_EQ(quote.close_reason(), Quote::EXPIRED) << i;
    }
    auto story = Call<quoting::v1::ListQuoteEventsResponse>(
        Of<quoting::v1::ListQuoteEventsRequest>(absl::StrCat("name: 'quotes/", i, "'")));
    EXPECT_EQ(story.reply.events_size(), 3) << i;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, kQuotes);
}

// Level by level while something is owed and nobody holds it.
TEST_F(Timed, ABuyerIsRemindedOfWhatIsOverdue) {
  auto issued = Call<billing::v1::Invoice>(Of<billing::v1::CreateInvoiceRequest>(
      "invoice_id: 'i-1' issue: true invoice { account: 'accounts/acme' currency: 'EUR' "
      "payment_days: 14 lines { description: 'desk' quantity { value: '1' } unit_price { value: "
      "'100' } } }"));
  ASSERT_TRUE(issued.ok()) << issued.status.error_message();
  auto await_level = [this](int level) {
    const auto get = Of<billing::v1::GetInvoiceRequest>("name: 'invoices/i-1'");
    return testing::Await(
        [&] { return Call<billing::v1::Invoice>(get).reply.reminder_level() == level; });
  };
  PutClockTo("2026-03-23T00:00:00Z");
  EXPECT_TRUE(await_level(1));
  auto held = Call<billing::v1::Invoice>(Of<billing::v1::HoldRemindersRequest>(
      "name: 'invoices/i-1' reason: 'the desk is scratched'"));
  ASSERT_TRUE(held.ok()) << held.status.error_message();
  PutClockTo("2026-04-06T00:00:00Z");
  absl::SleepFor(absl::Milliseconds(2'500));
  EXPECT_TRUE(await_level(1));
  ASSERT_TRUE(
      Call<billing::v1::Invoice>(Of<billing::v1::ResumeRemindersRequest>("name: 'invoices/i-1'"))
          .ok());
  EXPECT_TRUE(await_level(2));
  auto overdue = Call<billing::v1::ListInvoicesResponse>(
      Of<billing::v1::ListInvoicesRequest>("filter: 'reminder_level = 2'"));
  EXPECT_EQ(overdue.reply.invoices_size(), 1);
}

}  // namespace
}  // namespace leadstream::testing
