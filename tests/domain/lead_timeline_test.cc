// Timelines: what is related, in which order, page by page, and what is refused.
#include "services/lead/timeline.h"

#include <absl/strings/str_join.h>
#include <gmock/gmock.h>

#include <random>

#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/billing/v1/payment.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"
#include "services/lead/lead_context.h"
#include "services/lead/relations.h"
#include "tests/domain/lead_examples.h"
#include "tests/domain/owners.h"

namespace leadstream::lead {
namespace {

using billing::v1::Invoice;
using billing::v1::Payment;
using opportunity::v1::Opportunity;
using ordering::v1::Order;
using quoting::v1::Quote;
using testing::Owners;
using ::testing::UnorderedElementsAre;

// Anna's sale, from the lead to a credit note; another sale of the same account, and a payment of
// both.
Owners Sale() {
  Owners owners;
  owners.Add("leads/anna", Of<Lead>("account: 'accounts/k' contact: 'contacts/anna' "
                                    "opportunity: 'opportunities/anna'"));
  owners.Add("accounts/k", Account());
  owners.Add("contacts/anna", Of<Contact>("account: 'accounts/k'"));
  owners.Add("opportunities/anna", Of<Opportunity>("lead: 'leads/anna' account: 'accounts/k' "
                                                   "contact: 'contacts/anna'"));
  owners.Add("quotes/anna", Of<Quote>("opportunity: 'opportunities/anna' account: 'accounts/k' "
                                      "order: 'orders/anna'"));
  owners.Add("orders/anna", Of<Order>("quote: 'quotes/anna' opportunity: 'opportunities/anna'"));
  owners.Add("invoices/anna-1",
             Of<Invoice>("order: 'orders/anna' payments { payment: 'payments/both' } "
                         "payments { reference: 'alone' }"));
  owners.Add("invoices/credit",
             Of<Invoice>("order: 'orders/anna' credited_invoice: 'invoices/anna-1'"));
  owners.Add("opportunities/other", Of<Opportunity>("account: 'accounts/k'"));
  owners.Add("quotes/other", Of<Quote>("opportunity: 'opportunities/other'"));
  owners.Add("invoices/other",
             Of<Invoice>("account: 'accounts/k' payments { payment: 'payments/both' }"));
  owners.Add("payments/both", Of<Payment>("account: 'accounts/k' "
                                          "allocations { invoice: 'invoices/anna-1' } "
                                          "allocations { invoice: 'invoices/other' }"));
  return owners;
}

std::vector<std::string> Related(const std::string& name) {
  Owners owners = Sale();
  auto related = RelatedTo(name, owners);
  EXPECT_TRUE(related.ok()) << related.status();
  return related.ok() ? *related : std::vector<std::string>();
}

TEST(LeadTimeline, ASaleIsTheSameFromWhereverItIsSeen) {
  for (const char* name : {"leads/anna", "opportunities/anna", "quotes/anna", "orders/anna",
                           "invoices/anna-1", "invoices/credit"}) {
    EXPECT_THAT(Related(name),
                UnorderedElementsAre("leads/anna", "accounts/k", "contacts/anna",
                                     "opportunities/anna", "quotes/anna", "orders/anna",
                                     "invoices/anna-1", "invoices/credit", "payments/both"))
        << name;
  }
}

TEST(LeadTimeline, AnAccountHasAllItsSales) {
  EXPECT_EQ(Related("accounts/k").size(), 12u);
  EXPECT_THAT(Related("contacts/anna"), ::testing::Not(::testing::Contains("quotes/other")));
}

TEST(LeadTimeline, APaymentHasTheSalesOfAllThatItSettles) {
  EXPECT_THAT(
      Related("payments/both"),
      UnorderedElementsAre("leads/anna", "accounts/k", "contacts/anna", "opportunities/anna",
                           "quotes/anna", "orders/anna", "invoices/anna-1", "invoices/credit",
                           "invoices/other", "payments/both"));
}

ListTimelineResponse Listed(const ListTimelineRequest& request, Owners& owners) {
  ListTimelineResponse response;
  auto refusal = ListTimeline(request, owners, &response);
  EXPECT_FALSE(refusal) << refusal->message;
  return response;
}

// What comes while pages are read is on none that begins at the newest (unless something planned
// for later was the last on a page), and on the last of those that begin at the oldest.
TEST(LeadTimeline, PagesAddUpToTheWholeWhileMoreHappens) {
  std::mt19937 dice(7);
  const std::vector<std::string> names = {"leads/anna", "quotes/anna", "orders/anna",
                                          "invoices/anna-1"};
  for (int round = 0; round < 100; ++round) {
    Owners owners = Sale();
    int64_t now = 1'000;
    const auto happen = [&](int times) {
      for (int i = 0; i < times; ++i)
        owners.Happens(names[dice() % names.size()], now += static_cast<int64_t>(dice() % 2));
    };
    happen(static_cast<int>(dice() % 40));
    owners.mine().Add(ActivityAggregate(), "activities/call",
                      Of<Activity>("regarding: 'quotes/anna' done_time { nanos: 1000 }"));
    const size_t before = owners.events().size();
    const bool newest_first = round % 2 == 0;
    ListTimelineRequest request = Of<ListTimelineRequest>("regarding: 'leads/anna'");
    request.set_include_related(true);
    request.set_order_by(newest_first ? "time desc" : "time");
    request.set_page_size(1 + static_cast<int>(dice() % 7));
    std::vector<std::string> seen;
    size_t events = 0;
    std::optional<common::v1::StoryPlace> last;
    do {
      const auto page = Listed(request, owners);
      EXPECT_LE(page.entries_size(), request.page_size());
      for (const auto& entry : page.entries()) {
        const bool is_event = entry.has_event();
        seen.push_back(is_event ? absl::StrCat(entry.resource(), "@", entry.event().revision())
                                : entry.activity().name());
        events += is_event ? 1 : 0;
        if (!is_event) continue;
        common::v1::ToldEvent told;
        *told.mutable_event() = entry.event();
        const auto place = Owners::PlaceOf(told);
        EXPECT_TRUE(!last || (domain::Compare(*last, place) > 0) == newest_first);
        last = place;
      }
      request.set_page_token(page.next_page_token());
      ++now;
      // Less than a page shows, so that the oldest-first reader gets to the end.
      if (!request.page_token().empty()) happen(dice() % 3 == 0 ? 1 : 0);
    } while (!request.page_token().empty());
    EXPECT_EQ(events, newest_first ? before : owners.events().size());
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
    EXPECT_TRUE(std::binary_search(seen.begin(), seen.end(), "activities/call"));
  }
}

std::string ReasonOf(const std::string& request, Owners owners = Sale()) {
  ListTimelineResponse response;
  auto refusal = ListTimeline(Of<ListTimelineRequest>(request), owners, &response);
  return refusal ? refusal->reason : "answered";
}

TEST(LeadTimeline, RefusesWhatItCannotTell) {
  EXPECT_EQ(ReasonOf("regarding: 'leads/none'"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf("regarding: 'leads/none' include_related: true"), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf("regarding: 'products/p'"), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf("regarding: 'leads/anna' page_size: -1"), "INVALID_FIELD");
  EXPECT_EQ(ReasonOf("regarding: 'leads/anna' order_by: 'actor'"), "ORDER_BY_INVALID");
  EXPECT_EQ(ReasonOf("regarding: 'leads/anna' page_token: 'made up'"), "PAGE_TOKEN_INVALID");
  Owners silent = Sale();
  silent.Silence("invoices");
  EXPECT_EQ(ReasonOf("regarding: 'leads/anna' include_related: true", silent), "OWNER_UNAVAILABLE");
  EXPECT_EQ(ReasonOf("regarding: 'leads/anna'", silent), "answered");
}

TEST(LeadTimeline, ATokenOfAnotherOrderIsRefused) {
  Owners owners = Sale();
  for (int i = 0; i < 3; ++i) owners.Happens("leads/anna", 10 + i);
  auto request = Of<ListTimelineRequest>("regarding: 'leads/anna' page_size: 2");
  request.set_page_token(Listed(request, owners).next_page_token());
  EXPECT_EQ(Listed(request, owners).entries_size(), 1);
  request.set_order_by("time");
  ListTimelineResponse response;
  EXPECT_EQ(ListTimeline(request, owners, &response)->reason, "PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace leadstream::lead
