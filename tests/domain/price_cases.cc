// Prints random catalogues and what the pricing engine makes of them, one JSON object a line, for
// price_oracle.py to recompute.
//
//   domain_price_cases CATALOGUES SEED
//
// {"currency", "products", "lists", "asked": [{"list", "product", "unit", "quantity", "reason" or
// "unit_price" and "volume_discount"}]}. Messages are in protobuf's JSON, with the names of the
// proto files.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "common/domain/currency.h"
#include "common/domain/money.h"
#include "services/quoting/pricing.h"
#include "tests/domain/known.h"
#include "tests/domain/random_document.h"

namespace leadstream::quoting {
namespace {

using domain::Decimal;
using domain::Dice;
using v1::PriceList;
using v1::PriceListItem;
using v1::Product;
using v1::RoundingPolicy;

constexpr int kProducts = 6, kLists = 4, kAsked = 8;

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) std::abort();
  return json;
}

std::string Nth(const char* collection, int n) { return absl::StrCat(collection, "/", n); }

Product AnyProduct(const std::string& currency, int n, Dice& dice) {
  Product product;
  product.set_name(Nth("products", n));
  product.set_number(product.name());
  product.set_title(product.name());
  product.set_state(Product::ACTIVE);
  product.set_unit("pcs");
  product.set_quantity_decimals(6);
  if (!dice.OneIn(3)) {
    auto* box = product.add_units();
    box->set_unit("box");
    *box->mutable_factor() = (dice.Number(2, 4) + Decimal(1)).ToProto();
  }
  const auto cost = [&] { return domain::ToMoney(dice.Number(5, 3), currency); };
  if (!dice.OneIn(4)) *product.mutable_standard_cost() = cost();
  if (!dice.OneIn(2)) *product.mutable_current_cost() = cost();
  for (int64_t parts = n > 1 && dice.OneIn(2) ? dice.Roll(3) + 1 : 0; parts > 0; --parts) {
    auto* component = product.add_components();
    component->set_product(Nth("products", static_cast<int>(1 + dice.Roll(n - 1))));
    *component->mutable_quantity() = (dice.Number(2, 4) + Decimal::Scaled(1, 2)).ToProto();
  }
  return product;
}

RoundingPolicy AnyPolicy(Dice& dice) {
  static constexpr int kSteps[] = {1, 5, 10, 25, 50, 100, 500, 1000, 9900};
  RoundingPolicy policy;
  policy.set_direction(static_cast<RoundingPolicy::Direction>(dice.Roll(4)));
  if (dice.OneIn(4)) return policy;
  const int step = kSteps[dice.Roll(9)];
  *policy.mutable_step() = Decimal::Scaled(step, 2).ToProto();
  if (dice.OneIn(2)) *policy.mutable_ending() = Decimal::Scaled(dice.Roll(step), 2).ToProto();
  return policy;
}

void AddTiers(PriceListItem* item, Dice& dice) {
  Decimal from;
  for (int64_t n = dice.Roll(4); n > 0; --n) {
    from += dice.Number(2, 2) + Decimal(1);
    auto* tier = item->add_tiers();
    *tier->mutable_from_quantity() = from.ToProto();
    if (dice.OneIn(2)) {
      *tier->mutable_percent() = dice.UpTo(Decimal(100), 4).ToProto();
    } else {
      *tier->mutable_amount() = dice.Number(3, 4).ToProto();
    }
  }
}

// Percentages are of lists that come before it, so none rests on itself.
PriceList AnyList(const std::string& currency, int n, Dice& dice) {
  PriceList list;
  list.set_name(Nth("priceLists", n));
  list.set_title(list.name());
  list.set_currency(currency);
  if (dice.OneIn(2)) *list.mutable_rounding() = AnyPolicy(dice);
  for (int product = 1; product <= kProducts; ++product) {
    for (const char* unit : {"", "box"}) {
      if (dice.OneIn(*unit == 0 ? 3 : 2)) continue;
      auto* item = list.add_items();
      item->set_product(Nth("products", product));
      item->set_unit(unit);
      item->set_method(static_cast<PriceListItem::Method>(dice.Roll(5)));
      if (item->method() == PriceListItem::PERCENT_OF_LIST && n == 1)
        item->set_method(PriceListItem::FIXED);
      if (item->method() <= PriceListItem::FIXED) {
        *item->mutable_amount() = dice.Number(5, 6).ToProto();
      } else {
        *item->mutable_percent() = dice.UpTo(Decimal(99), 4).ToProto();
        if (dice.OneIn(3)) *item->mutable_rounding() = AnyPolicy(dice);
      }
      if (item->method() == PriceListItem::PERCENT_OF_LIST)
        item->set_base_list(Nth("priceLists", static_cast<int>(1 + dice.Roll(n - 1))));
      if (item->method() >= PriceListItem::MARKUP)
        item->set_cost(static_cast<PriceListItem::Cost>(dice.Roll(3)));
      AddTiers(item, dice);
    }
  }
  return list;
}

std::string Ask(const std::string& currency, Catalogue* catalogue, Dice& dice) {
  const std::string list = Nth("priceLists", static_cast<int>(1 + dice.Roll(kLists))),
                    product = Nth("products", static_cast<int>(1 + dice.Roll(kProducts))),
                    unit = dice.OneIn(3) ? "box" : "";
  const Decimal quantity = dice.Number(3, 3) + Decimal::Scaled(1, 3);
  const ListPrice price =
      Pricing(catalogue, {list, currency, std::nullopt}).Of(product, unit, quantity);
  std::string answer =
      price.problem
          ? absl::StrCat("\"reason\":\"", domain::ReasonName(price.problem->reason), "\"")
          : absl::StrCat("\"unit_price\":\"", price.unit_price.ToString(),
                         "\",\"volume_discount\":\"", price.volume_discount.ToString(), "\"");
  return absl::StrCat("{\"list\":\"", list, "\",\"product\":\"", product, "\",\"unit\":\"", unit,
                      "\",\"quantity\":\"", quantity.ToString(), "\",", answer, "}");
}

void PrintCases(int catalogues, uint64_t seed) {
  static constexpr const char* kCurrencies[] = {"EUR", "HUF", "USD", "JPY", "KWD"};
  Dice dice(seed);
  for (int n = 0; n < catalogues; ++n) {
    const std::string currency = kCurrencies[dice.Roll(5)];
    testing::Known shop;
    std::vector<std::string> products, lists, asked;
    for (int i = 1; i <= kProducts; ++i) {
      const Product product = AnyProduct(currency, i, dice);
      shop.Put(product);
      products.push_back(Json(product));
    }
    for (int i = 1; i <= kLists; ++i) {
      const PriceList list = AnyList(currency, i, dice);
      shop.Put(list);
      lists.push_back(Json(list));
    }
    Catalogue catalogue(shop);
    for (int i = 0; i < kAsked; ++i) asked.push_back(Ask(currency, &catalogue, dice));
    std::cout << "{\"currency\":\"" << currency << "\",\"products\":["
              << absl::StrJoin(products, ",") << "],\"lists\":[" << absl::StrJoin(lists, ",")
              << "],\"asked\":[" << absl::StrJoin(asked, ",") << "]}\n";
  }
}

}  // namespace
}  // namespace leadstream::quoting

int main(int argc, char** argv) {
  int catalogues = 0;
  uint64_t seed = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[1], &catalogues) || !absl::SimpleAtoi(argv[2], &seed)) {
    std::cerr << "usage: " << argv[0] << " CATALOGUES SEED\n";
    return 2;
  }
  leadstream::quoting::PrintCases(catalogues, seed);
}
