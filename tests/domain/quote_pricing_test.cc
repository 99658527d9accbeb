// Lines of quotes, priced from the quote's price list.
#include <absl/strings/str_join.h>

#include "services/quoting/quote_rules.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

constexpr char kTenPanels[] = "lines { product: 'products/panel' quantity { value: '10' } }";

Story PricedDraft(const std::string& lines = kTenPanels) {
  Story story = WithShop(NoQuote());
  story.Given(RetailQuote(lines));
  return story;
}

UpdateQuoteLineRequest UpdateFields(const std::string& line, const std::string& mask) {
  UpdateQuoteLineRequest request = UpdateLine("line_id: '1' " + line);
  request.mutable_update_mask()->add_paths(mask);
  return request;
}

TEST(PricingALine, FillsWhatCatalogueAndListKnow) {
  WithShop(NoQuote())
      .When(RetailQuote("lines { product: 'products/panel' quantity { value: '200' } }"))
      .Then<QuoteCreated>()
      .ThenState(R"pb(
        lines {
          line_id: "1"
          product: "products/panel"
          description: "Panel"
          unit: "pcs"
          unit_price { value: "100" }
          volume_discount { value: "5" }
          list_price { value: "100" }
          list_volume_discount { value: "5" }
          tax_category: "S"
          tax_rate { value: "22" }
          net { units: 19000 }
        }
        approval_above_percent { value: "10" }
        totals { total { units: 23180 } }
      )pb");
}

TEST(PricingALine, KeepsWhatIsGiven) {
  PricedDraft(
      "lines { product: 'products/panel' description: 'blue panel' unit: 'box' "
      "quantity { value: '1' } volume_discount { value: '1' } tax_category: 'E' "
      "tax_rate { value: '0' } }")
      .ThenState(R"pb(lines {
                        description: "blue panel"
                        unit: "box"
                        unit_price { value: "1200" }
                        volume_discount { value: "1" }
                        tax_category: "E"
                        tax_rate { value: "0" }
                      })pb");
}

TEST(PricingALine, LeavesWriteInLinesAlone) {
  PricedDraft("lines { description: 'survey' quantity { value: '1' } unit_price { value: '55' } }")
      .ThenState(R"pb(lines {
                        description: "survey"
                        unit_price { value: "55" }
                      })pb");
}

TEST(PricingALine, LooksNothingUpWithoutAPriceList) {
  NoQuote()
      .When(CreateQuote("lines { product: 'products/unheard-of' quantity { value: '1' } }"))
      .Then<QuoteCreated>();
}

TEST(PricingALine, AddsLinesAtTheListsPrice) {
  PricedDraft()
      .When(AddLine("product: 'products/set' quantity { value: '1' }"))
      .Then<QuoteLinesAdded>(R"pb(lines {
                                    line_id: "2"
                                    description: "Set"
                                    unit_price { value: "228.875" }
                                    net { units: 228 nanos: 880000000 }
                                  })pb");
}

TEST(PricingALine, NamesEachLineThatHasNoPrice) {
  Story story = PricedDraft();
  story
      .When(Of<AddQuoteLinesRequest>(
          "lines { product: 'products/panel' quantity { value: '1.5' } }"
          "lines { product: 'products/panel' quantity { value: '1' } }"
          "lines { product: 'products/panel' unit: 'pallet' quantity { value: '1' } }"))
      .ThenRefused(PRICE_QUANTITY_TOO_FINE);
  EXPECT_EQ(story.bad_fields(), "lines[0].quantity,lines[2].unit");
}

TEST(PricingALine, TakesTheListsPriceForTheOpportunitysGuess) {
  auto roof = Roof();
  *roof.mutable_lines(0) = Of<common::v1::Line>(
      "line_id: '7' product: 'products/panel' description: 'panel' quantity { value: '3' } "
      "unit_price { value: '80' }");
  Story story = WithShop(NoQuote());
  story.Knows("opportunities/roof", roof)
      .When(Of<CreateQuoteRequest>(
          "quote { opportunity: 'opportunities/roof' price_list: 'priceLists/retail' }"))
      .Then<QuoteCreated>()
      .ThenState(R"pb(lines {
                        line_id: "7"
                        description: "panel"
                        unit_price { value: "100" }
                      })pb");
}

TEST(OverridingAPrice, TakesAReason) {
  Story story = WithShop(NoQuote());
  const std::string line =
      "product: 'products/panel' quantity { value: '10' } unit_price { value: '90' } ";
  story.When(RetailQuote("lines { " + line + "}")).ThenRefused(PRICE_OVERRIDE_UNEXPLAINED);
  EXPECT_EQ(story.bad_fields(), "quote.lines[0].price_override_reason");
  story.When(RetailQuote("lines { " + line + "price_override_reason: 'last year\\'s price' }"))
      .Then<QuoteCreated>()
      .ThenState(R"pb(lines {
                        unit_price { value: "90" }
                        list_price { value: "100" }
                        price_override_reason: "last year's price"
                      })pb");
}

TEST(OverridingAPrice, IsNoneWhereTheListHasNoPriceOrTheSame) {
  WithShop(NoQuote(),
           Shop().Put<Product>(
               "name: 'products/new' number: 'N' title: 'New' unit: 'pcs' state: ACTIVE"))
      .When(RetailQuote("lines { product: 'products/panel' quantity { value: '1' } unit_price { "
                        "value: '100.00' } price_override_reason: 'none' } "
                        "lines { product: 'products/new' quantity { value: '1' } unit_price { "
                        "value: '7' } }"))
      .Then<QuoteCreated>()
      .ThenState(R"pb(lines {
                        unit_price { value: "100.00" }
                        list_price { value: "100" }
                      }
                      lines { unit_price { value: "7" } })pb");
}

TEST(ChangingAPricedLine, FollowsTheListByQuantityAndUnit) {
  PricedDraft()
      .When(UpdateLine("line_id: '1' quantity { value: '600' }"))
      .Then<QuoteLineUpdated>(R"pb(line {
                                     unit_price { value: "100" }
                                     volume_discount { value: "12.5" }
                                   })pb")
      .When(UpdateLine("line_id: '1' quantity { value: '9' } unit: 'box'"))
      .Then<QuoteLineUpdated>(R"pb(line {
                                     unit_price { value: "1200" }
                                     volume_discount { value: "60" }
                                   })pb")
      .When(UpdateLine("line_id: '1' quantity { value: '2' }"))
      .Then<QuoteLineUpdated>();
}

TEST(ChangingAPricedLine, LosesADiscountThatItNoLongerReaches) {
  Story story = PricedDraft("lines { product: 'products/panel' quantity { value: '200' } }");
  story.When(UpdateLine("line_id: '1' quantity { value: '2' }")).Then<QuoteLineUpdated>();
  EXPECT_FALSE(story.state<Quote>().lines(0).has_volume_discount());
}

TEST(ChangingAPricedLine, KeepsItsPriceWhenNothingThatPricesChanges) {
  Story story = PricedDraft();
  story.Knows("priceLists/retail", Of<PriceList>("title: 'Dearer' currency: 'EUR'"))
      .When(UpdateLine("line_id: '1' discount_percent { value: '3' } description: 'x'"))
      .Then<QuoteLineUpdated>(R"pb(line {
                                     description: "x"
                                     unit_price { value: "100" }
                                     list_price { value: "100" }
                                   })pb");
}

TEST(ChangingAPricedLine, KeepsAnOverrideUntilItIsTakenOff) {
  Story story = PricedDraft(
      "lines { product: 'products/panel' quantity { value: '10' } unit_price { value: '90' } "
      "price_override_reason: 'a friend' }");
  story.When(UpdateLine("line_id: '1' quantity { value: '200' }"))
      .Then<QuoteLineUpdated>(R"pb(line {
                                     unit_price { value: "90" }
                                     price_override_reason: "a friend"
                                     list_volume_discount { value: "5" }
                                   })pb")
      .When(UpdateFields("", "price_override_reason"))
      .ThenRefused(PRICE_OVERRIDE_UNEXPLAINED);
  story.When(UpdateFields("", "unit_price"))
      .Then<QuoteLineUpdated>(R"pb(line {
                                     unit_price { value: "100" }
                                     volume_discount { value: "5" }
                                   })pb");
  EXPECT_EQ(story.state<Quote>().lines(0).price_override_reason(), "");
}

TEST(ChangingAPricedLine, TakesAllOfAnotherProduct) {
  PricedDraft()
      .When(UpdateLine("line_id: '1' product: 'products/frame'"))
      .Then<QuoteLineUpdated>(R"pb(line {
                                     product: "products/frame"
                                     description: "Frame"
                                     unit: "m"
                                     unit_price { value: "8.25" }
                                     list_price { value: "8.25" }
                                   })pb");
}

TEST(TheListOfAQuote, IsInItsCurrency) {
  const auto list = Of<PriceList>("title: 'Hungary' currency: 'HUF'");
  Story story = WithShop(NoQuote());
  story.Knows("priceLists/hu", list)
      .When(CreateQuote("price_list: 'priceLists/hu'"))
      .ThenRefused(PRICE_LIST_CURRENCY_MISMATCH);
  EXPECT_EQ(story.bad_fields(), "quote.price_list");
  Story draft = PricedDraft();
  draft.Knows("priceLists/hu", list)
      .When(UpdateQuote("price_list: 'priceLists/hu'"))
      .ThenRefused(PRICE_LIST_CURRENCY_MISMATCH);
}

TEST(TheListOfAQuote, IsExchangedForLinesToCome) {
  PricedDraft()
      .Given(UpdateQuote("price_list: 'priceLists/wholesale'"))
      .ThenState("price_list: 'priceLists/wholesale' lines { unit_price { value: '100' } }")
      .When(AddLine("product: 'products/panel' quantity { value: '1' }"))
      .Then<QuoteLinesAdded>("lines { unit_price { value: '90' } }");
}

TEST(WhatAQuoteNeeds, IsNamedStepByStep) {
  const Quote quote = Of<Quote>("price_list: 'priceLists/wholesale' currency: 'EUR' state: DRAFT");
  const auto add = AddLine("product: 'products/panel' quantity { value: '1' }");
  const Shop shop;
  domain::Found found;
  std::vector<std::string> rounds;
  for (;;) {
    const auto needs = Needs(quote, add, found);
    if (needs.empty()) break;
    rounds.push_back(absl::StrJoin(needs, "+"));
    for (const std::string& need : needs) found[need] = shop.found().at(need);
  }
  EXPECT_EQ(absl::StrJoin(rounds, ", "), "priceLists/wholesale+products/panel, priceLists/retail");
}

TEST(WhatAQuoteNeeds, IsNothingForAnUpdateThatPricesNothing) {
  const Quote quote = Of<Quote>(
      "price_list: 'priceLists/gone' currency: 'EUR' lines { line_id: '1' product: "
      "'products/panel' quantity { value: '1' } }");
  EXPECT_TRUE(Needs(quote, UpdateLine("line_id: '1' description: 'x'"), {}).empty());
  EXPECT_TRUE(Needs(quote, UpdateQuote("topic: 'x'"), {}).empty());
  EXPECT_TRUE(Needs(quote, UpdateLine("line_id: '9' quantity { value: '2' }"), {}).empty());
  EXPECT_FALSE(Needs(quote, UpdateLine("line_id: '1' quantity { value: '2' }"), {}).empty());
}

}  // namespace
}  // namespace leadstream::quoting
