// Orders and commands on them, for the tests of ordering. In all of them the customer buys 10 desks
// for 30.00 and 4 chairs for 25.50, at 20 % tax: 402.00 net, 482.40 in all.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/ordering/v1/error_reason.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "services/ordering/ordering_context.h"
#include "tests/domain/story.h"
#include "tests/message_of.h"

namespace leadstream::ordering {

using namespace leadstream::ordering::v1;  // NOLINT(google-build-using-namespace)

using testing::Of;

inline CreateOrderRequest CreateOrder(const std::string& more = "") {
  CreateOrderRequest request = Of<CreateOrderRequest>(R"pb(order {
                                                             account: "accounts/acme"
                                                             currency: "EUR"
                                                             payment_days: 30
                                                             lines {
                                                               line {
                                                                 description: "desk"
                                                                 quantity { value: "10" }
                                                                 unit_price { value: "30" }
                                                                 tax_rate { value: "20" }
                                                               }
                                                             }
                                                             lines {
                                                               line {
                                                                 description: "chair"
                                                                 quantity { value: "4" }
                                                                 unit_price { value: "25.50" }
                                                                 tax_rate { value: "20" }
                                                               }
                                                             }
                                                           })pb");
  request.MergeFrom(Of<CreateOrderRequest>(more));
  return request;
}

inline UpdateOrderRequest UpdateOrder(const std::string& order, const std::string& mask = "") {
  UpdateOrderRequest request;
  request.mutable_order()->CopyFrom(Of<Order>(order));
  if (!mask.empty()) request.mutable_update_mask()->add_paths(mask);
  return request;
}

inline FulfillOrderRequest Fulfill(const std::string& text = "") {
  return Of<FulfillOrderRequest>(text);
}
inline CancelOrderRequest Cancel(const std::string& text = "") {
  return Of<CancelOrderRequest>("reason: 'changed their mind' " + text);
}
inline RecordInvoiceRequest Invoice(const std::string& text) {
  return Of<RecordInvoiceRequest>("invoice { " + text + " }");
}

inline RecordPaymentRequest Payment(const std::string& invoice, int64_t revision, int64_t euros) {
  RecordPaymentRequest request;
  request.set_invoice(invoice);
  request.set_revision(revision);
  request.mutable_paid_amount()->set_currency_code("EUR");
  request.mutable_paid_amount()->set_units(euros);
  return request;
}

// Nothing has happened yet.
inline testing::Story NoOrder() {
  testing::Story story(OrderAggregate());
  story.Named("orders/o-1").Knows("accounts/acme", lead::v1::Account());
  return story;
}

inline testing::Story PlacedOrder() {
  testing::Story story = NoOrder();
  story.Given(CreateOrder());
  return story;
}

// orders/q-7, of quotes/q-7.
inline CreateOrderRequest CreateOrderOfQuote(
    const std::string& totals = "total { currency_code: 'EUR' units: 482 nanos: 400000000 }") {
  return CreateOrder(
      "order { quote: 'quotes/q-7' quote_revision: 1 } order_id: 'q-7' accepted_totals { " +
      totals + " }");
}

inline testing::Story PlacedOrderOfQuote() {
  testing::Story story(OrderAggregate());
  story.Named("orders/q-7").Given(CreateOrderOfQuote());
  return story;
}

}  // namespace leadstream::ordering
