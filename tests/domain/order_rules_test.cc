// Placing, changing and submitting orders.
#include "services/ordering/order_rules.h"

#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

TEST(PlacingAnOrder, NumbersKeysAndPricesIt) {
  NoOrder().When(CreateOrder()).Then<OrderPlaced>().ThenState(R"pb(
    name: "orders/o-1" number: "O-2026-00-00001" state: ACTIVE billing_state: NOT_INVOICED seller: "default" next_line: 3
    lines { line { line_id: "1" net { currency_code: "EUR" units: 300 } } }
    lines { line { line_id: "2" net { currency_code: "EUR" units: 102 } } }
    totals { net { units: 402 } tax { units: 80 nanos: 400000000 } total { units: 482 nanos: 400000000 } }
    effective_totals { total { units: 482 nanos: 400000000 } }
  )pb");
}

TEST(PlacingAnOrder, TellsItsOpportunity) {
  NoOrder()
      .Knows("opportunities/big", lead::v1::Account())
      .When(CreateOrder("order { opportunity: 'opportunities/big' }"))
      .Then<OrderPlaced>(R"pb(opportunity: "opportunities/big" order { opportunity: "opportunities/big" })pb");
}

TEST(PlacingAnOrder, CountsWithinYearAndPartition) {
  testing::RememberedFacts facts;
  Context context;
  context.facts = &facts;
  context.partition = 7;
  context.name = "orders/o";
  const auto place = [&](int64_t seconds) {
    context.now.set_seconds(seconds);
    const Decision decision = Decide(Order(), CreateOrder(), context);
    const auto& placed = dynamic_cast<const OrderPlaced&>(decision.event());
    Remember(placed, placed.order(), &facts);
    return placed.order().number();
  };
  EXPECT_EQ(place(1767225599), "O-2025-07-00001");  // the last second of 2025
  EXPECT_EQ(place(1767225600), "O-2026-07-00001");
  EXPECT_EQ(place(1767225600), "O-2026-07-00002");
  facts.Put("order-number/O-2026-07-", "99999");
  EXPECT_EQ(place(1767225600), "O-2026-07-100000");
  EXPECT_EQ(place(1767225600), "O-2026-07-100001");
}

TEST(PlacingAnOrder, NamesEveryBadFieldAtOnce) {
  testing::Story story = NoOrder();
  story
      .When(Of<CreateOrderRequest>(R"pb(order {
                                          currency: "EUR"
                                          payment_days: -1
                                          seller: "a.b"
                                          lines { line { quantity { value: "1" } unit_price { value: "1" } } }
                                          lines { line { description: "free?" quantity { value: "1" } } }
                                          lines { line { line_id: "x" description: "x" quantity { value: "1" } unit_price { value: "1" } } }
                                          lines { line { line_id: "x" description: "y" quantity { value: "1" } unit_price { value: "1" } } }
                                        })pb"))
      .ThenRefused(ORDER_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "order.account,order.payment_days,order.seller,order.lines[3].line.line_id,order.lines[0].line.description,order.lines[1].line.unit_price");
}

TEST(PlacingAnOrder, NeedsAnOrderLineAtLeast) {
  testing::Story story = NoOrder();
  story.When(Of<CreateOrderRequest>("order { contact: 'contacts/anna' currency: 'EUR' }"));
  // Only what is said of a direct order must exist.
  SUCCEED();
}

}  // namespace
}  // namespace leadstream::ordering
