// Products and price lists, for the tests of quoting. Panels cost 100 a piece in the retail list
// (95 from 100 on), a box is 12 of them; wholesale pays 90 % of that. A set is 2 panels and
// a frame. Everything is in EUR, at 22 %.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/domain/service_definition.h"
#include "leadstream/quoting/v1/comparison.pb.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"
#include "tests/domain/known.h"
#include "tests/domain/quote_examples.h"

namespace leadstream::quoting {

inline constexpr char kPanel[] = R"pb(
  name: "products/panel"
  number: "P-1"
  state: ACTIVE
  title: "Panel"
  unit: "pcs"
  units {
    unit: "box"
    factor { value: "12" }
  }
  tax_category: "S"
  tax_rate { value: "22" }
  standard_cost { currency_code: "EUR" units: 60 }
  current_cost { currency_code: "EUR" units: 66 nanos: 660000000 })pb";

inline constexpr char kFrame[] = R"pb(
  name: "products/frame"
  number: "F-1"
  state: ACTIVE
  title: "Frame"
  unit: "m"
  quantity_decimals: 2
  tax_rate { value: "22" })pb";

inline constexpr char kSet[] = R"pb(
  name: "products/set"
  number: "S-1"
  state: ACTIVE
  title: "Set"
  unit: "pcs"
  tax_rate { value: "22" }
  components {
    product: "products/panel"
    quantity { value: "2" }
  }
  components {
    product: "products/frame"
    quantity { value: "3.5" }
  })pb";

inline constexpr char kRetail[] = R"pb(
  name: "priceLists/retail"
  title: "Retail"
  currency: "EUR"
  approval_above_percent { value: "10" }
  items {
    product: "products/panel"
    method: FIXED
    amount { value: "100" }
    tiers {
      from_quantity { value: "100" }
      percent { value: "5" }
    }
    tiers {
      from_quantity { value: "500" }
      amount { value: "12.50" }
    }
  }
  items {
    product: "products/frame"
    amount { value: "8.25" }
  })pb";

inline constexpr char kWholesale[] = R"pb(
  name: "priceLists/wholesale"
  title: "Wholesale"
  currency: "EUR"
  items {
    product: "products/panel"
    method: PERCENT_OF_LIST
    percent { value: "90" }
    base_list: "priceLists/retail"
  })pb";

// A shop in memory, for queries and rules.
class Shop : public testing::Known {
 public:
  Shop() {
    Put<Product>(kPanel);
    Put<Product>(kFrame);
    Put<Product>(kSet);
    Put<PriceList>(kRetail);
    Put<PriceList>(kWholesale);
  }

  template <typename Resource>
  Shop& Put(const std::string& text) {
    Known::Put(Of<Resource>(text));
    return *this;
  }
  google::protobuf::Timestamp Now() const override {
    google::protobuf::Timestamp now;
    now.set_seconds(1'772'442'000);  // 2026-03-02T09:00:00Z
    return now;
  }
};

// A quote, as it is and, if its story is known, as it was.
class OneQuote : public Shop {
 public:
  explicit OneQuote(const Quote& quote, std::map<int64_t, Quote> earlier = {})
      : quote_(std::make_shared<Quote>(quote)), earlier_(std::move(earlier)) {}

  std::shared_ptr<const google::protobuf::Message> Find(absl::string_view name) const override {
    if (name != quote_->name()) return nullptr;
    return quote_;
  }
  std::shared_ptr<const google::protobuf::Message> FindAt(absl::string_view,
                                                          int64_t revision) const override {
    auto at = earlier_.find(revision);
    return at == earlier_.end() ? nullptr : std::make_shared<Quote>(at->second);
  }

 private:
  std::shared_ptr<const Quote> quote_;
  std::map<int64_t, Quote> earlier_;
};

// Nothing has happened yet; the shop's products and lists are known.
inline Story WithShop(Story story, const Shop& shop = Shop()) {
  for (const auto& [name, resource] : shop.found()) story.Knows(name, *resource);
  return story;
}

// A quote of these lines from the retail list.
inline CreateQuoteRequest RetailQuote(const std::string& lines) {
  return Of<CreateQuoteRequest>(
      "quote { account: 'accounts/acme' currency: 'EUR' price_list: 'priceLists/retail' " + lines +
      " }");
}

// 10 panels, 15 % off where the list leaves 10 to everybody.
inline Story DiscountedDraft() {
  Story story = WithShop(NoQuote());
  story.Given(
      RetailQuote("lines { product: 'products/panel' quantity { value: '10' } "
                  "discount_percent { value: '15' } }"));
  return story;
}

}  // namespace leadstream::quoting
