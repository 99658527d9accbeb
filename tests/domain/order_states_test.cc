// Every row of the state table of orders, and what holds whatever happens.
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
