#include "common/domain/decimal.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "tests/process/commands.h"

namespace leadstream::process {

using namespace ordering::v1;  // NOLINT(google-build-using-namespace): a table of these messages

namespace {

bool IsActive(const Order& order) { return order.state() == Order::ACTIVE; }
bool HasOpenLines(const Order& order) {
  return IsActive(order) || order.state() == Order::SUBMITTED ||
         order.state() == Order::PARTIALLY_FULFILLED;
}

// Some of what is left of some of its lines; sometimes more. Nothing: all of it.
template <typename Request>
void FitQuantities(const Order* order, Sketcher& sketcher, Request* request) {
  request->clear_lines();
  if (order == nullptr || sketcher.dice().OneIn(3)) return;
  for (const OrderLine& line : order->lines()) {
    const domain::Decimal left = domain::Decimal::Of(line.line().quantity()) -
                                 domain::Decimal::Of(line.fulfilled_quantity()) -
                                 domain::Decimal::Of(line.canceled_quantity());
    if (!left.IsPositive() || sketcher.dice().OneIn(3)) continue;
    auto* some = request->add_lines();
    some->set_line_id(line.line().line_id());
    if (sketcher.dice().OneIn(4)) continue;
    domain::Decimal quantity = sketcher.dice().UpTo(left, 2);
    if (sketcher.dice().OneIn(15)) quantity = left + domain::Decimal(1);
    *some->mutable_quantity() = (quantity.IsZero() ? left : quantity).ToProto();
  }
}

}  // namespace

void AddOrderingShapes(Shapes* shapes) {
  Add<CreateOrderRequest, Order>(shapes, nullptr,
                                 [](const Order*, Sketcher& sketcher, auto* request) {
                                   Order* order = request->mutable_order();
                                   request->clear_accepted_totals();
                                   order->set_account(sketcher.AnyOf("leadstream.dev/Account"));
                                   // An order of a quote is placed by the quote's acceptance.
                                   order->clear_quote();
                                   order->clear_quote_revision();
                                   order->set_seller(sketcher.dice().OneIn(3) ? "acme" : "");
                                   for (auto& line : *order->mutable_lines())
                                     FitLine(sketcher, line.mutable_line());
                                   FitAdjustments(sketcher, order->mutable_adjustments());
                                 });
  Add<UpdateOrderRequest, Order>(
      shapes, IsActive, [](const Order*, Sketcher& sketcher, auto* request) {
        for (auto& line : *request->mutable_order()->mutable_lines())
          FitLine(sketcher, line.mutable_line());
        FitAdjustments(sketcher, request->mutable_order()->mutable_adjustments());
        Edit({"topic", "lines", "adjustments", "payment_days"}, sketcher,
             request->mutable_update_mask());
      });
  Add<SubmitOrderRequest, Order>(shapes, IsActive);
  Add<FulfillOrderRequest, Order>(shapes, HasOpenLines,
                                  [](const Order* order, Sketcher& sketcher, auto* request) {
                                    FitQuantities(order, sketcher, request);
                                    if (!sketcher.dice().OneIn(6)) request->clear_date();
                                  });
  Add<CancelOrderRequest, Order>(shapes, HasOpenLines,
                                 [](const Order* order, Sketcher& sketcher, auto* request) {
                                   FitQuantities(order, sketcher, request);
                                 });
}

}  // namespace leadstream::process
