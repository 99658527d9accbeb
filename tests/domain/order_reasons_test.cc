// Every reason that ordering may give has a row here: one command that is refused with it.
#include <functional>
#include <map>

#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

using testing::Story;

const std::map<ErrorReason, std::function<Story()>>& Refusals() {
  static const auto* const refusals = new std::map<ErrorReason, std::function<Story()>>{
      {ORDER_NOT_ACTIVE, [] { return PlacedOrder().Given(SubmitOrderRequest()).When(UpdateOrder("topic: 'office'")); }},
      {ORDER_CLOSED, [] { return PlacedOrder().Given(Fulfill()).When(Cancel()); }},
      {ORDER_PRICES_LOCKED, [] { return PlacedOrderOfQuote().When(UpdateOrder("adjustments { discount_percent { value: '5' } }")); }},
      {ORDER_QUANTITY_EXCEEDED, [] { return PlacedOrder().When(Fulfill("lines { line_id: '2' quantity { value: '5' } }")); }},
      {ORDER_FIELDS_INVALID, [] { return PlacedOrder().When(UpdateOrder("payment_days: 99999")); }},
      {ORDER_LINE_UNKNOWN, [] { return PlacedOrder().When(Cancel("lines { line_id: '3' }")); }},
      {ORDER_LINE_INVALID, [] { return PlacedOrder().When(UpdateOrder("lines { line { description: 'lamp' quantity { value: '1' } } }")); }},
      {ORDER_TOTALS_DIFFER, [] { return NoOrder().When(CreateOrder("accepted_totals { net { currency_code: 'EUR' units: 401 } }")); }},
      {ORDER_ID_NOT_OF_QUOTE, [] { return NoOrder().When(CreateOrderOfQuote()); }},
      {ORDER_FIELD_FIXED, [] { return PlacedOrder().When(UpdateOrder("seller: 'another'")); }},
      {ORDER_CURRENCY_DIFFERS, [] { return PlacedOrder().When(Invoice("invoice: 'invoices/i' total { currency_code: 'USD' units: 1 }")); }},
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
    row->second().ThenRefused(reason);
  }
}

}  // namespace
}  // namespace leadstream::ordering
