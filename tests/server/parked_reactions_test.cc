// What a reaction was refused, and what an operator can do about it.
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using billing::v1::CreateInvoiceRequest;
using billing::v1::Invoice;
using common::v1::ListParkedReactionsRequest;
using common::v1::ListParkedReactionsResponse;
using common::v1::ParkedReaction;
using common::v1::RetryParkedReactionRequest;
using ordering::v1::CreateOrderRequest;
using ordering::v1::GetOrderRequest;
using ordering::v1::ListOrderEventsRequest;
using ordering::v1::ListOrderEventsResponse;
using ordering::v1::Order;

class ParkedReactions : public Serving {
 protected:
  void SetUp() override {
    Serving::SetUp();
    ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(R"pb(
                  account_id: "acme"
                  account { display_name: "Acme" })pb"))
                    .ok());
  }
  // Invoices two seats of an order, as the books of another system have it, whatever ordering knows
  // of it.
  Invoice InvoiceOf(const std::string& order, const std::string& currency) {
    auto create = Of<CreateInvoiceRequest>(R"pb(
      invoice { account: "accounts/acme" }
      order_basis {
        lines {
          line_id: "seat"
          description: "Seat licence"
          quantity { value: "2" }
          unit_price { value: "100" }
        }
        fulfilled {
          line_id: "seat"
          quantity { value: "2" }
        }
      }
      issue: true)pb");
    create.mutable_invoice()->set_order(order);
    create.mutable_invoice()->set_currency(currency);
    auto invoice = Call<Invoice>(create);
    EXPECT_TRUE(invoice.ok()) << invoice.status.error_message();
    return invoice.reply;
  }
  void PlaceOrder(const std::string& id) {
    auto place = Of<CreateOrderRequest>(R"pb(
      order {
        account: "accounts/acme"
        currency: "EUR"
        lines {
          line {
            line_id: "seat"
            description: "Seat licence"
            quantity { value: "2" }
            unit_price { value: "100" }
          }
        }
      })pb");
    place.set_order_id(id);
    auto order = Call<Order>(place);
    ASSERT_TRUE(order.ok()) << order.status.error_message();
  }
  ParkedReaction AwaitParked(const std::string& service) {
    ListParkedReactionsRequest list;
    list.set_parent("services/" + service);
    list.set_filter("state = PARKED");
    return Await<ListParkedReactionsResponse>(
               list, [](const auto& page) { return page.parked_reactions_size() == 1; })
        .parked_reactions(0);
  }
  Answer<ParkedReaction> Retry(const ParkedReaction& parked) {
    RetryParkedReactionRequest retry;
    retry.set_name(parked.name());
    return Call<ParkedReaction>(retry);
  }
  Order GetOrder(const std::string& name) {
    GetOrderRequest get;
    get.set_name(name);
    auto order = Call<Order>(get);
    EXPECT_TRUE(order.ok()) << order.status.error_message();
    return order.reply;
  }
};

// An invoice is told of before its order.
TEST_F(ParkedReactions, OneWhoseObstacleIsGoneIsDoneWhenItIsRetried) {
  const Invoice invoice = InvoiceOf("orders/late", "EUR");
  const ParkedReaction parked = AwaitParked("ordering");
  EXPECT_EQ(parked.reaction(), "record-invoice-of-order");
  EXPECT_EQ(parked.reason(), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Retry(parked).reply.state(), ParkedReaction::PARKED);

  PlaceOrder("late");
  EXPECT_EQ(GetOrder("orders/late").invoices_size(), 0) << "nobody has retried it yet";
  auto retried = Retry(parked);
  ASSERT_TRUE(retried.ok()) << retried.status.error_message();
  EXPECT_EQ(retried.reply.state(), ParkedReaction::DONE);
  EXPECT_EQ(retried.reply.attempts(), 3);

  const Order order = GetOrder("orders/late");
  ASSERT_EQ(order.invoices_size(), 1);
  EXPECT_EQ(order.invoices(0).invoice(), invoice.name());
  EXPECT_EQ(order.billing_state(), Order::INVOICED);
  EXPECT_EQ(order.invoiced_amount().units(), 200);
  ListOrderEventsRequest list;
  list.set_name(order.name());
  const auto recorded = Call<ListOrderEventsResponse>(list).reply.events(1);
  EXPECT_EQ(recorded.actor(), "reactions/record-invoice-of-order");
  EXPECT_EQ(recorded.causation_id(), parked.event_id());

  EXPECT_EQ(Retry(parked).reason(), "PARKED_REACTION_NOT_OPEN");
  EXPECT_EQ(GetOrder("orders/late").etag(), order.etag()) << "once";
}

TEST_F(ParkedReactions, OutliveARestartAndAreRetriedThen) {
  InvoiceOf("orders/late", "EUR");
  const ParkedReaction parked = AwaitParked("ordering");
  Restart();
  PlaceOrder("late");
  EXPECT_EQ(Retry(parked).reply.state(), ParkedReaction::DONE);
  EXPECT_EQ(GetOrder("orders/late").invoices_size(), 1);
}

}  // namespace
}  // namespace leadstream::testing
