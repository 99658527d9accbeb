// Fulfilling and canceling: what becomes of the quantities of an order.
#include <absl/strings/str_cat.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/date.h"
#include "common/domain/decimal.h"
#include "services/ordering/order_amounts.h"
#include "services/ordering/order_rules.h"

namespace leadstream::ordering {
namespace {

using domain::Decimal;
using domain::FieldViolation;
using domain::Refusal;
using google::protobuf::RepeatedPtrField;

// What a command takes of each line, by line id, and what stands in its way.
struct Taking {
  std::map<std::string, Decimal> quantities;
  std::vector<FieldViolation> unknown;
  std::vector<FieldViolation> exceeded;
};

const OrderLine* FindLine(const Order& order, const std::string& line_id) {
  for (const OrderLine& line : order.lines()) {
    if (line.line().line_id() == line_id) return &line;
  }
  return nullptr;
}

OrderLine* MutableLine(const std::string& line_id, Order* order) {
  for (OrderLine& line : *order->mutable_lines()) {
    if (line.line().line_id() == line_id) return &line;
  }
  return nullptr;
}

// Of each line what is asked for; without a quantity, or without any line asked for, all that is
// left.
Taking Take(const Order& order, const RepeatedPtrField<LineQuantity>& asked) {
  Taking taking;
  if (asked.empty()) {
    for (const OrderLine& line : order.lines()) {
      if (OpenQuantity(line).IsPositive())
        taking.quantities[line.line().line_id()] = OpenQuantity(line);
    }
  }
  for (int i = 0; i < asked.size(); ++i) {
    const std::string& line_id = asked[i].line_id();
    const std::string path = absl::StrCat("lines[", i, "]");
    const OrderLine* line = FindLine(order, line_id);
    if (line == nullptr) {
      taking.unknown.push_back(
          {path + ".line_id", absl::StrCat("the order has no line \"", line_id, "\"")});
      continue;
    }
    const Decimal open = OpenQuantity(*line);
    const Decimal quantity = asked[i].has_quantity() ? Decimal::Of(asked[i].quantity()) : open;
    if (!taking.quantities.emplace(line_id, quantity).second) {
      taking.unknown.push_back(
          {path + ".line_id", absl::StrCat("line \"", line_id, "\" is named twice")});
    } else if (!open.IsPositive()) {
      taking.exceeded.push_back(
          {path + ".line_id", absl::StrCat("nothing is left of line \"", line_id, "\"")});
    } else if (quantity > open) {
      taking.exceeded.push_back(
          {path + ".quantity",
           absl::StrCat("only ", open.ToString(), " is left of line \"", line_id, "\"")});
    }
  }
  return taking;
}

std::optional<Refusal> Refused(const Order& order, const Taking& taking) {
  if (!taking.unknown.empty())
    return RefuseFields(ORDER_LINE_UNKNOWN, "name lines of the order, each once", taking.unknown);
  if (taking.exceeded.empty()) return std::nullopt;
  Refusal refusal = Refuse(ORDER_QUANTITY_EXCEEDED,
                           absl::StrCat("order ", order.number(),
                                        " has less left: ordered less fulfilled less canceled"));
  refusal.fields = taking.exceeded;
  return refusal;
}

std::optional<Refusal> RefusedAsClosed(const Order& order) {
  if (order.state() == Order::FULFILLED)
    return Refuse(ORDER_CLOSED,
                  absl::StrCat("order ", order.number(), " is fulfilled; nothing is left of it"));
  if (order.state() == Order::CANCELED)
    return Refuse(ORDER_CLOSED,
                  absl::StrCat("order ", order.number(), " is canceled; nothing is left of it"));
  return std::nullopt;
}

LineChange Change(const std::string& line_id, const Decimal& before, const Decimal& quantity) {
  LineChange change;
  change.set_line_id(line_id);
  *change.mutable_quantity() = quantity.ToProto();
  *change.mutable_quantity_before() = before.ToProto();
  *change.mutable_quantity_after() = (before + quantity).ToProto();
  return change;
}

void FoldFulfillment(const Fulfillment& fulfillment, Order* order) {
  for (const LineChange& change : fulfillment.lines()) {
    if (OrderLine* line = MutableLine(change.line_id(), order))
      *line->mutable_fulfilled_quantity() = change.quantity_after();
  }
  *order->add_fulfillments() = fulfillment;
}

void FoldCancellation(const Cancellation& cancellation, Order* order) {
  for (const LineChange& change : cancellation.lines()) {
    if (OrderLine* line = MutableLine(change.line_id(), order))
      *line->mutable_canceled_quantity() = change.quantity_after();
  }
  *order->add_cancellations() = cancellation;
}

bool HasFulfilledLines(const Order& order) { return !order.fulfillments().empty(); }

// What billing needs to make the invoice without asking back.
void TellOrder(const Order& order, OrderFulfilled* event) {
  event->set_number(order.number());
  event->set_seller(order.seller());
  event->set_account(order.account());
  event->set_contact(order.contact());
  event->set_quote(order.quote());
  event->set_opportunity(order.opportunity());
  event->set_owner(order.owner());
  event->set_topic(order.topic());
  event->set_customer_reference(order.customer_reference());
  event->set_currency(order.currency());
  event->set_payment_terms(order.payment_terms());
  event->set_payment_days(order.payment_days());
  if (order.has_bill_to()) *event->mutable_bill_to() = order.bill_to();
  if (order.has_ship_to()) *event->mutable_ship_to() = order.ship_to();
  *event->mutable_order_lines() = LinesOf(order);
  if (order.has_adjustments()) *event->mutable_adjustments() = order.adjustments();
  *event->mutable_totals() = order.totals();
}

}  // namespace

std::string InvoiceStemOf(const std::string& order_name, const std::string& seller) {
  const std::string id = order_name.substr(order_name.rfind('/') + 1);
  if (seller == "default" && id.find('.') == std::string::npos) return id;
  return absl::StrCat(seller, ".", id);
}

Decision Decide(const Order& order, const FulfillOrderRequest& request, const Context& context) {
  if (auto refusal = RefusedAsClosed(order)) return *refusal;
  const Taking taking = Take(order, request.lines());
  if (auto refusal = Refused(order, taking)) return *refusal;

  OrderFulfilled event;
  Fulfillment* fulfillment = event.mutable_fulfillment();
  fulfillment->set_number(order.fulfillments_size() + 1);
  *fulfillment->mutable_date() =
      request.has_date() ? request.date() : domain::ToDate(domain::DayOf(context.now));
  fulfillment->set_carrier(request.carrier());
  fulfillment->set_tracking(request.tracking());
  fulfillment->set_invoice(absl::StrCat("invoices/", InvoiceStemOf(context.name, order.seller()),
                                        "-", fulfillment->number()));
  *fulfillment->mutable_create_time() = context.now;
  for (const OrderLine& line : order.lines()) {
    const std::string& line_id = line.line().line_id();
    const Decimal before = Decimal::Of(line.fulfilled_quantity());
    auto taken = taking.quantities.find(line_id);
    if (taken != taking.quantities.end()) {
      *fulfillment->add_lines() = *event.add_lines() = Change(line_id, before, taken->second);
    } else if (before.IsPositive()) {
      *event.add_lines() = Change(line_id, before, Decimal());
    }
  }
  *event.mutable_date() = fulfillment->date();
  TellOrder(order, &event);

  Order after = order;
  FoldFulfillment(*fulfillment, &after);
  event.set_state(HasOpenLines(after) ? Order::PARTIALLY_FULFILLED : Order::FULFILLED);
  return event;
}

Decision Decide(const Order& order, const CancelOrderRequest& request, const Context& context) {
  if (auto refusal = RefusedAsClosed(order)) return *refusal;
  const Taking taking = Take(order, request.lines());
  if (auto refusal = Refused(order, taking)) return *refusal;

  OrderCanceled event;
  Cancellation* cancellation = event.mutable_cancellation();
  cancellation->set_reason(request.reason());
  *cancellation->mutable_create_time() = context.now;
  for (const OrderLine& line : order.lines()) {
    auto taken = taking.quantities.find(line.line().line_id());
    if (taken != taking.quantities.end())
      *cancellation->add_lines() =
          Change(taken->first, Decimal::Of(line.canceled_quantity()), taken->second);
  }

  Order after = order;
  FoldCancellation(*cancellation, &after);
  if (HasOpenLines(after)) {
    event.set_state(order.state());
  } else {
    event.set_state(HasFulfilledLines(order) ? Order::FULFILLED : Order::CANCELED);
  }
  event.set_whole(event.state() == Order::CANCELED);
  event.set_opportunity(order.opportunity());
  *event.mutable_effective_totals() = EffectiveTotalsOf(after);
  event.set_billing_state(BillingStateOf(after));
  return event;
}

void Evolve(const OrderFulfilled& event, Order* order) {
  FoldFulfillment(event.fulfillment(), order);
  order->set_state(event.state());
  if (event.state() == Order::FULFILLED)
    *order->mutable_fulfill_time() = event.fulfillment().create_time();
}

void Evolve(const OrderCanceled& event, Order* order) {
  FoldCancellation(event.cancellation(), order);
  order->set_state(event.state());
  order->set_billing_state(event.billing_state());
  *order->mutable_effective_totals() = event.effective_totals();
  if (event.state() == Order::FULFILLED)
    *order->mutable_fulfill_time() = event.cancellation().create_time();
  if (event.state() == Order::CANCELED)
    *order->mutable_cancel_time() = event.cancellation().create_time();
}

}  // namespace leadstream::ordering
