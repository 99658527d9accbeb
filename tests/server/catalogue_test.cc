// Products, price lists, prices and approvals over a real connection.
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using namespace quoting::v1;  // NOLINT(google-build-using-namespace)
using google::protobuf::Empty;

class CatalogueTest : public Serving {
 protected:
  template <typename Reply, typename Request>
  Reply Must(const std::string& request) {
    auto answer = Call<Reply>(Of<Request>(request));
    EXPECT_TRUE(answer.ok()) << answer.reason() << " " << answer.fields() << " "
                             << answer.status.error_message() << "\n"
                             << request;
    return answer.reply;
  }
  template <typename Request>
  Answer<Quote> CallAs(const std::string& actor, const std::string& text) {
    const auto request = Of<Request>(text);
    Answer<Quote> answer;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    context.AddMetadata("leadstream-actor", actor);
    answer.status = server::Call(channel_.get(), runtime::MethodTaking(request.GetDescriptor()),
                                 &context, request, &answer.reply);
    return answer;
  }
  // Panels at 100, 5 % less from 100 on, in boxes of 12; a set of 2 panels; partners pay 90 %.
  void Fill() {
    Must<Product, CreateProductRequest>(R"pb(
      product_id: "panel"
      product {
        number: "P-1"
        title: "Panel"
        unit: "pcs"
        tax_rate { value: "22" }
        units {
          unit: "box"
          factor { value: "12" }
        }
      })pb");
    Must<Product, ActivateProductRequest>("name: 'products/panel'");
    Must<Product, CreateProductRequest>(R"pb(
      product_id: "set"
      product {
        number: "S-1"
        title: "Set"
        unit: "pcs"
        components {
          product: "products/panel"
          quantity { value: "2" }
        }
      })pb");
    Must<Product, ActivateProductRequest>("name: 'products/set'");
    Must<PriceList, CreatePriceListRequest>(R"pb(
      price_list_id: "retail"
      price_list {
        title: "Retail"
        currency: "EUR"
        approval_above_percent { value: "10" }
        items {
          product: "products/panel"
          amount { value: "100" }
          tiers {
            from_quantity { value: "100" }
            percent { value: "5" }
          }
        }
      })pb");
    Must<PriceList, CreatePriceListRequest>(R"pb(
      price_list_id: "partner"
      price_list {
        title: "Partner"
        currency: "EUR"
        items {
          product: "products/panel"
          method: PERCENT_OF_LIST
          percent { value: "90" }
          base_list: "priceLists/retail"
        }
      })pb");
  }
};

TEST_F(CatalogueTest, AProductIsDraftedSoldRevisedRetiredAndTold) {
  Fill();
  EXPECT_EQ((Must<Product, GetProductRequest>("name: 'products/panel'").state()), Product::ACTIVE);
  EXPECT_EQ(Call<Product>(Of<UpdateProductRequest>(
                              "product { name: 'products/panel' title: 'Better panel' }"))
                .reason(),
            "PRODUCT_NOT_DRAFT");
  Must<Product, ReviseProductRequest>("name: 'products/panel'");
  const auto revised = Must<Product, UpdateProductRequest>(
      "product { name: 'products/panel' title: 'Better panel' }");
  EXPECT_EQ(revised.title(), "Better panel");
  EXPECT_EQ(revised.sold().title(), "Panel");
  EXPECT_EQ(Call<Empty>(Of<DeleteProductRequest>("name: 'products/panel'")).reason(),
            "PRODUCT_WAS_ACTIVE");
  EXPECT_EQ((Must<Product, RetireProductRequest>("name: 'products/panel' note: 'n'").state()),
            Product::RETIRED);
  const auto story =
      Must<ListProductEventsResponse, ListProductEventsRequest>("name: 'products/panel'");
  EXPECT_EQ(story.events_size(), 5);
  const auto retired = Must<ListProductsResponse, ListProductsRequest>("filter: 'state = RETIRED'");
  ASSERT_EQ(retired.products_size(), 1);
  EXPECT_EQ(retired.products(0).number(), "P-1");
  Must<Product, CreateProductRequest>(
      "product_id: 'slip' product { number: 'X' title: 'X' unit: 'pcs' }");
  Must<Empty, DeleteProductRequest>("name: 'products/slip'");
}

TEST_F(CatalogueTest, ABundleHoldsWhatThereIsAndNotItself) {
  Fill();
  EXPECT_EQ(Call<Product>(Of<CreateProductRequest>(
                              "product { number: 'B' title: 'B' unit: 'pcs' components { product: "
                              "'products/none' quantity { value: '1' } } }"))
                .reason(),
            "REFERENCE_NOT_FOUND");
  Must<Product, ReviseProductRequest>("name: 'products/panel'");
  const auto circle = Call<Product>(Of<UpdateProductRequest>(
      "product { name: 'products/panel' components { product: 'products/set' quantity { value: "
      "'1' } } }"));
  EXPECT_EQ(circle.reason(), "PRODUCT_BUNDLE_INVALID");
  EXPECT_EQ(circle.fields(), "product.components[0].product");
}

TEST_F(CatalogueTest, APriceListIsMadeChangedAndDeleted) {
  Fill();
  const auto set = Must<PriceList, SetPriceListItemsRequest>(
      "name: 'priceLists/retail' items { product: 'products/panel' unit: 'box' amount { value: "
      "'1100' } }");
  EXPECT_EQ(set.items_size(), 2);
  EXPECT_EQ(Call<PriceList>(Of<SetPriceListItemsRequest>(
                                "name: 'priceLists/retail' items { product: 'products/none' amount "
                                "{ value: '1' } }"))
                .reason(),
            "REFERENCE_NOT_FOUND");
  EXPECT_EQ((Must<PriceList, RemovePriceListItemRequest>(
                 "name: 'priceLists/retail' product: 'products/panel' unit: 'box'")
                 .items_size()),
            1);
  EXPECT_EQ((Must<PriceList, UpdatePriceListRequest>(
                 "price_list { name: 'priceLists/retail' title: 'Retail 2026' }")
                 .items_size()),
            1);
  EXPECT_EQ((Must<PriceList, GetPriceListRequest>("name: 'priceLists/retail'").title()),
            "Retail 2026");
  EXPECT_EQ((Must<ListPriceListsResponse, ListPriceListsRequest>("filter: 'currency = \"EUR\"'")
                 .price_lists_size()),
            2);
  EXPECT_EQ(
      (Must<ListPriceListEventsResponse, ListPriceListEventsRequest>("name: 'priceLists/retail'")
           .events_size()),
      4);
  Must<Empty, DeletePriceListRequest>("name: 'priceLists/retail'");
}

TEST_F(CatalogueTest, ChangesAreWatched) {
  WatchProductsRequest products;
  products.set_position("0");
  Watching<WatchProductsRequest, WatchProductsResponse> watched_products(channel_, products);
  WatchPriceListsRequest lists;
  lists.set_position("0");
  Watching<WatchPriceListsRequest, WatchPriceListsResponse> watched_lists(channel_, lists);
  Fill();
  WatchProductsResponse product;
  ASSERT_TRUE(watched_products.Next(&product));
  EXPECT_FALSE(product.product().number().empty());
  WatchPriceListsResponse list;
  ASSERT_TRUE(watched_lists.Next(&list));
  EXPECT_EQ(list.price_list().currency(), "EUR");
  watched_products.Cancel();
  watched_lists.Cancel();
}

TEST_F(CatalogueTest, APriceIsCalculatedAndExplained) {
  Fill();
  const auto response = Must<CalculatePriceResponse, CalculatePriceRequest>(R"pb(
    currency: "EUR"
    price_list: "priceLists/partner"
    lines {
      product: "products/panel"
      unit: "box"
      quantity { value: "2" }
    }
    lines {
      product: "products/set"
      quantity { value: "1" }
    })pb");
  EXPECT_EQ(response.totals().lines().units(), 2 * 1080 + 180);
  ASSERT_EQ(response.explanations_size(), 2);
  EXPECT_EQ(response.explanations(0).steps(0).kind(), PriceStep::FIXED_PRICE);
  EXPECT_EQ(response.explanations(0).steps(0).price_list(), "priceLists/retail");
  const auto refused = Call<CalculatePriceResponse>(Of<CalculatePriceRequest>(R"pb(
    currency: "EUR"
    price_list: "priceLists/partner"
    lines {
      product: "products/panel"
      quantity { value: "0.5" }
    })pb"));
  EXPECT_EQ(refused.reason(), "PRICE_QUANTITY_TOO_FINE");
  EXPECT_EQ(refused.fields(), "lines[0].quantity");
}

TEST_F(CatalogueTest, AQuoteIsPricedRevisedComparedAndOrderedWithItsReasons) {
  Fill();
  const auto quote = Must<Quote, CreateQuoteRequest>(R"pb(
    quote_id: "q"
    quote {
      account: "accounts/acme"
      currency: "EUR"
      price_list: "priceLists/retail"
      lines {
        product: "products/panel"
        quantity { value: "100" }
      }
    })pb");
  EXPECT_EQ(quote.totals().net().units(), 9500);
  EXPECT_EQ(Call<Quote>(Of<AddQuoteLinesRequest>(
                            "name: 'quotes/q' lines { product: 'products/panel' quantity { value: "
                            "'1' } unit_price { value: '99' } }"))
                .reason(),
            "PRICE_OVERRIDE_UNEXPLAINED");
  Must<Quote, ActivateQuoteRequest>("name: 'quotes/q'");
  Must<Quote, ReviseQuoteRequest>("name: 'quotes/q'");
  Must<Quote, AddQuoteLinesRequest>(
      "name: 'quotes/q' lines { product: 'products/panel' quantity { value: '1' } unit_price { "
      "value: '99' } price_override_reason: 'a sample' }");
  const auto compared = Must<CompareQuotesResponse, CompareQuotesRequest>(
      "name: 'quotes/q' base_revision: 0 revision: 1");
  EXPECT_EQ(compared.base().lines_size(), 1);
  ASSERT_EQ(compared.lines_size(), 1);
  EXPECT_EQ(compared.lines(0).compared().unit_price().value(), "99");
  Must<Quote, ActivateQuoteRequest>("name: 'quotes/q'");
  Must<Quote, AcceptQuoteRequest>("name: 'quotes/q'");
  const auto order = Await<ordering::v1::Order>(
      Of<ordering::v1::GetOrderRequest>("name: 'orders/q'"),
      [](const ordering::v1::Order& placed) { return placed.lines_size() == 2; });
  EXPECT_EQ(order.lines(1).line().price_override_reason(), "a sample");
  EXPECT_EQ(order.totals().net().units(), 9599);
}

TEST_F(CatalogueTest, ADiscountIsApprovedBySomebodyElse) {
  Fill();
  Must<Quote, CreateQuoteRequest>(R"pb(
    quote_id: "q"
    quote {
      account: "accounts/acme"
      currency: "EUR"
      price_list: "priceLists/retail"
      adjustments { discount_percent { value: "20" } }
      lines {
        product: "products/panel"
        quantity { value: "1" }
      }
    })pb");
  const std::string name = "name: 'quotes/q'";
  EXPECT_EQ(CallAs<ActivateQuoteRequest>("eva", name).reason(), "QUOTE_APPROVAL_REQUIRED");
  EXPECT_TRUE(CallAs<RequestApprovalRequest>("eva", name).ok());
  EXPECT_EQ(CallAs<ApproveDiscountRequest>("eva", name).reason(), "QUOTE_APPROVAL_OF_OWN");
  EXPECT_TRUE(CallAs<RejectDiscountRequest>("max", name).ok());
  EXPECT_TRUE(CallAs<RequestApprovalRequest>("eva", name).ok());
  EXPECT_EQ(CallAs<ApproveDiscountRequest>("max", name).reply.discount_approval().decider(), "max");
  EXPECT_TRUE(CallAs<ActivateQuoteRequest>("eva", name).ok());
}

}  // namespace
}  // namespace leadstream::testing
