#include "services/ordering/ordering_context.h"

#include "services/ordering/order_rules.h"
#include "services/ordering/ordering_reactions.h"

namespace leadstream::ordering {

domain::Aggregate OrderAggregate() {
  return domain::AggregateOf<Order>("orders")
      .Creates<CreateOrderRequest>(Decide, Needs)
      .On<UpdateOrderRequest>(Decide)
      .On<SubmitOrderRequest>(Decide)
      .On<FulfillOrderRequest>(Decide)
      .On<CancelOrderRequest>(Decide)
      .On<RecordInvoiceRequest>(Decide)
      .On<RecordPaymentRequest>(Decide)
      .Folds<OrderPlaced>(Evolve, Remember)
      .Folds<OrderUpdated>(Evolve)
      .Folds<OrderSubmitted>(Evolve)
      .Folds<OrderFulfilled>(Evolve)
      .Folds<OrderCanceled>(Evolve)
      .Folds<OrderInvoiceRecorded>(Evolve)
      .Folds<OrderPaymentRecorded>(Evolve)
      .MatchedBy("state")
      .MatchedBy("billing_state")
      .MatchedBy("account")
      .MatchedBy("opportunity")
      .SortedBy("number");
}

domain::ServiceDefinition OrderingService() {
  return {
      .name = "ordering",
      .grpc_services = {"leadstream.ordering.v1.OrderService"},
      .aggregates = {OrderAggregate()},
      .queries = {},
      .reactions = OrderingReactions(),
  };
}

}  // namespace leadstream::ordering
