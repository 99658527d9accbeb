// Price lists and their items.
#include "services/quoting/price_list_rules.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "services/quoting/quoting_context.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

constexpr char kPanelItem[] = "items { product: 'products/panel' amount { value: '100' } }";

CreatePriceListRequest Create(const std::string& more = "") {
  return Of<CreatePriceListRequest>("price_list { title: 'Partners' currency: 'EUR' " + more +
                                    " }");
}
SetPriceListItemsRequest Set(const std::string& items) {
  return Of<SetPriceListItemsRequest>(items);
}
UpdatePriceListRequest Update(const std::string& fields) {
  return Of<UpdatePriceListRequest>("price_list { name: 'priceLists/test' " + fields + " }");
}
RemovePriceListItemRequest Remove(const std::string& product, const std::string& unit = "") {
  return Of<RemovePriceListItemRequest>("product: '" + product + "' unit: '" + unit + "'");
}

Story NoList() { return WithShop(Story(PriceListAggregate())); }
Story AList(const std::string& more = kPanelItem) {
  Story story = NoList();
  story.Given(Create(more));
  return story;
}

TEST(PriceLists, AreCreatedChangedAndDeleted) {
  Story story = NoList();
  story.When(Create(kPanelItem))
      .Then<PriceListCreated>()
      .ThenState("title: 'Partners' items { product: 'products/panel' amount { value: '100' } }")
      .When(Update("title: 'Friends' rounding { step { value: '0.05' } }"))
      .Then<PriceListUpdated>("update_mask { paths: 'title' paths: 'rounding' }")
      .ThenState("title: 'Friends' rounding { step { value: '0.05' } } items {}")
      .When(DeletePriceListRequest())
      .Then<PriceListDeleted>("title: 'Friends'");
  EXPECT_TRUE(story.deleted());
}

TEST(PriceLists, HaveOneItemForAProductAndUnit) {
  AList()
      .When(Set("items { product: 'products/panel' amount { value: '110' } } "
                "items { product: 'products/panel' unit: 'box' amount { value: '1100' } }"))
      .Then<PriceListItemsSet>()
      .ThenState("items { amount { value: '110' } } items { unit: 'box' }")
      .When(Remove("products/panel"))
      .Then<PriceListItemRemoved>()
      .ThenState("items { unit: 'box' }")
      .When(Remove("products/panel"))
      .ThenRefused(PRICE_LIST_ITEMS_INVALID);
}

TEST(PriceLists, KnowTheProductsOwnUnitByOneName) {
  AList()
      .When(Set("items { product: 'products/panel' unit: 'pcs' amount { value: '110' } }"))
      .Then<PriceListItemsSet>()
      .ThenState("items { unit: '' amount { value: '110' } }");
}

TEST(PriceLists, KeepTheirCurrencyAndItemsInAnUpdate) {
  Story story = AList();
  story
      .When(Update("currency: 'HUF' valid_from { year: 2026 month: 2 day: 1 } valid_to { year: "
                   "2026 month: 1 day: 1 } rounding { ending { value: '1' } } items { product: "
                   "'products/frame' }"))
      .ThenRefused(PRICE_LIST_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "price_list.currency,price_list.valid_to,price_list.rounding.ending,price_list.items");
}

TEST(PriceLists, NeedWhatTheirItemsReferTo) {
  EXPECT_EQ(Needs(Set("items { product: 'products/a' base_list: 'priceLists/b' } items { product: "
                      "'products/c' }")),
            (std::vector<std::string>{"products/a", "priceLists/b", "products/c"}));
}

// One wrong item each, and the fields that are named.
TEST(PriceListItems, NameEveryBadField) {
  const struct {
    const char* item;
    const char* bad;
  } cases[] = {
      {"", "amount"},
      {"amount { value: '1' } percent { value: '1' }", "percent"},
      {"amount { value: '1' } cost: CURRENT", "cost"},
      {"amount { value: '1' } rounding {}", "rounding"},
      {"amount { value: '1' } base_list: 'priceLists/retail'", "base_list"},
      {"amount { value: '1' } unit: 'pallet'", "unit"},
      {"method: PERCENT_OF_LIST percent { value: '90' }", "base_list"},
      {"method: PERCENT_OF_LIST base_list: 'priceLists/retail' amount { value: '1' }",
       "amount,percent"},
      {"method: PERCENT_OF_LIST percent { value: '90' } base_list: 'priceLists/test'", "base_list"},
      {"method: PERCENT_OF_LIST percent { value: '90' } base_list: 'priceLists/hu'", "base_list"},
      {"method: MARKUP", "percent"},
      {"method: MARGIN percent { value: '100' }", "percent"},
      {"method: MARKUP percent { value: '1' } rounding { step { value: '0' } }", "rounding.step"},
      {"method: MARKUP percent { value: '1' } rounding { step { value: '1' } ending { value: '1' } "
       "}",
       "rounding.ending"},
      {"amount { value: '1' } tiers { from_quantity { value: '5' } }", "tiers[0].amount"},
      {"amount { value: '1' } tiers { from_quantity { value: '5' } amount { value: '1' } percent { "
       "value: '1' } }",
       "tiers[0].amount"},
      {"amount { value: '1' } tiers { from_quantity { value: '5' } amount { value: '1.01' } }",
       "tiers[0].amount"},
      {"amount { value: '1' } tiers { from_quantity { value: '5' } percent { value: '1' } } tiers "
       "{ from_quantity { value: '5' } percent { value: '2' } }",
       "tiers[1].from_quantity"},
  };
  for (const auto& [item, bad] : cases) {
    Story story = AList();
    story.Knows("priceLists/hu", Of<PriceList>("currency: 'HUF'"))
        .Knows("priceLists/test", Of<PriceList>("currency: 'EUR'"))
        .When(Set(std::string("items { product: 'products/panel' ") + item + " }"))
        .ThenRefused(PRICE_LIST_ITEMS_INVALID);
    std::string expected;
    for (absl::string_view field : absl::StrSplit(bad, ','))
      absl::StrAppend(&expected, expected.empty() ? "" : ",", "items[0].", field);
    EXPECT_EQ(story.bad_fields(), expected) << item;
  }
}

TEST(PriceListItems, NameTheSameProductTwiceAndInTheListsOwnPaths) {
  Story story = NoList();
  story
      .When(Create("items { product: 'products/panel' amount { value: '1' } } "
                   "items { product: 'products/panel' unit: 'pcs' amount { value: '1' } }"))
      .ThenRefused(PRICE_LIST_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "price_list.items[1].product");
}

TEST(PriceListItems, AreNotBeyondCount) {
  PriceList list;
  for (int i = 0; i < kPriceListItemsMax; ++i)
    list.add_items()->set_product("products/p" + std::to_string(i));
  Context context;
  const Shop shop;
  context.found = &shop.found();
  const auto decision = Decide(list, Set(kPanelItem), context);
  ASSERT_FALSE(decision.accepted());
  EXPECT_EQ(decision.refusal().fields.at(0).field, "items");
  list.mutable_items()->RemoveLast();
  EXPECT_TRUE(Decide(list, Set(kPanelItem), context).accepted());
}

}  // namespace
}  // namespace leadstream::quoting
