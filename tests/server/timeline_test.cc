// ListTimeline over the wire: a sale in five services as one story.
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "services/lead/lead_context.h"
#include "tests/server/serving_leads.h"

namespace leadstream::testing {
namespace {

using namespace lead::v1;  // NOLINT(google-build-using-namespace): a page about these messages

class Timeline : public ServingLeads {
 protected:
  // From leads/anna to an invoice, invoices/anna-1.
  void Sell() {
    ASSERT_TRUE(CreateLead("anna").ok());
    ASSERT_TRUE(Call<QualifyLeadResponse>(
                    Of<QualifyLeadRequest>("name: 'leads/anna' need: 'seats' "
                                           "budget { currency_code: 'EUR' units: 6000 }"))
                    .ok());
    Await<opportunity::v1::Opportunity>(
        Of<opportunity::v1::GetOpportunityRequest>("name: 'opportunities/anna'"),
        [](const auto&) { return true; });
    const auto quote = Call<quoting::v1::Quote>(Of<quoting::v1::CreateQuoteRequest>(
        "quote_id: 'anna' quote { opportunity: 'opportunities/anna' lines { description: 'Seat' "
        "quantity { value: '40' } unit_price { value: '99.50' } tax_rate { value: '27' } } }"));
    ASSERT_TRUE(quote.ok()) << quote.status.error_message();
    ASSERT_TRUE(
        Call<quoting::v1::Quote>(Of<quoting::v1::ActivateQuoteRequest>("name: 'quotes/anna'"))
            .ok());
    ASSERT_TRUE(
        Call<quoting::v1::Quote>(Of<quoting::v1::AcceptQuoteRequest>("name: 'quotes/anna'")).ok());
    Await<ordering::v1::Order>(Of<ordering::v1::GetOrderRequest>("name: 'orders/anna'"),
                               [](const auto&) { return true; });
    ASSERT_TRUE(
        Call<ordering::v1::Order>(Of<ordering::v1::FulfillOrderRequest>("name: 'orders/anna'"))
            .ok());
    Await<opportunity::v1::Opportunity>(
        Of<opportunity::v1::GetOpportunityRequest>("name: 'opportunities/anna'"),
        [](const auto& one) { return one.state() == opportunity::v1::Opportunity::WON; });
    Await<billing::v1::Invoice>(Of<billing::v1::GetInvoiceRequest>("name: 'invoices/anna-1'"),
                                [](const billing::v1::Invoice& one) {
                                  return one.state() == billing::v1::Invoice::ISSUED;
                                });
    Await<Account>(Of<GetAccountRequest>("name: 'accounts/anna'"),
                   [](const Account&) { return true; });
  }
  std::vector<TimelineEntry> Pages(const std::string& text, int page_size) {
    auto request = Of<ListTimelineRequest>(text);
    request.set_page_size(page_size);
    std::vector<TimelineEntry> entries;
    do {
      auto page = Call<ListTimelineResponse>(request);
      EXPECT_TRUE(page.ok()) << page.status.error_message();
      EXPECT_LE(page.reply.entries_size(), page_size);
      entries.insert(entries.end(), page.reply.entries().begin(), page.reply.entries().end());
      request.set_page_token(page.reply.next_page_token());
    } while (!request.page_token().empty());
    return entries;
  }
  static std::string Summaries(const std::vector<TimelineEntry>& entries) {
    return absl::StrJoin(entries, "; ", [](std::string* out, const TimelineEntry& entry) {
      absl::StrAppend(out, entry.summary());
    });
  }
};

TEST_F(Timeline, IsTheWholeSaleInTheOrderOfTime) {
  Sell();
  ASSERT_TRUE(CreateLead("other").ok());
  ASSERT_TRUE(
      Call<Activity>(Of<CreateActivityRequest>(
                         "activity_id: 'call' activity { type: CALL subject: 'Delivery' regarding: "
                         "'orders/anna' owner: 'bela' done_time { seconds: 1 } }"))
          .ok());
  const auto story = Pages("regarding: 'leads/anna' include_related: true order_by: 'time'", 1000);
  ASSERT_GT(story.size(), 9u);
  EXPECT_EQ(story[0].summary(), "call done: Delivery");
  EXPECT_EQ(story[0].resource() + " " + story[0].actor(), "orders/anna bela");
  EXPECT_EQ(story[1].summary(), "lead created");
  const std::string all = Summaries(story);
  for (const char* part : {"lead qualified", "account created", "opportunity created",
                           "quote created", "quote activated", "quote accepted", "order placed",
                           "order fulfilled", "opportunity won", "invoice issued"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part << " is not in " << all;
  }
  for (const TimelineEntry& entry : story) EXPECT_NE(entry.resource(), "leads/other");
  // The same story from its other end, when no reaction is under way any more.
  const auto back = Pages("regarding: 'invoices/anna-1' include_related: true", 1000);
  EXPECT_EQ(back.back().summary(), "call done: Delivery");
}

TEST_F(Timeline, HasThePaymentsOfTheSale) {
  Sell();
  const auto came = Call<billing::v1::Payment>(Of<billing::v1::CreatePaymentRequest>(
      "payment_id: 'sum' payment { payer: 'Anna' reference: 'TR-1' amount { currency_code: 'EUR' "
      "units: 900 } allocations { invoice: 'invoices/anna-1' amount { currency_code: 'EUR' units: "
      "700 } } }"));
  ASSERT_TRUE(came.ok()) << came.status.error_message();
  Await<billing::v1::Payment>(
      Of<billing::v1::GetPaymentRequest>("name: 'payments/sum'"),
      [](const billing::v1::Payment& one) { return one.allocations(0).settled(); });
  const std::string of_lead =
      Summaries(Pages("regarding: 'leads/anna' include_related: true order_by: 'time'", 1000));
  for (const char* part : {"payment created", "payment recorded", "allocation settled"})
    EXPECT_NE(of_lead.find(part), std::string::npos) << part << " is not in " << of_lead;
  const auto of_payment =
      Pages("regarding: 'payments/sum' include_related: true order_by: 'time'", 1000);
  ASSERT_FALSE(of_payment.empty());
  EXPECT_EQ(of_payment[0].summary(), "lead created");
}

TEST_F(Timeline, SaysWhatEachEventChanged) {
  ASSERT_TRUE(CreateLead("anna").ok());
  ASSERT_TRUE(Call<Lead>(Of<UpdateLeadRequest>(
                             "lead { name: 'leads/anna' topic: '50 seats' need: 'soon' }"))
                  .ok());
  Assign("leads/anna", "bela");
  const auto story = Pages("regarding: 'leads/anna' order_by: 'time'", 2);
  ASSERT_EQ(story.size(), 3u);
  EXPECT_EQ(absl::StrJoin(story[1].changes(), "; ",
                          [](std::string* out, const common::v1::Change& change) {
                            absl::StrAppend(out, change.field(), ": ", change.old_value(), " -> ",
                                            change.new_value());
                          }),
            "topic: 40 seats -> 50 seats; need:  -> soon");
  ASSERT_EQ(story[2].changes_size(), 1);
  EXPECT_EQ(story[2].changes(0).field() + "=" + story[2].changes(0).new_value(), "owner=bela");
}

TEST_F(Timeline, PagesAddUpToTheWholeInBothOrders) {
  Sell();
  // What the sale still leads to comes to an end.
  std::vector<TimelineEntry> whole;
  for (size_t before = 0; whole.empty() || before != whole.size();
       absl::SleepFor(absl::Milliseconds(300))) {
    before = whole.size();
    whole = Pages("regarding: 'quotes/anna' include_related: true order_by: 'time'", 1000);
  }
  for (const int page_size : {1, 3, 1000}) {
    const auto forth =
        Pages("regarding: 'quotes/anna' include_related: true order_by: 'time'", page_size);
    auto back =
        Pages("regarding: 'quotes/anna' include_related: true order_by: 'time desc'", page_size);
    std::reverse(back.begin(), back.end());
    ASSERT_EQ(forth.size(), whole.size());
    ASSERT_EQ(back.size(), whole.size());
    for (size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(forth[i].SerializeAsString(), whole[i].SerializeAsString());
      EXPECT_EQ(back[i].SerializeAsString(), whole[i].SerializeAsString());
    }
  }
}

TEST_F(Timeline, PagesGoOnWhereTheyWereWhileMoreHappens) {
  ASSERT_TRUE(CreateLead("anna").ok());
  for (int i = 0; i < 9; ++i) Assign("leads/anna", absl::StrCat("rep", i));
  for (const bool newest_first : {true, false}) {
    auto request = Of<ListTimelineRequest>("regarding: 'leads/anna' page_size: 3");
    request.set_order_by(newest_first ? "time desc" : "time");
    auto now = Call<Lead>(Of<GetLeadRequest>("name: 'leads/anna'")).reply;
    const int64_t revisions = std::stoll(now.etag());
    std::vector<int64_t> seen;
    do {
      const auto page = Call<ListTimelineResponse>(request);
      ASSERT_TRUE(page.ok()) << page.status.error_message();
      for (const auto& entry : page.reply.entries()) seen.push_back(entry.event().revision());
      request.set_page_token(page.reply.next_page_token());
      if (seen.size() < 7) Assign("leads/anna", absl::StrCat("more", seen.size()));
    } while (!request.page_token().empty());
    for (size_t i = 0; i < seen.size(); ++i) {
      EXPECT_EQ(seen[i],
                newest_first ? revisions - static_cast<int64_t>(i) : static_cast<int64_t>(i) + 1);
    }
    EXPECT_EQ(static_cast<int64_t>(seen.size()), newest_first ? revisions : revisions + 2);
  }
}

TEST_F(Timeline, OfWhatIsNotThereIsRefused) {
  EXPECT_EQ(Call<ListTimelineResponse>(Of<ListTimelineRequest>("regarding: 'leads/none'")).reason(),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Call<ListTimelineResponse>(ListTimelineRequest()).fields(), "regarding");
}

// The lead service alone, which was not told where the others are.
TEST_F(Timeline, WaitsForNobodyWhoDoesNotAnswer) {
  server_.reset();
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data = directory_.path() + "/alone";
  std::vector<domain::ServiceDefinition> definitions;
  definitions.push_back(lead::LeadService());
  auto server = server::Server::Start(options, std::move(definitions));
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = std::move(*server);
  channel_ = server_->InProcessChannel();
  ASSERT_TRUE(CreateLead("anna").ok());
  ASSERT_TRUE(Call<QualifyLeadResponse>(
                  Of<QualifyLeadRequest>("name: 'leads/anna' need: 'seats' "
                                         "budget { currency_code: 'EUR' units: 6000 }"))
                  .ok());
  const auto answer = Call<ListTimelineResponse>(
      Of<ListTimelineRequest>("regarding: 'leads/anna' include_related: true"));
  EXPECT_EQ(answer.reason(), "OWNER_UNAVAILABLE");
  EXPECT_EQ(answer.code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Call<ListTimelineResponse>(Of<ListTimelineRequest>("regarding: 'leads/anna'")).ok());
}

}  // namespace
}  // namespace leadstream::testing
