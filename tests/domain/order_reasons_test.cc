// Every reason that ordering may give has a row here: one command that is refused with it.
#include <functional>
#include <map>

#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

const std::map<ErrorReason, std::function<void(ErrorReason)>>& Refusals() {
  static const auto* const refusals = new std::map<ErrorReason, std::function<void(ErrorReason)>>{
      {ORDER_NOT_ACTIVE,
       [](ErrorReason why) {
         PlacedOrder()
             .Given(SubmitOrderRequest())
             .When(UpdateOrder("topic: 'office'"))
             .ThenRefused(why);
       }},
      {ORDER_CLOSED,
       [](ErrorReason why) { PlacedOrder().Given(Fulfill()).When(Cancel()).ThenRefused(why); }},
      {ORDER_PRICES_LOCKED,
       [](ErrorReason why) {
         PlacedOrderOfQuote()
             .When(UpdateOrder("adjustments { discount_percent { value: '5' } }"))
             .ThenRefused(why);
       }},
      {ORDER_QUANTITY_EXCEEDED,
       [](ErrorReason why) {
         PlacedOrder()
             .When(Fulfill("lines { line_id: '2' quantity { value: '5' } }"))
             .ThenRefused(why);
       }},
      {ORDER_FIELDS_INVALID,
       [](ErrorReason why) {
         PlacedOrder().When(UpdateOrder("payment_days: 99999")).ThenRefused(why);
       }},
      {ORDER_LINE_UNKNOWN,
       [](ErrorReason why) {
         PlacedOrder().When(Cancel("lines { line_id: '3' }")).ThenRefused(why);
       }},
      {ORDER_LINE_INVALID,
       [](ErrorReason why) {
         PlacedOrder()
             .When(UpdateOrder("lines { line { description: 'lamp' quantity { value: '1' } } }"))
             .ThenRefused(why);
       }},
      {ORDER_TOTALS_DIFFER,
       [](ErrorReason why) {
         NoOrder()
             .When(CreateOrder("accepted_totals { net { currency_code: 'EUR' units: 401 } }"))
             .ThenRefused(why);
       }},
      {ORDER_ID_NOT_OF_QUOTE,
       [](ErrorReason why) { NoOrder().When(CreateOrderOfQuote()).ThenRefused(why); }},
      {ORDER_FIELD_FIXED,
       [](ErrorReason why) {
         PlacedOrder().When(UpdateOrder("seller: 'another'")).ThenRefused(why);
       }},
      {ORDER_CURRENCY_DIFFERS,
       [](ErrorReason why) {
         PlacedOrder()
             .When(Invoice("invoice: 'invoices/i' total { currency_code: 'USD' units: 1 }"))
             .ThenRefused(why);
       }},
  };
  return *refusals;
}

TEST(EveryReason, IsGiven) {
  const auto* reasons = ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(reasons->value(i)->number());
    if (reason == ERROR_REASON_UNSPECIFIED) continue;
    SCOPED_TRACE(reasons->value(i)->name());
    auto row = Refusals().find(reason);
    ASSERT_NE(row, Refusals().end()) << "no command here is refused with it";
    row->second(reason);
  }
}

}  // namespace
}  // namespace leadstream::ordering
