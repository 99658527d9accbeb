// Products, price lists and quotes.
#include <algorithm>

#include "common/domain/decimal.h"
#include "leadstream/quoting/v1/calculation.pb.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/process/commands.h"

namespace leadstream::process {

using namespace quoting::v1;  // NOLINT(google-build-using-namespace): a table of these messages

namespace {

bool IsDraft(const Quote& quote) { return quote.state() == Quote::DRAFT; }
bool IsActive(const Quote& quote) { return quote.state() == Quote::ACTIVE; }
bool HasLines(const Quote& quote) { return IsDraft(quote) && !quote.lines().empty(); }
bool Waits(const Quote& quote) {
  return IsDraft(quote) && quote.discount_approval().state() == DiscountApproval::REQUESTED;
}
// A discount that the price list leaves to nobody alone, more or less.
bool LacksApproval(const Quote& quote) {
  return HasLines(quote) && quote.has_approval_above_percent() && !quote.has_discount_approval() &&
         std::any_of(quote.lines().begin(), quote.lines().end(), [](const auto& line) {
           return domain::Decimal::Of(line.discount_percent()) > domain::Decimal(10);
         });
}
bool IsSold(const Product& product) { return product.state() == Product::ACTIVE; }

void FitProduct(Product* product) {
  product->set_unit("pcs");
  product->set_quantity_decimals(2);
  product->clear_units();
  product->clear_tax_category();
  product->mutable_tax_rate()->set_value("27");
  product->mutable_standard_cost()->set_currency_code("EUR");
  for (auto& component : *product->mutable_components()) component.clear_omittable();
}

void FitItem(Sketcher& sketcher, PriceListItem* item) {
  domain::Dice& dice = sketcher.dice();
  item->clear_unit();
  item->clear_rounding();
  item->clear_tiers();
  item->clear_amount();
  item->clear_percent();
  if (item->method() != PriceListItem::PERCENT_OF_LIST) item->clear_base_list();
  if (item->method() == PriceListItem::METHOD_UNSPECIFIED ||
      item->method() == PriceListItem::FIXED || item->base_list().empty()) {
    item->set_method(PriceListItem::FIXED);
    item->clear_base_list();
    item->mutable_amount()->set_value(absl::StrCat(1 + dice.Roll(500), ".", dice.Roll(10)));
    auto* tier = item->add_tiers();
    tier->mutable_from_quantity()->set_value("10");
    tier->mutable_percent()->set_value(absl::StrCat(dice.Roll(20)));
  } else {
    item->mutable_percent()->set_value(absl::StrCat(1 + dice.Roll(90)));
  }
  if (item->method() == PriceListItem::FIXED || item->method() == PriceListItem::PERCENT_OF_LIST)
    item->clear_cost();
}

void AddCatalogueShapes(Shapes* shapes) {
  Add<CreateProductRequest, Product>(shapes, nullptr,
                                     [](const Product*, Sketcher& sketcher, auto* request) {
                                       FitProduct(request->mutable_product());
                                       if (!sketcher.dice().OneIn(4))
                                         request->mutable_product()->clear_components();
                                     });
  Add<UpdateProductRequest, Product>(
      shapes, [](const Product& product) { return product.state() != Product::RETIRED; },
      [](const Product*, Sketcher& sketcher, auto* request) {
        FitProduct(request->mutable_product());
        Edit({"standard_cost", "notes", "title", "tax_rate"}, sketcher,
             request->mutable_update_mask());
      });
  Add<DeleteProductRequest, Product>(shapes, [](const Product& product) {
    return product.state() == Product::DRAFT && !product.has_sold();
  });
  Add<ActivateProductRequest, Product>(
      shapes, [](const Product& product) { return product.state() == Product::DRAFT; });
  Add<ReviseProductRequest, Product>(shapes, IsSold);
  Add<RetireProductRequest, Product>(shapes, IsSold);

  Add<CreatePriceListRequest, PriceList>(shapes, nullptr,
                                         [](const PriceList*, Sketcher& sketcher, auto* request) {
                                           PriceList* list = request->mutable_price_list();
                                           if (!sketcher.dice().OneIn(4)) {
                                             list->clear_valid_from();
                                             list->clear_valid_to();
                                           }
                                           list->clear_rounding();
                                           list->set_currency("EUR");
                                           if (sketcher.dice().OneIn(2))
                                             list->mutable_approval_above_percent()->set_value("5");
                                           for (auto& item : *list->mutable_items())
                                             FitItem(sketcher, &item);
                                         });
  Add<UpdatePriceListRequest, PriceList>(
      shapes, nullptr, [](const PriceList*, Sketcher& sketcher, auto* request) {
        Edit({"title", "approval_above_percent"}, sketcher, request->mutable_update_mask());
      });
  Add<SetPriceListItemsRequest, PriceList>(shapes, nullptr,
                                           [](const PriceList*, Sketcher& sketcher, auto* request) {
                                             for (auto& item : *request->mutable_items())
                                               FitItem(sketcher, &item);
                                           });
  Add<RemovePriceListItemRequest, PriceList>(
      shapes, [](const PriceList& list) { return !list.items().empty(); },
      [](const PriceList* list, Sketcher&, auto* request) {
        if (list == nullptr || list->items().empty()) return;
        request->set_product(list->items(0).product());
        request->set_unit(list->items(0).unit());
      });
}

// One that has prices and asks for approval, if a few tries find it.
std::string AnyPriceList(Sketcher& sketcher) {
  std::string name;
  for (int i = 0; i < 10; ++i) {
    name = sketcher.AnyOf("leadstream.dev/PriceList");
    const auto* list = dynamic_cast<const PriceList*>(sketcher.world().Find(name));
    if (list != nullptr && !list->items().empty() && list->has_approval_above_percent()) break;
  }
  return name;
}

// Half of the lines of a quote with a price list are priced from it.
void FitQuoteLine(const std::string& price_list, Sketcher& sketcher, common::v1::Line* line) {
  FitLine(sketcher, line);
  const auto* list = dynamic_cast<const PriceList*>(sketcher.world().Find(price_list));
  if (list == nullptr || list->items().empty() || sketcher.dice().OneIn(3)) return;
  const std::string& product =
      list->items(static_cast<int>(sketcher.dice().Roll(list->items_size()))).product();
  const auto* sold = dynamic_cast<const Product*>(sketcher.world().Find(product));
  if ((sold == nullptr || !IsSold(*sold)) && !sketcher.dice().OneIn(6)) return;
  line->set_product(product);
  line->clear_unit_price();
  line->clear_volume_discount();
  line->mutable_quantity()->set_value(absl::StrCat(1 + sketcher.dice().Roll(20)));
  if (sketcher.dice().OneIn(2)) line->mutable_discount_percent()->set_value("20");
}

void AddLineShapes(Shapes* shapes) {
  Add<AddQuoteLinesRequest, Quote>(
      shapes, IsDraft, [](const Quote* quote, Sketcher& sketcher, auto* request) {
        for (auto& line : *request->mutable_lines())
          FitQuoteLine(quote == nullptr ? "" : quote->price_list(), sketcher, &line);
      });
  Add<UpdateQuoteLineRequest,
      Quote>(shapes, HasLines, [](const Quote* quote, Sketcher& sketcher, auto* request) {
    FitLine(sketcher, request->mutable_line());
    if (quote != nullptr && !quote->lines().empty())
      request->mutable_line()->set_line_id(quote->lines(0).line_id());
    Edit({"quantity", "discount_percent", "description"}, sketcher, request->mutable_update_mask());
  });
  Add<RemoveQuoteLineRequest, Quote>(
      shapes, HasLines, [](const Quote* quote, Sketcher& sketcher, auto* request) {
        if (quote != nullptr && !quote->lines().empty())
          request->set_line_id(
              quote->lines(static_cast<int>(sketcher.dice().Roll(quote->lines_size()))).line_id());
      });
}

}  // namespace

void AddQuotingShapes(Shapes* shapes) {
  Add<CreateQuoteRequest, Quote>(
      shapes, nullptr, [](const Quote*, Sketcher& sketcher, auto* request) {
        Quote* quote = request->mutable_quote();
        quote->set_account(sketcher.AnyOf("leadstream.dev/Account"));
        quote->set_currency("EUR");
        quote->clear_valid_from();
        if (!sketcher.dice().OneIn(8)) quote->clear_valid_to();
        quote->set_price_list(sketcher.dice().OneIn(2) ? "" : AnyPriceList(sketcher));
        if (sketcher.dice().OneIn(2)) quote->set_opportunity(OpenOpportunity(sketcher));
        if (quote->lines().empty() && !sketcher.dice().OneIn(4)) quote->add_lines();
        for (auto& line : *quote->mutable_lines())
          FitQuoteLine(quote->price_list(), sketcher, &line);
        FitAdjustments(sketcher, quote->mutable_adjustments());
      });
  Add<UpdateQuoteRequest, Quote>(
      shapes, IsDraft, [](const Quote*, Sketcher& sketcher, auto* request) {
        FitAdjustments(sketcher, request->mutable_quote()->mutable_adjustments());
        Edit({"adjustments", "topic", "payment_days", "notes"}, sketcher,
             request->mutable_update_mask());
      });
  Add<DeleteQuoteRequest, Quote>(
      shapes, [](const Quote& quote) { return IsDraft(quote) && quote.revision() == 0; });
  Add<RequestApprovalRequest, Quote>(shapes, LacksApproval);
  Add<ApproveDiscountRequest, Quote>(shapes, Waits);
  Add<RejectDiscountRequest, Quote>(shapes, Waits);
  Add<ActivateQuoteRequest, Quote>(shapes, HasLines);
  Add<ReviseQuoteRequest, Quote>(
      shapes, [](const Quote& quote) { return IsActive(quote) || quote.state() == Quote::CLOSED; });
  Add<AcceptQuoteRequest, Quote>(shapes, IsActive,
                                 [](const Quote*, Sketcher& sketcher, auto* request) {
                                   if (!sketcher.dice().OneIn(5)) request->clear_accept_date();
                                 });
  Add<CloseQuoteRequest, Quote>(
      shapes, IsActive, [](const Quote*, Sketcher& sketcher, auto* request) {
        if (!sketcher.dice().OneIn(4))
          request->set_reason(sketcher.dice().OneIn(2) ? Quote::LOST : Quote::CANCELED);
      });
  Add<CalculatePriceRequest, Quote>(shapes, nullptr,
                                    [](const Quote*, Sketcher& sketcher, auto* request) {
                                      request->set_currency("EUR");
                                      for (auto& line : *request->mutable_lines())
                                        FitQuoteLine(request->price_list(), sketcher, &line);
                                      FitAdjustments(sketcher, request->mutable_adjustments());
                                    });
  AddCatalogueShapes(shapes);
  AddLineShapes(shapes);
}

}  // namespace leadstream::process
