// Fulfilling and canceling.
#include "services/ordering/order_rules.h"
#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

const char kSomeDesks[] = "lines { line_id: '1' quantity { value: '4' } }";

TEST(FulfillingAnOrder, InPartTellsBillingAllItNeeds) {
  testing::Story story = PlacedOrder();
  story.Given(Fulfill("lines { line_id: '2' quantity { value: '1' } }"))
      .When(Fulfill("lines { line_id: '1' quantity { value: '2.5' } } date { year: 2026 month: 3 "
                    "day: 1 } carrier: 'post' tracking: 'T1'"))
      .Then<OrderFulfilled>(R"pb(
        fulfillment {
          number: 2
          lines {
            line_id: "1"
            quantity { value: "2.5" }
            quantity_before { value: "0" }
            quantity_after { value: "2.5" }
          }
          date { year: 2026 month: 3 day: 1 }
          carrier: "post"
          tracking: "T1"
          invoice: "invoices/o-1-2"
        }
        date { year: 2026 month: 3 day: 1 }
        lines {
          line_id: "1"
          quantity { value: "2.5" }
          quantity_before { value: "0" }
          quantity_after { value: "2.5" }
        }
        lines {
          line_id: "2"
          quantity { value: "0" }
          quantity_before { value: "1" }
          quantity_after { value: "1" }
        }
        state: PARTIALLY_FULFILLED
        number: "O-2026-00-00001"
        seller: "default"
        account: "accounts/acme"
        currency: "EUR"
        payment_days: 30
        order_lines {
          line_id: "1"
          net { units: 300 }
        }
        order_lines {
          line_id: "2"
          net { units: 102 }
        }
        totals { total { units: 482 nanos: 400000000 } }
      )pb")
      .ThenState(R"pb(
        state: PARTIALLY_FULFILLED
        lines { fulfilled_quantity { value: "2.5" } }
        lines { fulfilled_quantity { value: "1" } }
        fulfillments { number: 1 invoice: "invoices/o-1-1" }
        fulfillments { number: 2 invoice: "invoices/o-1-2" tracking: "T1" }
      )pb");
}

TEST(FulfillingAnOrder, OfAllThatIsLeftIsToday) {
  PlacedOrder()
      .Given(Fulfill(kSomeDesks))
      .At("2026-03-09T23:59:59Z")
      .When(Fulfill())
      .Then<OrderFulfilled>(R"pb(
        state: FULFILLED
        fulfillment {
          number: 2
          date { year: 2026 month: 3 day: 9 }
          lines {
            line_id: "1"
            quantity { value: "6" }
            quantity_after { value: "10" }
          }
          lines {
            line_id: "2"
            quantity { value: "4" }
            quantity_after { value: "4" }
          }
        })pb")
      .ThenState("state: FULFILLED fulfill_time { seconds: 1773100799 }");
}

TEST(FulfillingAnOrder, OfALineWithoutAQuantityTakesWhatIsLeftOfIt) {
  PlacedOrder()
      .Given(Fulfill(kSomeDesks))
      .When(Fulfill("lines { line_id: '1' }"))
      .Then<OrderFulfilled>("fulfillment { lines { quantity { value: '6' } } }");
}

TEST(FulfillingAnOrder, NeverExceedsOrderedLessCanceled) {
  testing::Story story = PlacedOrder();
  story.Given(Fulfill(kSomeDesks))
      .Given(Cancel("lines { line_id: '1' quantity { value: '3' } } lines { line_id: '2' }"));
  story.When(Fulfill("lines { line_id: '1' quantity { value: '3.01' } } lines { line_id: '2' }"))
      .ThenRefused(ORDER_QUANTITY_EXCEEDED);
  EXPECT_EQ(story.bad_fields(), "lines[0].quantity,lines[1].line_id");
  story.When(Fulfill("lines { line_id: '1' quantity { value: '3' } }"))
      .Then<OrderFulfilled>("state: FULFILLED");
}

TEST(FulfillingAnOrder, NamesUnknownAndRepeatedLines) {
  testing::Story story = PlacedOrder();
  story
      .When(Fulfill("lines { line_id: '9' } lines { line_id: '1' } lines { line_id: '1' quantity { "
                    "value: '1' } }"))
      .ThenRefused(ORDER_LINE_UNKNOWN);
  EXPECT_EQ(story.bad_fields(), "lines[0].line_id,lines[2].line_id");
}

TEST(FulfillingAnOrder, NamesTheInvoiceAfterTheSellerWhereBillingDoes) {
  NoOrder()
      .Given(CreateOrder("order { seller: 'acme' }"))
      .When(Fulfill())
      .Then<OrderFulfilled>("seller: 'acme' fulfillment { invoice: 'invoices/acme.o-1-1' }");
  NoOrder()
      .Named("orders/my.order")
      .Given(CreateOrder())
      .When(Fulfill())
      .Then<OrderFulfilled>("fulfillment { invoice: 'invoices/default.my.order-1' }");
}

TEST(CancelingAnOrder, WhollyTellsItsOpportunity) {
  NoOrder()
      .Knows("opportunities/big", Order())
      .Given(CreateOrder("order { opportunity: 'opportunities/big' }"))
      .At("2026-03-03T10:00:00Z")
      .When(Cancel())
      .Then<OrderCanceled>(R"pb(state: CANCELED
                                whole: true
                                opportunity: "opportunities/big"
                                cancellation { reason: "changed their mind" })pb")
      .ThenState(R"pb(
        state: CANCELED
        billing_state: NOT_INVOICED
        cancel_time { seconds: 1772532000 }
        lines { canceled_quantity { value: "10" } }
        lines { canceled_quantity { value: "4" } }
        totals { total { units: 482 nanos: 400000000 } }
        effective_totals {
          net { currency_code: "EUR" units: 0 }
          total { currency_code: "EUR" units: 0 nanos: 0 }
        }
        cancellations { reason: "changed their mind" }
      )pb");
}

TEST(CancelingAnOrder, OfSomeLinesLowersWhatItComesTo) {
  PlacedOrder()
      .When(Cancel(kSomeDesks))
      .Then<OrderCanceled>("state: ACTIVE whole: false")
      .ThenState(R"pb(
        state: ACTIVE
        totals { net { units: 402 } }
        effective_totals {
          net { units: 282 }
          tax { units: 56 nanos: 400000000 }
        }
      )pb");
}

TEST(CancelingAnOrder, OfTheRestFulfillsIt) {
  PlacedOrder()
      .Given(Fulfill(kSomeDesks))
      .When(Cancel())
      .Then<OrderCanceled>("state: FULFILLED whole: false")
      .ThenState(R"pb(
        state: FULFILLED
        lines {
          fulfilled_quantity { value: "4" }
          canceled_quantity { value: "6" }
        }
        lines { canceled_quantity { value: "4" } }
        effective_totals {
          net { units: 120 }
          total { units: 144 }
        }
      )pb");
}

TEST(CancelingAnOrder, NeverTakesWhatWasFulfilled) {
  testing::Story story = PlacedOrder();
  story.Given(Fulfill(kSomeDesks))
      .When(Cancel("lines { line_id: '1' quantity { value: '7' } }"))
      .ThenRefused(ORDER_QUANTITY_EXCEEDED);
  EXPECT_EQ(story.bad_fields(), "lines[0].quantity");
}

}  // namespace
}  // namespace leadstream::ordering
