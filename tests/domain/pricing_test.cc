// How prices are found, step by step, and why there are none.
#include "services/quoting/pricing.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <set>

#include "services/quoting/price_calculation.h"
#include "services/quoting/price_rounding.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

using domain::Decimal;

constexpr absl::CivilDay kToday(2026, 3, 2);

ListPrice PriceIn(const Shop& shop, const std::string& list, const std::string& product,
                  const std::string& unit = "", int64_t quantity = 1) {
  Catalogue catalogue(shop);
  return Pricing(&catalogue, {list, "EUR", kToday}).Of(product, unit, Decimal(quantity));
}

// "FIXED_PRICE 100, ROUNDING 99.99" or the reason why not.
std::string Steps(const ListPrice& price) {
  if (price.problem) return domain::ReasonName(price.problem->reason);
  return absl::StrJoin(price.steps, ", ", [](std::string* out, const PriceStep& step) {
    absl::StrAppend(out, PriceStep::Kind_Name(step.kind()), " ", step.amount().value());
    EXPECT_FALSE(step.text().empty());
  });
}

// The steps to the price of a panel in a list of one item.
std::string PanelBy(const std::string& item, const std::string& list = "",
                    const std::string& unit = "") {
  Shop shop;
  shop.Put<PriceList>("name: 'priceLists/one' title: 'One' currency: 'EUR' " + list +
                      " items { product: 'products/panel' " + item + " }");
  return Steps(PriceIn(shop, "priceLists/one", "products/panel", unit));
}

TEST(APrice, IsFoundByEachMethod) {
  EXPECT_EQ(PanelBy("amount { value: '99.5' }"), "FIXED_PRICE 99.5");
  EXPECT_EQ(PanelBy("method: PERCENT_OF_LIST percent { value: '87.5' } base_list: "
                    "'priceLists/retail'"),
            "FIXED_PRICE 100, BASE_PRICE 100, PERCENT_OF_BASE 87.5");
  EXPECT_EQ(PanelBy("method: MARKUP percent { value: '25' }"), "COST 60, MARKUP 75");
  EXPECT_EQ(PanelBy("method: MARKUP cost: CURRENT percent { value: '50' }"),
            "COST 66.66, MARKUP 99.99");
  EXPECT_EQ(PanelBy("method: MARGIN percent { value: '30' }"),
            "COST 60, MARGIN 85.7142857143, ROUNDING 85.71");
  EXPECT_EQ(PanelBy("method: MARGIN cost: CURRENT percent { value: '0' }"),
            "COST 66.66, MARGIN 66.66");
}

TEST(APrice, IsRoundedAsItsItemSaysOrElseItsList) {
  const std::string margin = "method: MARGIN percent { value: '30' } ";
  const std::string list =
      "rounding { direction: UP step { value: '1' } ending { value: '0.01' } }";
  EXPECT_EQ(PanelBy(margin, list), "COST 60, MARGIN 85.7142857143, ROUNDING 85.99");
  EXPECT_EQ(PanelBy(margin + "rounding { direction: DOWN step { value: '5' } }", list),
            "COST 60, MARGIN 85.7142857143, ROUNDING 85");
  EXPECT_EQ(PanelBy("amount { value: '99.5' }", list), "FIXED_PRICE 99.5") << "as it stands";
}

TEST(APrice, OfAnotherUnitIsItsOwnOrSoManyTimes) {
  const Shop shop;
  EXPECT_EQ(Steps(PriceIn(shop, "priceLists/retail", "products/panel", "box")),
            "FIXED_PRICE 100, UNIT_CONVERSION 1200");
  EXPECT_EQ(Steps(PriceIn(shop, "priceLists/wholesale", "products/panel", "box")),
            "FIXED_PRICE 100, BASE_PRICE 100, PERCENT_OF_BASE 90, UNIT_CONVERSION 1080");
  EXPECT_EQ(PanelBy("unit: 'box' amount { value: '1111' }", "", "box"), "FIXED_PRICE 1111");
  EXPECT_EQ(PanelBy("unit: 'box' method: MARKUP percent { value: '10' }", "", "box"),
            "COST 720, MARKUP 792");
  EXPECT_EQ(PanelBy("unit: 'box' amount { value: '1111' }", "", "pcs"), "PRICE_MISSING")
      << "nothing is divided";
}

TEST(APrice, OfABundleIsItsOwnOrThatOfItsParts) {
  Shop shop;
  EXPECT_EQ(Steps(PriceIn(shop, "priceLists/retail", "products/set")),
            "COMPONENT 200, COMPONENT 228.875");
  shop.Put<PriceList>(
      "name: 'priceLists/own' title: 'Own' currency: 'EUR' items { product: "
      "'products/set' amount { value: '199' } }");
  EXPECT_EQ(Steps(PriceIn(shop, "priceLists/own", "products/set")), "FIXED_PRICE 199");
}

TEST(APrice, IsThatOfTheRevisionThatIsSold) {
  Shop shop;
  shop.Put<Product>(
      "name: 'products/panel' number: 'P-1' unit: 'pcs' state: DRAFT units { unit: 'pallet' factor "
      "{ value: '480' } } sold { units { unit: 'box' factor { value: '10' } } }");
  EXPECT_EQ(Steps(PriceIn(shop, "priceLists/retail", "products/panel", "box")),
            "FIXED_PRICE 100, UNIT_CONVERSION 1000");
  EXPECT_EQ(Steps(PriceIn(shop, "priceLists/retail", "products/panel", "pallet")),
            "PRICE_UNIT_UNKNOWN");
}

TEST(AVolumeDiscount, IsThatOfTheHighestTierReached) {
  const Shop shop;
  const auto discount = [&](int64_t quantity, const std::string& unit = "") {
    return PriceIn(shop, "priceLists/retail", "products/panel", unit, quantity)
        .volume_discount.ToString();
  };
  EXPECT_EQ(discount(99), "0");
  EXPECT_EQ(discount(100), "5");
  EXPECT_EQ(discount(499), "5");
  EXPECT_EQ(discount(500), "12.5");
  EXPECT_EQ(discount(8, "box"), "0") << "96 pieces";
  EXPECT_EQ(discount(9, "box"), "60") << "108 pieces";
  EXPECT_EQ(discount(42, "box"), "150") << "504 pieces";
}

TEST(AVolumeDiscount, IsNotInheritedFromABaseListNorBeyondThePrice) {
  Shop shop;
  EXPECT_TRUE(
      PriceIn(shop, "priceLists/wholesale", "products/panel", "", 1000).volume_discount.IsZero());
  shop.Put<PriceList>(
      "name: 'priceLists/deep' currency: 'EUR' items { product: 'products/panel' "
      "method: MARKUP percent { value: '0' } tiers { from_quantity { value: '2' } "
      "amount { value: '1000' } } }");
  EXPECT_EQ(PriceIn(shop, "priceLists/deep", "products/panel", "", 2).volume_discount, Decimal(60));
}

// ---- why there is no price

// The reason and the fields of CalculatePrice for one line of the retail list.
std::string Refused(const Shop& shop, const std::string& line, const std::string& more = "") {
  CalculatePriceResponse response;
  const auto request = Of<CalculatePriceRequest>(
      "currency: 'EUR' lines { " + line + " } " +
      (absl::StrContains(more, "price_list") ? more : more + "price_list: 'priceLists/retail'"));
  const auto refusal = CalculatePrice(request, shop, &response);
  if (!refusal) return "accepted";
  EXPECT_EQ(refusal->code, absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(refusal->message.empty());
  return absl::StrCat(
      refusal->reason, " ",
      absl::StrJoin(refusal->fields, ",", [](std::string* out, const domain::FieldViolation& bad) {
        out->append(bad.field);
      }));
}

TEST(NoPrice, HasAReasonOfItsOwn) {
  const std::string panel = "product: 'products/panel' quantity { value: '1' } ";
  Shop shop;
  shop.Put<Product>("name: 'products/draft' number: 'D' state: DRAFT unit: 'pcs'")
      .Put<Product>("name: 'products/old' number: 'O' state: RETIRED unit: 'pcs'")
      .Put<Product>("name: 'products/unpriced' number: 'U' state: ACTIVE unit: 'pcs'")
      .Put<Product>(
          "name: 'products/worn' number: 'W' state: ACTIVE unit: 'pcs' components { "
          "product: 'products/old' quantity { value: '1' } }")
      .Put<Product>(
          "name: 'products/egg' number: 'E' state: ACTIVE unit: 'pcs' components { "
          "product: 'products/hen' quantity { value: '1' } }")
      .Put<Product>(
          "name: 'products/hen' number: 'H' state: ACTIVE unit: 'pcs' components { "
          "product: 'products/egg' quantity { value: '1' } }")
      .Put<Product>(
          "name: 'products/abroad' number: 'A' state: ACTIVE unit: 'pcs' standard_cost { "
          "currency_code: 'HUF' units: 5 }")
      .Put<PriceList>(
          "name: 'priceLists/past' currency: 'EUR' valid_to { year: 2026 month: 3 day: "
          "1 }")
      .Put<PriceList>(
          "name: 'priceLists/future' currency: 'EUR' valid_from { year: 2026 month: 3 "
          "day: 3 }")
      .Put<PriceList>("name: 'priceLists/hu' currency: 'HUF'")
      .Put<PriceList>(
          "name: 'priceLists/cost' currency: 'EUR' items { product: 'products/frame' "
          "method: MARKUP percent { value: '1' } } items { product: 'products/abroad' "
          "method: MARKUP percent { value: '1' } }")
      .Put<PriceList>(
          "name: 'priceLists/a' currency: 'EUR' items { product: 'products/panel' "
          "method: PERCENT_OF_LIST percent { value: '50' } base_list: 'priceLists/b' }")
      .Put<PriceList>(
          "name: 'priceLists/b' currency: 'EUR' items { product: 'products/panel' "
          "method: PERCENT_OF_LIST percent { value: '50' } base_list: 'priceLists/a' }");
  const auto one = [](const std::string& product) {
    return "product: 'products/" + product + "' quantity { value: '1' }";
  };
  const struct {
    std::string line, more, expected;
  } cases[] = {
      {panel, "", "accepted"},
      {one("unpriced"), "", "PRICE_MISSING lines[0].unit_price"},
      {one("frame"), "price_list: 'priceLists/cost'", "PRICE_MISSING lines[0].unit_price"},
      {"product: 'panel' quantity { value: '1' }", "", "PRICE_MISSING lines[0].product"},
      {one("abroad"), "price_list: 'priceLists/cost'",
       "PRICE_LIST_CURRENCY_MISMATCH lines[0].unit_price"},
      {panel, "price_list: 'priceLists/hu'", "PRICE_LIST_CURRENCY_MISMATCH price_list"},
      {panel, "price_list: 'priceLists/past'", "PRICE_LIST_EXPIRED lines[0].unit_price"},
      {panel, "price_list: 'priceLists/future'", "PRICE_LIST_NOT_YET_VALID lines[0].unit_price"},
      {panel, "price_list: 'priceLists/a'", "PRICE_LIST_CYCLE lines[0].unit_price"},
      {panel + "unit: 'pallet'", "", "PRICE_UNIT_UNKNOWN lines[0].unit"},
      {"product: 'products/panel' quantity { value: '1.5' }", "",
       "PRICE_QUANTITY_TOO_FINE lines[0].quantity"},
      {"product: 'products/panel' unit: 'box' quantity { value: '0.5' }", "",
       "PRICE_QUANTITY_TOO_FINE lines[0].quantity"},
      {"product: 'products/frame' quantity { value: '1.25' }", "", "accepted"},
      {one("draft"), "", "PRODUCT_NOT_ACTIVE lines[0].product"},
      {one("old"), "", "PRODUCT_RETIRED lines[0].product"},
      {one("worn"), "", "PRICE_MISSING lines[0].unit_price"},
      {one("egg"), "", "PRODUCT_BUNDLE_INVALID lines[0].unit_price"},
      {one("nothing"), "", "REFERENCE_NOT_FOUND "},
      {panel, "price_list: 'priceLists/none'", "REFERENCE_NOT_FOUND "},
      {panel, "date { year: 2019 month: 1 day: 1 } price_list: 'priceLists/past'",
       "PRICE_MISSING lines[0].unit_price"},
  };
  std::set<std::string> given;
  // What writing is refused for, and not pricing.
  const auto refuse = [&given](Story story, const google::protobuf::Message& command) {
    story.When(command);
    given.insert(story.decision().refusal().reason);
  };
  refuse(WithShop(NoQuote()), RetailQuote("lines { product: 'products/panel' quantity { value: '1' "
                                          "} unit_price { value: '90' } }"));
  refuse(WithShop(Story(PriceListAggregate())),
         Of<CreatePriceListRequest>("price_list { title: ' ' currency: 'EUR' }"));
  Story list = WithShop(Story(PriceListAggregate()));
  list.Given(Of<CreatePriceListRequest>("price_list { title: 'one' currency: 'EUR' }"));
  refuse(std::move(list), Of<RemovePriceListItemRequest>("product: 'products/panel'"));
  for (const auto& [line, more, expected] : cases) {
    EXPECT_EQ(Refused(shop, line, more), expected) << line << more;
    given.insert(expected.substr(0, expected.find(' ')));
  }
  for (int i = 0; i < ErrorReason_descriptor()->value_count(); ++i) {
    const std::string& reason = ErrorReason_descriptor()->value(i)->name();
    if (absl::StartsWith(reason, "PRICE_")) {
      EXPECT_EQ(given.count(reason), 1u) << reason << " is given nowhere here";
    }
  }
}

TEST(NoPrice, IsSaidOfEachLine) {
  CalculatePriceResponse response;
  const auto refusal = CalculatePrice(
      Of<CalculatePriceRequest>(
          "currency: 'EUR' price_list: 'priceLists/wholesale' lines { product: 'products/frame' "
          "quantity { value: '1' } } lines { product: 'products/panel' quantity { value: '1' } } "
          "lines { product: 'products/set' quantity { value: '1' } }"),
      Shop(), &response);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, "PRICE_MISSING");
  ASSERT_EQ(refusal->fields.size(), 2u);
  EXPECT_EQ(refusal->fields[0].field, "lines[0].unit_price");
  EXPECT_EQ(refusal->fields[1].field, "lines[2].unit_price");
}

// A hundred parts in each of five levels are a million million paths, and six products.
TEST(NoPrice, AndNoTimeIsLostOnBundlesThatShareTheirParts) {
  Shop shop;
  for (int level = 1; level <= 5; ++level) {
    for (int i = 0; i < 20; ++i) {
      std::string product = absl::StrCat("name: 'products/l", level, "-", i,
                                         "' number: 'x' state: ACTIVE unit: 'pcs' ");
      for (int part = 0; part < 20; ++part) {
        absl::StrAppend(&product, "components { product: 'products/",
                        level == 1 ? "panel" : absl::StrCat("l", level - 1, "-", part),
                        "' quantity { value: '1' } } ");
        if (level == 1) break;
      }
      shop.Put<Product>(product);
    }
  }
  EXPECT_EQ(PriceIn(shop, "priceLists/retail", "products/l5-0").unit_price, Decimal(16'000'000));
}

// ---- every step of a line

TEST(CalculatingAPrice, ExplainsEveryStep) {
  CalculatePriceResponse response;
  const auto refusal = CalculatePrice(
      Of<CalculatePriceRequest>(
          "currency: 'EUR' price_list: 'priceLists/retail' lines { product: 'products/panel' unit: "
          "'box' quantity { value: '9' } discount_percent { value: '2.5' } } lines { product: "
          "'products/panel' quantity { value: '3' } unit_price { value: '99' } } lines { "
          "description: 'survey' quantity { value: '1' } unit_price { value: '55.555' } }"),
      Shop(), &response);
  ASSERT_FALSE(refusal) << refusal->message;
  std::vector<std::string> lines;
  for (const PriceExplanation& explanation : response.explanations()) {
    lines.push_back(absl::StrCat(
        explanation.line_id(), ": ",
        absl::StrJoin(explanation.steps(), ", ", [](std::string* out, const PriceStep& step) {
          absl::StrAppend(out, PriceStep::Kind_Name(step.kind()), " ", step.amount().value());
        })));
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "1: FIXED_PRICE 100, UNIT_CONVERSION 1200, VOLUME_DISCOUNT 1140, QUANTITY "
                       "10260, LINE_DISCOUNT 10003.5",
                       "2: FIXED_PRICE 100, GIVEN_PRICE 99, QUANTITY 297",
                       "3: GIVEN_PRICE 55.555, QUANTITY 55.555, LINE_DISCOUNT 55.56"}));
  EXPECT_EQ(response.explanations(0).steps(0).text(), "Retail: 100 per pcs");
  EXPECT_EQ(response.explanations(0).steps(4).text(), "less 2.5 %, rounded");
  EXPECT_EQ(response.explanations(0).steps(4).change().value(), "-256.5");
  EXPECT_EQ(response.lines(0).net().units(), 10003);
}

TEST(CalculatingAPrice, IsForTheDayThatIsAsked) {
  Shop shop;
  shop.Put<PriceList>(
      "name: 'priceLists/march' currency: 'EUR' valid_from { year: 2026 month: 3 "
      "day: 1 } valid_to { year: 2026 month: 3 day: 31 } items { product: "
      "'products/panel' amount { value: '1' } }");
  const std::string panel = "product: 'products/panel' quantity { value: '1' } ";
  const auto on = [&](int month, int day) {
    return Refused(shop, panel,
                   absl::StrCat("price_list: 'priceLists/march' date { year: 2026 month: ", month,
                                " day: ", day, " }"));
  };
  EXPECT_EQ(on(2, 28), "PRICE_LIST_NOT_YET_VALID lines[0].unit_price");
  EXPECT_EQ(on(3, 1), "accepted");
  EXPECT_EQ(on(3, 31), "accepted");
  EXPECT_EQ(on(4, 1), "PRICE_LIST_EXPIRED lines[0].unit_price");
  EXPECT_EQ(Refused(shop, panel, "price_list: 'priceLists/march'"), "accepted") << "today";
}

}  // namespace
}  // namespace leadstream::quoting
