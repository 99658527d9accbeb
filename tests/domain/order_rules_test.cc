// Placing, changing and submitting orders.
#include "services/ordering/order_rules.h"

#include "common/domain/validation.h"
#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

TEST(PlacingAnOrder, NumbersKeysAndPricesIt) {
  NoOrder().When(CreateOrder()).Then<OrderPlaced>().ThenState(R"pb(
    name: "orders/o-1"
    number: "O-2026-00-00001"
    state: ACTIVE
    billing_state: NOT_INVOICED
    seller: "default"
    next_line: 3
    lines {
      line {
        line_id: "1"
        net { currency_code: "EUR" units: 300 }
      }
    }
    lines {
      line {
        line_id: "2"
        net { currency_code: "EUR" units: 102 }
      }
    }
    totals {
      net { units: 402 }
      tax { units: 80 nanos: 400000000 }
      total { units: 482 nanos: 400000000 }
    }
    effective_totals { total { units: 482 nanos: 400000000 } }
  )pb");
}

TEST(PlacingAnOrder, TellsItsOpportunity) {
  NoOrder()
      .Knows("opportunities/big", Order())
      .When(CreateOrder("order { opportunity: 'opportunities/big' }"))
      .Then<OrderPlaced>(R"pb(opportunity: "opportunities/big"
                              order { opportunity: "opportunities/big" })pb");
}

TEST(PlacingAnOrder, LooksForWhomADirectOrderNames) {
  EXPECT_EQ(Needs(CreateOrder("order { contact: 'contacts/anna' }")),
            (std::vector<std::string>{"accounts/acme", "contacts/anna"}));
  // The account may come into being at the same time as the opportunity, the quote and the order: a
  // quote's is not looked for.
  EXPECT_TRUE(Needs(CreateOrderOfQuote()).empty());
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
      .When(Of<CreateOrderRequest>(R"pb(
        order {
          currency: "EUR"
          payment_days: -1
          seller: "a.b"
          lines {
            line {
              quantity { value: "1" }
              unit_price { value: "1" }
            }
          }
          lines {
            line {
              description: "free?"
              quantity { value: "1" }
            }
          }
          lines {
            line {
              line_id: "x"
              description: "x"
              quantity { value: "1" }
              unit_price { value: "1" }
            }
          }
          lines {
            line {
              line_id: "x"
              description: "y"
              quantity { value: "1" }
              unit_price { value: "1" }
            }
          }
          lines {
            line {
              description: "z"
              quantity { value: "1" }
              unit_price { value: "1" }
              discount_amount { value: "2" }
            }
          }
        })pb"))
      .ThenRefused(ORDER_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "order.account,order.payment_days,order.seller,"
            "order.lines[3].line.line_id,order.lines[1].line.unit_price,order.lines[0].line."
            "description,order.lines[4].line.discount_amount");
}

TEST(PlacingAnOrder, WithoutLinesOrdersNothing) {
  testing::Story story = NoOrder();
  story.Knows("contacts/anna", Order())
      .When(Of<CreateOrderRequest>("order { contact: 'contacts/anna' currency: 'EUR' }"))
      .ThenRefused(ORDER_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "order.lines");
}

TEST(PlacingAnOrder, RefusesANameThatLeavesNoRoomForInvoices) {
  testing::Story story = NoOrder();
  story.Named("orders/" + std::string(51, 'o'))
      .When(CreateOrder())
      .ThenRefused(ORDER_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "order_id");
  NoOrder().Named("orders/" + std::string(50, 'o')).When(CreateOrder()).Then<OrderPlaced>();
  NoOrder()
      .Named("orders/" + std::string(46, 'o'))
      .When(CreateOrder("order { seller: 'acme' }"))
      .ThenRefused(ORDER_FIELDS_INVALID);
}

TEST(TheOrderOfAQuote, IsPlacedAsAccepted) {
  PlacedOrderOfQuote().Then<OrderPlaced>().ThenState(
      R"pb(name: "orders/q-7"
           quote: "quotes/q-7"
           quote_revision: 1
           totals { total { units: 482 nanos: 400000000 } })pb");
}

TEST(TheOrderOfAQuote, ComesToWhatWasAcceptedToTheCent) {
  testing::Story story = NoOrder();
  story.Named("orders/q-7")
      .When(CreateOrderOfQuote("net { currency_code: 'EUR' units: 402 } tax { currency_code: 'EUR' "
                               "units: 80 nanos: 390000000 } "
                               "total { currency_code: 'EUR' units: 482 nanos: 390000000 }"))
      .ThenRefused(ORDER_TOTALS_DIFFER);
  EXPECT_EQ(story.bad_fields(), "accepted_totals.tax,accepted_totals.total");
  NoOrder()
      .Named("orders/q-7")
      .When(CreateOrderOfQuote("total { currency_code: 'USD' units: 482 nanos: 400000000 }"))
      .ThenRefused(ORDER_TOTALS_DIFFER);
}

TEST(TheOrderOfAQuote, IsPlacedOnceByItsName) {
  NoOrder().Named("orders/another").When(CreateOrderOfQuote()).ThenRefused(ORDER_ID_NOT_OF_QUOTE);
}

TEST(TheOrderOfAQuote, SaysWhatWasAccepted) {
  testing::Story story = NoOrder();
  story.Named("orders/q-7")
      .When(CreateOrder("order { quote: 'quotes/q-7' }"))
      .ThenRefused(ORDER_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "accepted_totals.total");
}

TEST(TheOrderOfAQuote, KeepsItsLinesAndPrices) {
  PlacedOrderOfQuote()
      .When(UpdateOrder("adjustments { freight { value: '5' } }"))
      .ThenRefused(ORDER_PRICES_LOCKED);
  PlacedOrderOfQuote()
      .When(UpdateOrder("lines { line { line_id: '1' description: 'desk' quantity { value: '9' } "
                        "unit_price { value: '30' } } }"))
      .ThenRefused(ORDER_PRICES_LOCKED);
}

TEST(TheOrderOfAQuote, MayBeSentBackWholeWithOtherTermsOfDelivery) {
  testing::Story story = PlacedOrderOfQuote();
  Order order = story.state<Order>();
  order.mutable_ship_to()->set_city("Graz");
  for (OrderLine& line : *order.mutable_lines()) {  // as validation clears what is not the client's
    line.mutable_line()->clear_base();
    line.mutable_line()->clear_net();
  }
  UpdateOrderRequest request;
  *request.mutable_order() = order;
  request.mutable_update_mask()->add_paths("*");
  story.When(request).Then<OrderUpdated>(R"pb(update_mask { paths: "ship_to" }
                                              order { ship_to { city: "Graz" } })pb");
  EXPECT_EQ(dynamic_cast<const OrderUpdated&>(story.decision().event()).update_mask().paths_size(),
            1);
}

TEST(ChangingAnOrder, WritesWhatTheMaskNames) {
  PlacedOrder()
      .When(UpdateOrder("topic: 'office' owner: 'anna'", "topic"))
      .Then<OrderUpdated>(R"pb(update_mask { paths: "topic" }
                               order { topic: "office" })pb")
      .ThenState(R"pb(topic: "office"
                      owner: ""
                      number: "O-2026-00-00001"
                      totals { total { units: 482 } })pb");
}

TEST(ChangingAnOrder, PricesItAnew) {
  PlacedOrder()
      .When(UpdateOrder("adjustments { freight { value: '10' } }"))
      .Then<OrderUpdated>()
      .ThenState(R"pb(
        totals {
          freight { units: 10 }
          net { units: 412 }
          total { units: 494 nanos: 400000000 }
        }
        effective_totals { total { units: 494 nanos: 400000000 } }
      )pb");
}

TEST(ChangingAnOrder, NeverGivesARemovedKeyAgain) {
  const char* kOneNewLine =
      "lines { line { line_id: '1' description: 'desk' quantity { value: '12' } unit_price { "
      "value: '30' } } }"
      "lines { line { description: 'lamp' quantity { value: '1' } unit_price { value: '7' } } }";
  testing::Story story = PlacedOrder();
  story.When(UpdateOrder(kOneNewLine)).Then<OrderUpdated>().ThenState(R"pb(
    lines {
      line {
        line_id: "1"
        quantity { value: "12" }
        net { units: 360 }
      }
    }
    lines {
      line {
        line_id: "3"
        net { units: 7 }
      }
    }
    next_line: 4
    totals { total { units: 367 } }
  )pb");
  story
      .When(UpdateOrder("lines { line { line_id: '1' description: 'desk' quantity { value: '1' } "
                        "unit_price { value: '30' } } }"
                        "lines { line { line_id: '2' description: 'chair' quantity { value: '1' } "
                        "unit_price { value: '7' } } }"))
      .ThenRefused(ORDER_LINE_INVALID);
  EXPECT_EQ(story.bad_fields(), "order.lines[1].line.line_id");
}

TEST(ChangingAnOrder, LeavesPartlyCanceledLinesAlone) {
  testing::Story story = PlacedOrder();
  story.Given(Cancel("lines { line_id: '1' quantity { value: '4' } }"));
  story
      .When(UpdateOrder("lines { line { line_id: '1' description: 'desk' quantity { value: '3' } "
                        "unit_price { value: '30' } tax_rate { value: '20' } } }"))
      .ThenRefused(ORDER_LINE_INVALID);
  EXPECT_EQ(story.bad_fields(), "order.lines[0]");
  story
      .When(UpdateOrder("lines { line { line_id: '2' description: 'chair' quantity { value: '3' } "
                        "unit_price { value: '30' } } }"))
      .ThenRefused(ORDER_LINE_INVALID);
  EXPECT_EQ(story.bad_fields(), "order.lines");
  story
      .When(UpdateOrder("lines { line { line_id: '1' description: 'desk' quantity { value: '10' } "
                        "unit_price { value: '30' } tax_rate { value: '20' } } }"))
      .Then<OrderUpdated>()
      .ThenState(R"pb(lines { canceled_quantity { value: "4" } }
                      totals { net { units: 300 } }
                      effective_totals { net { units: 180 } })pb");
}

TEST(ChangingAnOrder, LeavesSomethingToDeliver) {
  testing::Story story = PlacedOrder();
  story.Given(Cancel("lines { line_id: '1' }"));
  story
      .When(UpdateOrder("lines { line { line_id: '1' description: 'desk' quantity { value: '10' } "
                        "unit_price { value: '30' } tax_rate { value: '20' } } }"))
      .ThenRefused(ORDER_LINE_INVALID);
  EXPECT_EQ(story.bad_fields(), "order.lines");
}

TEST(ChangingAnOrder, KeepsWhatIsFixed) {
  testing::Story story = PlacedOrder();
  story.When(UpdateOrder("currency: 'USD' quote: 'quotes/q-7' topic: 'x'"))
      .ThenRefused(ORDER_FIELD_FIXED);
  EXPECT_EQ(story.bad_fields(), "order.quote,order.currency");
  // A field that there is not is refused before any rule sees it.
  const auto bad = domain::Validate(UpdateOrder("name: 'orders/o-1' topic: 'x'", "no_such_field"));
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_EQ(bad[0].field, "update_mask.paths[0]");
  // Fixed fields that say what they are, or nothing, are no change.
  story.When(UpdateOrder("currency: 'EUR' seller: 'default'", "currency")).Then<OrderUpdated>();
}

TEST(SubmittingAnOrder, HandsItOver) {
  PlacedOrder()
      .At("2026-03-03T10:00:00Z")
      .When(SubmitOrderRequest())
      .Then<OrderSubmitted>()
      .ThenState("state: SUBMITTED submit_time { seconds: 1772532000 }");
}

}  // namespace
}  // namespace leadstream::ordering
