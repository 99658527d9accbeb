// Races between services, in every order there is: each comes to one right end, which all services
// agree on, without an operator.
#include "tests/process/interleavings.h"

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/message_of.h"

namespace leadstream::process {
namespace {

using billing::v1::Invoice;
using opportunity::v1::Opportunity;
using ordering::v1::Order;
using quoting::v1::Quote;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::Of;

quoting::v1::CreateQuoteRequest Draft() {
  return Of<quoting::v1::CreateQuoteRequest>(
      "quote_id: 'roof' quote { opportunity: 'opportunities/roof' lines { description: 'survey' "
      "quantity { value: '4' } unit_price { value: '100' } } }");
}
const auto kActivate = [] { return Of<quoting::v1::ActivateQuoteRequest>("name: 'quotes/roof'"); };
const auto kAccept = [] { return Of<quoting::v1::AcceptQuoteRequest>("name: 'quotes/roof'"); };
const auto kLose = [](const char* more) {
  return Of<opportunity::v1::LoseOpportunityRequest>(
      absl::StrCat("name: 'opportunities/roof' reason: NO_DECISION ", more));
};

// An account and an opportunity.
Interleavings Begun() {
  Interleavings race;
  race.Given(Of<lead::v1::CreateAccountRequest>("account_id: 'acme' account { display_name: 'A' }"))
      .Given(Of<opportunity::v1::CreateOpportunityRequest>(
          "opportunity_id: 'roof' opportunity { display_name: 'roof' account: 'accounts/acme' "
          "currency: 'EUR' }"));
  return race;
}

// What all services say of the sale, in one line.
std::string Told(const Interleavings::World& end) {
  const auto* opportunity = end.Find<Opportunity>("opportunities/roof");
  const auto* quote = end.Find<Quote>("quotes/roof");
  const auto* order = end.Find<Order>("orders/roof");
  return absl::StrCat(Opportunity::State_Name(opportunity->state()), ", quote ",
                      quote == nullptr ? "gone" : Quote::State_Name(quote->state()), ", ",
                      order == nullptr ? "no order" : Order::State_Name(order->state()));
}

// What an answer promised is what there is.
TEST(AnOpportunityLostWithItsQuotesWhileOneIsAccepted, IsWonIfTheCustomerCameFirst) {
  Interleavings race = Begun();
  race.Given(Draft()).Given(kActivate());
  race.Caller("customer", kAccept()).Caller("rep", kLose("close_quotes: true"));
  std::set<std::string> told;
  race.ForEachEnd([&](const Interleavings::World& end) {
    EXPECT_THAT(end.parked, IsEmpty());
    const bool accepted = end.answer.at("customer") == "accepted";
    told.insert(
        absl::StrCat(end.answer.at("customer"), " / ", end.answer.at("rep"), ": ", Told(end)));
    EXPECT_EQ(end.Find<Order>("orders/roof") != nullptr, accepted);
    EXPECT_EQ(end.Find<Opportunity>("opportunities/roof")->actual_revenue().units(),
              accepted ? 400 : 0);
  });
  EXPECT_THAT(told, ElementsAre("QUOTE_NOT_ACTIVE / accepted: LOST, quote CLOSED, no order",
                                "accepted / OPPORTUNITY_NOT_OPEN: WON, quote WON, ACTIVE",
                                "accepted / accepted: WON, quote WON, ACTIVE"));
}

// Without `close_quotes` it is not lost while it has live quotes; but it may not have heard of
// them.
TEST(AnOpportunityLostWhileAQuoteIsDraftedAndAccepted, IsWonIfTheCustomerAccepts) {
  for (const char* more : {"", "close_quotes: true"}) {
    Interleavings race = Begun();
    race.Caller("customer", Draft()).Caller("customer", kActivate()).Caller("customer", kAccept());
    race.Caller("rep", kLose(more));
    std::set<std::string> ends;
    race.ForEachEnd([&](const Interleavings::World& end) {
      EXPECT_THAT(end.parked, IsEmpty()) << more;
      const bool accepted = end.answer.at("customer") == "accepted";
      EXPECT_EQ(end.Find<Order>("orders/roof") != nullptr, accepted) << more << ": " << Told(end);
      ends.insert(Told(end));
    });
    EXPECT_TRUE(ends.contains("WON, quote WON, ACTIVE")) << more;
    EXPECT_TRUE(ends.contains("LOST, quote gone, no order")) << more;  // it came before the draft
    for (const std::string& end : ends)
      EXPECT_THAT(end, ::testing::AnyOf("WON, quote WON, ACTIVE", "LOST, quote CLOSED, no order",
                                        "LOST, quote gone, no order"))
          << more;
  }
}

TEST(AnOpportunityLostWhileItsDraftIsDeleted, IsLost) {
  Interleavings race = Begun();
  race.Given(Draft());
  race.Caller("colleague", Of<quoting::v1::DeleteQuoteRequest>("name: 'quotes/roof'"));
  race.Caller("rep", kLose("close_quotes: true"));
  std::set<std::string> told;
  race.ForEachEnd([&](const Interleavings::World& end) {
    EXPECT_THAT(end.parked, IsEmpty());
    told.insert(absl::StrCat(end.answer.at("colleague"), ": ", Told(end)));
  });
  EXPECT_THAT(told, ElementsAre("QUOTE_NOT_DRAFT: LOST, quote CLOSED, no order",
                                "accepted: LOST, quote gone, no order"));
}

// What was delivered is billed, what was not is canceled, and nothing is both.
TEST(AnOrderCanceledWhileItIsFulfilled, IsWhatCameFirstAndTheRest) {
  Interleavings race = Begun();
  race.Given(Draft()).Given(kActivate()).Given(kAccept());
  race.Caller("warehouse",
              Of<ordering::v1::FulfillOrderRequest>(
                  "name: 'orders/roof' lines { line_id: '1' quantity { value: '3' } }"));
  race.Caller("buyer", Of<ordering::v1::CancelOrderRequest>("name: 'orders/roof' reason: 'rain'"));
  std::set<std::string> told;
  race.ForEachEnd([&](const Interleavings::World& end) {
    EXPECT_THAT(end.parked, IsEmpty());
    const auto* order = end.Find<Order>("orders/roof");
    const auto* invoice = end.Find<Invoice>("invoices/roof-1");
    const auto& line = order->lines(0);
    told.insert(absl::StrCat(end.answer.at("warehouse"), " / ", end.answer.at("buyer"), ": ",
                             Order::State_Name(order->state()), ", fulfilled ",
                             line.fulfilled_quantity().value(), ", canceled ",
                             line.canceled_quantity().value(), ", invoiced ",
                             invoice == nullptr ? 0 : invoice->totals().net().units(), ", ",
                             Order::BillingState_Name(order->billing_state())));
  });
  EXPECT_THAT(told,
              ElementsAre("ORDER_CLOSED / accepted: CANCELED, fulfilled , canceled 4, invoiced 0, "
                          "NOT_INVOICED",
                          "accepted / accepted: FULFILLED, fulfilled 3, canceled 1, invoiced 300, "
                          "INVOICED"));
}

// A payment of 100 for an invoice of 100 that somebody else pays 70 of, and that the bank takes
// back.
TEST(APaymentThatIsTakenBackWhileItIsSpread, LeavesNothingBehind) {
  Interleavings race;
  race.Given(Of<lead::v1::CreateAccountRequest>("account_id: 'acme' account { display_name: 'A' }"))
      .Given(Of<billing::v1::CreateInvoiceRequest>(
          "invoice_id: 'i-1' issue: true invoice { account: 'accounts/acme' currency: 'EUR' lines "
          "{ "
          "description: 'desk' quantity { value: '1' } unit_price { value: '100' } } }"));
  const std::string share =
      "allocations { invoice: 'invoices/i-1' amount { currency_code: 'EUR' units: 100 } } ";
  race.Caller("bank", Of<billing::v1::CreatePaymentRequest>(
                          "payment_id: 'p-1' payment { account: 'accounts/acme' amount { "
                          "currency_code: 'EUR' units: 100 } reference: 'TR-1' " +
                          share + "}"));
  race.Caller("bank",
              Of<billing::v1::ReversePaymentRequest>("name: 'payments/p-1' reason: 'no funds'"));
  race.Caller("buyer", Of<billing::v1::RecordPaymentRequest>(
                           "name: 'invoices/i-1' amount { currency_code: 'EUR' units: 70 } "
                           "reference: 'TR-2'"));
  const int ends = race.ForEachEnd([](const Interleavings::World& end) {
    EXPECT_THAT(end.parked, IsEmpty());
    EXPECT_EQ(end.Find<Invoice>("invoices/i-1")->paid_amount().units(), 70);
    const auto* payment = end.Find<billing::v1::Payment>("payments/p-1");
    EXPECT_EQ(payment->state(), billing::v1::Payment::REVERSED);
    EXPECT_TRUE(payment->allocations(0).settled());
  });
  EXPECT_GT(ends, 1);
}

// Two payments for one invoice: it is paid once, and the rest is credit.
TEST(TwoPaymentsOfOneInvoice, PayItOnceAndAreCreditForTheRest) {
  Interleavings race;
  race.Given(Of<lead::v1::CreateAccountRequest>("account_id: 'acme' account { display_name: 'A' }"))
      .Given(Of<billing::v1::CreateInvoiceRequest>(
          "invoice_id: 'i-1' issue: true invoice { account: 'accounts/acme' currency: 'EUR' lines "
          "{ "
          "description: 'desk' quantity { value: '1' } unit_price { value: '100' } } }"));
  for (const char* id : {"p-1", "p-2"}) {
    race.Caller(id, Of<billing::v1::CreatePaymentRequest>(absl::StrCat(
                        "payment_id: '", id,
                        "' payment { account: 'accounts/acme' amount { currency_code: 'EUR' units: "
                        "80 } reference: '",
                        id,
                        "' allocations { invoice: 'invoices/i-1' amount { currency_code: 'EUR' "
                        "units: 80 } } }")));
  }
  std::set<std::string> told;
  race.ForEachEnd([&](const Interleavings::World& end) {
    EXPECT_THAT(end.parked, IsEmpty());
    EXPECT_EQ(end.Find<Invoice>("invoices/i-1")->payment_state(), Invoice::PAID);
    told.insert(absl::StrCat(
        end.Find<billing::v1::Payment>("payments/p-1")->unallocated_amount().units(), " and ",
        end.Find<billing::v1::Payment>("payments/p-2")->unallocated_amount().units()));
  });
  EXPECT_THAT(told, ElementsAre("0 and 60", "60 and 0"));
}

}  // namespace
}  // namespace leadstream::process
