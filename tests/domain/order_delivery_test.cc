// Fulfilling and canceling, and every row of the state table.
#include <functional>
#include <vector>

#include "common/domain/totals.h"
#include "services/ordering/order_amounts.h"
#include "services/ordering/order_rules.h"
#include "tests/domain/order_examples.h"
#include "tests/domain/random_document.h"

namespace leadstream::ordering {
namespace {

using domain::Decimal;
using domain::Dice;

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

// What comes of each command in each state: a state, or the reason why not.
struct Row {
  Order::State from;
  const char* command;
  Order::State to;
  ErrorReason reason = ERROR_REASON_UNSPECIFIED;
};

constexpr Order::State kRefused = Order::STATE_UNSPECIFIED;

const Row kStateTable[] = {
    {Order::ACTIVE, "update", Order::ACTIVE},
    {Order::ACTIVE, "submit", Order::SUBMITTED},
    {Order::ACTIVE, "fulfill some", Order::PARTIALLY_FULFILLED},
    {Order::ACTIVE, "fulfill all", Order::FULFILLED},
    {Order::ACTIVE, "cancel some", Order::ACTIVE},
    {Order::ACTIVE, "cancel all", Order::CANCELED},
    {Order::SUBMITTED, "update", kRefused, ORDER_NOT_ACTIVE},
    {Order::SUBMITTED, "submit", kRefused, ORDER_NOT_ACTIVE},
    {Order::SUBMITTED, "fulfill some", Order::PARTIALLY_FULFILLED},
    {Order::SUBMITTED, "fulfill all", Order::FULFILLED},
    {Order::SUBMITTED, "cancel some", Order::SUBMITTED},
    {Order::SUBMITTED, "cancel all", Order::CANCELED},
    {Order::PARTIALLY_FULFILLED, "update", kRefused, ORDER_NOT_ACTIVE},
    {Order::PARTIALLY_FULFILLED, "submit", kRefused, ORDER_NOT_ACTIVE},
    {Order::PARTIALLY_FULFILLED, "fulfill some", Order::PARTIALLY_FULFILLED},
    {Order::PARTIALLY_FULFILLED, "fulfill all", Order::FULFILLED},
    {Order::PARTIALLY_FULFILLED, "cancel some", Order::PARTIALLY_FULFILLED},
    {Order::PARTIALLY_FULFILLED, "cancel all", Order::FULFILLED},
    {Order::FULFILLED, "update", kRefused, ORDER_NOT_ACTIVE},
    {Order::FULFILLED, "submit", kRefused, ORDER_NOT_ACTIVE},
    {Order::FULFILLED, "fulfill some", kRefused, ORDER_CLOSED},
    {Order::FULFILLED, "fulfill all", kRefused, ORDER_CLOSED},
    {Order::FULFILLED, "cancel some", kRefused, ORDER_CLOSED},
    {Order::FULFILLED, "cancel all", kRefused, ORDER_CLOSED},
    {Order::CANCELED, "update", kRefused, ORDER_NOT_ACTIVE},
    {Order::CANCELED, "submit", kRefused, ORDER_NOT_ACTIVE},
    {Order::CANCELED, "fulfill some", kRefused, ORDER_CLOSED},
    {Order::CANCELED, "fulfill all", kRefused, ORDER_CLOSED},
    {Order::CANCELED, "cancel some", kRefused, ORDER_CLOSED},
    {Order::CANCELED, "cancel all", kRefused, ORDER_CLOSED},
};

testing::Story OrderIn(Order::State state) {
  testing::Story story = PlacedOrder();
  if (state == Order::SUBMITTED) story.Given(SubmitOrderRequest());
  if (state == Order::PARTIALLY_FULFILLED) story.Given(Fulfill(kSomeDesks));
  if (state == Order::FULFILLED) story.Given(Fulfill());
  if (state == Order::CANCELED) story.Given(Cancel());
  EXPECT_EQ(story.state<Order>().state(), state);
  return story;
}

void Issue(const std::string& command, testing::Story* story) {
  if (command == "update") story->When(UpdateOrder("topic: 'office'"));
  if (command == "submit") story->When(SubmitOrderRequest());
  if (command == "fulfill some") story->When(Fulfill(kSomeDesks));
  if (command == "fulfill all") story->When(Fulfill());
  if (command == "cancel some") story->When(Cancel(kSomeDesks));
  if (command == "cancel all") story->When(Cancel());
}

TEST(TheStatesOfAnOrder, ChangeByTheTable) {
  for (const Row& row : kStateTable) {
    SCOPED_TRACE(Order::State_Name(row.from) + ", " + row.command);
    testing::Story story = OrderIn(row.from);
    Issue(row.command, &story);
    if (row.to == kRefused) {
      story.ThenRefused(row.reason);
      EXPECT_EQ(story.state<Order>().state(), row.from);
    } else {
      ASSERT_TRUE(story.decision().accepted()) << story.decision().refusal().message;
      EXPECT_EQ(story.state<Order>().state(), row.to);
    }
  }
}

bool TableAllows(Order::State from, Order::State to) {
  for (const Row& row : kStateTable) {
    if (row.from == from && row.to == to) return true;
  }
  return false;
}

void ExpectWellFormed(const Order& order) {
  bool fulfilled = false;
  for (const OrderLine& line : order.lines()) {
    EXPECT_FALSE(Decimal::Of(line.fulfilled_quantity()).IsNegative());
    EXPECT_FALSE(Decimal::Of(line.canceled_quantity()).IsNegative());
    EXPECT_FALSE(OpenQuantity(line).IsNegative()) << line.ShortDebugString();
    fulfilled |= Decimal::Of(line.fulfilled_quantity()).IsPositive();
  }
  const bool open = order.state() == Order::ACTIVE || order.state() == Order::SUBMITTED ||
                    order.state() == Order::PARTIALLY_FULFILLED;
  EXPECT_EQ(HasOpenLines(order), open) << order.ShortDebugString();
  EXPECT_EQ(fulfilled,
            order.state() == Order::PARTIALLY_FULFILLED || order.state() == Order::FULFILLED);
}

CreateOrderRequest RandomOrder(Dice& dice) {
  const domain::RandomDocument document = domain::MakeRandomDocument(dice);
  CreateOrderRequest request;
  request.mutable_order()->set_account("accounts/acme");
  request.mutable_order()->set_currency(document.currency);
  *request.mutable_order()->mutable_adjustments() = document.adjustments;
  for (const auto& line : document.lines)
    *request.mutable_order()->add_lines()->mutable_line() = line;
  return request;
}

// Some lines with something between nothing and a little more than is left.
google::protobuf::RepeatedPtrField<LineQuantity> RandomLines(const Order& order, bool* too_much,
                                                             Dice& dice) {
  google::protobuf::RepeatedPtrField<LineQuantity> lines;
  for (const OrderLine& line : order.lines()) {
    const Decimal open = OpenQuantity(line);
    if (dice.OneIn(2)) continue;
    Decimal quantity = dice.UpTo(open, static_cast<int>(dice.Roll(4)));
    if (dice.OneIn(10)) quantity = open + Decimal::Scaled(1, 3);
    if (!quantity.IsPositive()) continue;
    *too_much |= quantity > open;
    LineQuantity* taken = lines.Add();
    taken->set_line_id(line.line().line_id());
    *taken->mutable_quantity() = quantity.ToProto();
  }
  return lines;
}

domain::Quantities CumulativeOf(const OrderFulfilled& event,
                                const google::type::Decimal& (LineChange::*quantity)() const) {
  domain::Quantities quantities;
  for (const LineChange& line : event.lines())
    quantities[line.line_id()] = Decimal::Of((line.*quantity)());
  return quantities;
}

// What billing makes of a fulfilment, from its event alone.
common::v1::Totals InvoiceOf(const OrderFulfilled& event) {
  const auto part = [&](const google::type::Decimal& (LineChange::*quantity)() const) {
    return domain::PartOf(event.currency(), event.order_lines(), event.adjustments(),
                          CumulativeOf(event, quantity))
        .totals;
  };
  return domain::Minus(part(&LineChange::quantity_after), part(&LineChange::quantity_before));
}

TEST(AnOrder, StaysWellFormedWhateverHappensAndItsInvoicesSumUp) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    testing::Story story = NoOrder();
    story.Given(RandomOrder(dice));
    common::v1::Totals invoiced;
    for (int step = 0; step < 12; ++step) {
      const Order before = story.state<Order>();
      bool too_much = false;
      const bool all = dice.OneIn(12);
      FulfillOrderRequest fulfill;
      CancelOrderRequest cancel = Cancel();
      if (!all)
        *fulfill.mutable_lines() = *cancel.mutable_lines() = RandomLines(before, &too_much, dice);
      if (!all && fulfill.lines().empty()) continue;
      if (dice.OneIn(8)) {
        story.When(SubmitOrderRequest());
        too_much = false;
      } else if (dice.OneIn(3)) {
        story.When(cancel);
      } else {
        story.When(fulfill);
        if (story.decision().accepted())
          invoiced = domain::Plus(
              invoiced, InvoiceOf(dynamic_cast<const OrderFulfilled&>(story.decision().event())));
      }
      const Order& after = story.state<Order>();
      ExpectWellFormed(after);
      if (story.decision().accepted()) {
        EXPECT_FALSE(too_much);
        EXPECT_TRUE(TableAllows(before.state(), after.state()))
            << Order::State_Name(before.state()) << " to " << Order::State_Name(after.state());
      } else {
        EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
      }
    }
    if (HasOpenLines(story.state<Order>())) {
      story.When(Fulfill());
      invoiced = domain::Plus(
          invoiced, InvoiceOf(dynamic_cast<const OrderFulfilled&>(story.decision().event())));
    }
    const Order& order = story.state<Order>();
    if (order.state() != Order::FULFILLED) continue;
    EXPECT_EQ(domain::ToDecimal(invoiced.net()), domain::ToDecimal(order.effective_totals().net()));
    EXPECT_EQ(domain::ToDecimal(invoiced.tax()), domain::ToDecimal(order.effective_totals().tax()));
    EXPECT_EQ(domain::ToDecimal(invoiced.total()),
              domain::ToDecimal(order.effective_totals().total()));
  }
}

}  // namespace
}  // namespace leadstream::ordering
