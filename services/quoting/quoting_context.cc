#include "services/quoting/quoting_context.h"

#include "services/quoting/price_calculation.h"
#include "services/quoting/price_list_rules.h"
#include "services/quoting/product_rules.h"
#include "services/quoting/quote_comparison.h"
#include "services/quoting/quote_rules.h"
#include "services/quoting/quoting_reactions.h"

namespace leadstream::quoting {

domain::Aggregate QuoteAggregate() {
  return domain::AggregateOf<Quote>("quotes")
      .Creates<CreateQuoteRequest>(Decide, Needs)
      .On<UpdateQuoteRequest>(Decide, Needs)
      .On<AddQuoteLinesRequest>(Decide, Needs)
      .On<UpdateQuoteLineRequest>(Decide, Needs)
      .On<RemoveQuoteLineRequest>(Decide)
      .On<DeleteQuoteRequest>(Decide)
      .On<RequestApprovalRequest>(Decide)
      .On<ApproveDiscountRequest>(Decide)
      .On<RejectDiscountRequest>(Decide)
      .On<ActivateQuoteRequest>(Decide)
      .On<ReviseQuoteRequest>(Decide)
      .On<AcceptQuoteRequest>(Decide)
      .On<CloseQuoteRequest>(Decide)
      .On<ExpireQuoteRequest>(Decide)
      .On<CloseQuoteOfLostOpportunityRequest>(Decide)
      .Folds<QuoteCreated>(Evolve, Remember)
      .Folds<QuoteUpdated>(Evolve)
      .Folds<QuoteLinesAdded>(Evolve)
      .Folds<QuoteLineUpdated>(Evolve)
      .Folds<QuoteLineRemoved>(Evolve)
      .Deletes<QuoteDeleted>()
      .Folds<DiscountApprovalRequested>(Evolve)
      .Folds<DiscountApproved>(Evolve)
      .Folds<DiscountRejected>(Evolve)
      .Folds<QuoteActivated>(Evolve)
      .Folds<QuoteRevised>(Evolve)
      .Folds<QuoteAccepted>(Evolve)
      .Folds<QuoteClosed>(Evolve)
      .MatchedBy("state")
      .MatchedBy("opportunity")
      .MatchedBy("account")
      .MatchedBy("number")
      .SortedBy("valid_to")
      .WhenDue<ExpireQuoteRequest>("expiry", ExpiryOf);
}

domain::Aggregate ProductAggregate() {
  return domain::AggregateOf<Product>("products")
      .Creates<CreateProductRequest>(Decide, Needs)
      .On<UpdateProductRequest>(Decide, Needs)
      .On<DeleteProductRequest>(Decide)
      .On<ActivateProductRequest>(Decide, Needs)
      .On<ReviseProductRequest>(Decide)
      .On<RetireProductRequest>(Decide)
      .Folds<ProductCreated>(Evolve)
      .Folds<ProductUpdated>(Evolve)
      .Deletes<ProductDeleted>()
      .Folds<ProductActivated>(Evolve)
      .Folds<ProductRevised>(Evolve)
      .Folds<ProductRetired>(Evolve)
      .MatchedBy("state")
      .MatchedBy("number")
      .SortedBy("number")
      .SortedBy("title");
}

domain::Aggregate PriceListAggregate() {
  return domain::AggregateOf<PriceList>("priceLists")
      .Creates<CreatePriceListRequest>(Decide, Needs)
      .On<UpdatePriceListRequest>(Decide)
      .On<DeletePriceListRequest>(Decide)
      .On<SetPriceListItemsRequest>(Decide, Needs)
      .On<RemovePriceListItemRequest>(Decide)
      .Folds<PriceListCreated>(Evolve)
      .Folds<PriceListUpdated>(Evolve)
      .Deletes<PriceListDeleted>()
      .Folds<PriceListItemsSet>(Evolve)
      .Folds<PriceListItemRemoved>(Evolve)
      .MatchedBy("currency")
      .SortedBy("title")
      .SortedBy("valid_to");
}

domain::ServiceDefinition QuotingService() {
  return {
      .name = "quoting",
      .grpc_services = {"leadstream.quoting.v1.QuoteService",
                        "leadstream.quoting.v1.ProductService",
                        "leadstream.quoting.v1.PriceListService"},
      .aggregates = {QuoteAggregate(), ProductAggregate(), PriceListAggregate()},
      .queries =
          {domain::Answering<v1::CalculatePriceRequest, v1::CalculatePriceResponse>(CalculatePrice),
           domain::Answering<v1::CompareQuotesRequest, v1::CompareQuotesResponse>(CompareQuotes)},
      .reactions = QuotingReactions(),
  };
}

}  // namespace leadstream::quoting
