// The life of a product: drafted, sold, revised while it is sold, retired.
#include "services/quoting/product_rules.h"

#include <absl/strings/match.h>

#include <functional>
#include <map>

#include "services/quoting/quoting_context.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

using domain::Refusal;

CreateProductRequest Create(const std::string& more = "") {
  return Of<CreateProductRequest>(
      "product { number: 'P-1' title: 'Panel' unit: 'pcs' tax_rate { value: '22' } " + more + " }");
}
UpdateProductRequest Update(const std::string& fields) {
  return Of<UpdateProductRequest>("product { name: 'products/test' " + fields + " }");
}
RetireProductRequest Retire() { return Of<RetireProductRequest>("note: 'see P-2'"); }

Story NoProduct() { return WithShop(Story(ProductAggregate())); }
Story DraftProduct(const std::string& more = "") {
  Story story = NoProduct();
  story.Given(Create(more));
  return story;
}
Story ActiveProduct(const std::string& more = "") {
  Story story = DraftProduct(more);
  story.Given(ActivateProductRequest());
  return story;
}
Story RevisedProduct(const std::string& more = "") {
  Story story = ActiveProduct(more);
  story.Given(ReviseProductRequest());
  return story;
}
Story RetiredProduct() {
  Story story = ActiveProduct();
  story.Given(Retire());
  return story;
}

TEST(Products, AreDraftedSoldRevisedAndRetired) {
  NoProduct()
      .When(Create())
      .Then<ProductCreated>("product { number: 'P-1' state: DRAFT }")
      .When(ActivateProductRequest())
      .Then<ProductActivated>()
      .ThenState("state: ACTIVE revision: 0")
      .When(ReviseProductRequest())
      .Then<ProductRevised>("revision: 1 sold { revision: 0 title: 'Panel' }")
      .ThenState("state: DRAFT revision: 1")
      .When(ActivateProductRequest())
      .Then<ProductActivated>("revision: 1")
      .When(Retire())
      .Then<ProductRetired>()
      .ThenState("state: RETIRED revision: 1 retire_note: 'see P-2'");
}

TEST(Products, AreSoldAsTheyWereWhileTheNextRevisionIsDrafted) {
  Story story = RevisedProduct("units { unit: 'box' factor { value: '12' } }");
  story
      .Given(Update("title: 'Better panel' tax_rate { value: '25' } quantity_decimals: 2 "
                    "units { unit: 'box' factor { value: '10' } }"))
      .ThenState(R"pb(
        title: "Better panel"
        sold {
          title: "Panel"
          number: "P-1"
          tax_rate { value: "22" }
          units {
            unit: "box"
            factor { value: "12" }
          }
        }
      )pb");
  story.Given(ActivateProductRequest());
  EXPECT_FALSE(story.state<Product>().has_sold());
  story.ThenState("title: 'Better panel' units { factor { value: '10' } }");
}

TEST(Products, RetiredWhileTheyAreRevisedStayAsTheyWereSold) {
  Story story = RevisedProduct();
  story.Given(Update("title: 'Better panel'"))
      .When(Retire())
      .Then<ProductRetired>()
      .ThenState("state: RETIRED revision: 0 title: 'Panel' tax_rate { value: '22' }");
  EXPECT_FALSE(story.state<Product>().has_sold());
}

TEST(Products, ChangeCostsAndNotesWhileTheyAreSold) {
  ActiveProduct()
      .When(Update("standard_cost { currency_code: 'EUR' units: 61 } notes: 'copper went up'"))
      .Then<ProductUpdated>("update_mask { paths: 'standard_cost' paths: 'notes' }")
      .ThenState("standard_cost { units: 61 } title: 'Panel'")
      .When(Update("title: 'x'"))
      .ThenRefused(PRODUCT_NOT_DRAFT);
}

TEST(Products, NeverSoldCanBeDeleted) {
  Story story = DraftProduct();
  story.When(DeleteProductRequest()).Then<ProductDeleted>("number: 'P-1'");
  EXPECT_TRUE(story.deleted());
}

TEST(Products, NameEveryBadFieldAtOnce) {
  Story story = NoProduct();
  story
      .When(Of<CreateProductRequest>(R"pb(product {
                                            number: " "
                                            title: "\t"
                                            unit: "pcs"
                                            quantity_decimals: 7
                                            units {
                                              unit: "pcs"
                                              factor { value: "1" }
                                            }
                                            units {
                                              unit: "box"
                                              factor { value: "1" }
                                              quantity_decimals: -1
                                            }
                                            components {
                                              product: "products/panel"
                                              quantity { value: "1.5" }
                                            }
                                            components {
                                              product: "products/panel"
                                              quantity { value: "1" }
                                            }
                                          })pb"))
      .ThenRefused(PRODUCT_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "product.number,product.title,product.quantity_decimals,product.units[0].unit,"
            "product.units[1].quantity_decimals,product.components[1].product,"
            "product.components[0].quantity");
}

TEST(Bundles, NeedTheirComponentsAndTheirs) {
  domain::Found found;
  const auto create = Create("components { product: 'products/set' quantity { value: '1' } }");
  EXPECT_EQ(Needs(Product(), create, found), std::vector<std::string>{"products/set"});
  found["products/set"] = Shop().found().at("products/set");
  EXPECT_EQ(Needs(Product(), create, found),
            (std::vector<std::string>{"products/panel", "products/frame"}));
}

TEST(Bundles, AreSoldWhenAllTheirComponentsAre) {
  Story story = NoProduct();
  story.Knows("products/frame", Of<Product>("state: DRAFT unit: 'm'"))
      .Given(Create("components { product: 'products/panel' quantity { value: '1' } } "
                    "components { product: 'products/frame' quantity { value: '1' } }"))
      .When(ActivateProductRequest())
      .ThenRefused(PRODUCT_COMPONENT_NOT_SOLD);
  EXPECT_EQ(story.bad_fields(), "product.components[1].product");
  story.Knows("products/frame", Of<Product>("state: DRAFT unit: 'm' sold { title: 'Frame' }"))
      .When(ActivateProductRequest())
      .Then<ProductActivated>();
}

// Directly, through another, and through what another will hold once it is active.
TEST(Bundles, NeverHoldThemselves) {
  for (const char* other :
       {"components { product: 'products/test' quantity { value: '1' } }",
        "sold { components { product: 'products/test' quantity { value: '1' } } }"}) {
    Story story = NoProduct();
    story.Knows("products/other", Of<Product>(other));
    story.Given(Create())
        .When(Update("components { product: 'products/frame' quantity { value: '1' } } "
                     "components { product: 'products/other' quantity { value: '1' } }"))
        .ThenRefused(PRODUCT_BUNDLE_INVALID);
    EXPECT_EQ(story.bad_fields(), "product.components[1].product");
  }
  DraftProduct()
      .When(Update("components { product: 'products/test' quantity { value: '1' } }"))
      .ThenRefused(PRODUCT_BUNDLE_INVALID);
}

TEST(Bundles, AreFiveDeepAtMost) {
  Story story = NoProduct();
  story.Knows("products/level-1", Of<Product>(""));
  for (int level = 2; level <= 6; ++level) {
    story.Knows("products/level-" + std::to_string(level),
                Of<Product>("components { product: 'products/level-" + std::to_string(level - 1) +
                            "' quantity { value: '1' } }"));
  }
  story.When(Create("components { product: 'products/level-6' quantity { value: '1' } }"))
      .ThenRefused(PRODUCT_BUNDLE_INVALID)
      .When(Create("components { product: 'products/level-5' quantity { value: '1' } }"))
      .Then<ProductCreated>();
}

// The command, and what it makes of a product that is DRAFT, ACTIVE, being revised, RETIRED.
TEST(ProductTable, EveryCommandInEveryState) {
  struct Row {
    std::function<Story&(Story&)> command;
    const char *draft, *active, *revised, *retired;
  };
  const Row rows[] = {
      {[](Story& s) -> Story& { return s.When(Update("title: 't'")); }, "ProductUpdated",
       "PRODUCT_NOT_DRAFT", "ProductUpdated", "PRODUCT_RETIRED"},
      {[](Story& s) -> Story& { return s.When(DeleteProductRequest()); }, "ProductDeleted",
       "PRODUCT_WAS_ACTIVE", "PRODUCT_WAS_ACTIVE", "PRODUCT_WAS_ACTIVE"},
      {[](Story& s) -> Story& { return s.When(ActivateProductRequest()); }, "ProductActivated",
       "PRODUCT_NOT_DRAFT", "ProductActivated", "PRODUCT_RETIRED"},
      {[](Story& s) -> Story& { return s.When(ReviseProductRequest()); }, "PRODUCT_NOT_ACTIVE",
       "ProductRevised", "PRODUCT_NOT_ACTIVE", "PRODUCT_RETIRED"},
      {[](Story& s) -> Story& { return s.When(Retire()); }, "PRODUCT_NOT_ACTIVE", "ProductRetired",
       "ProductRetired", "PRODUCT_RETIRED"},
  };
  size_t commands = 1;  // CreateProduct, which has no state before
  for (const Row& row : rows) {
    SCOPED_TRACE(++commands);
    const auto outcome = [&](Story story) {
      const auto& decision = row.command(story).decision();
      return decision.accepted() ? decision.event().GetDescriptor()->name()
                                 : decision.refusal().reason;
    };
    EXPECT_EQ(outcome(DraftProduct()), row.draft);
    EXPECT_EQ(outcome(ActiveProduct()), row.active);
    EXPECT_EQ(outcome(RevisedProduct()), row.revised);
    EXPECT_EQ(outcome(RetiredProduct()), row.retired);
  }
  EXPECT_EQ(ProductAggregate().commands().size(), commands) << "a command has no row here";
}

Refusal RefusalOf(Story story, const google::protobuf::Message& command) {
  EXPECT_FALSE(story.When(command).decision().accepted());
  return story.decision().refusal();
}

TEST(ProductTable, EveryReasonIsGiven) {
  constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
  const std::string holds_itself =
      "components { product: 'products/test' quantity { value: '1' } }";
  const auto with_draft = [] {
    Story story = NoProduct();
    story.Knows("products/frame", Of<Product>("state: DRAFT"))
        .Given(Create("components { product: 'products/frame' quantity { value: '1' } }"));
    return story;
  };
  const std::map<std::string, std::pair<absl::StatusCode, Refusal>> cases = {
      {"PRODUCT_NOT_DRAFT", {kPrecondition, RefusalOf(ActiveProduct(), Update("title: 't'"))}},
      {"PRODUCT_NOT_ACTIVE", {kPrecondition, RefusalOf(DraftProduct(), Retire())}},
      {"PRODUCT_RETIRED", {kPrecondition, RefusalOf(RetiredProduct(), Retire())}},
      {"PRODUCT_WAS_ACTIVE", {kPrecondition, RefusalOf(ActiveProduct(), DeleteProductRequest())}},
      {"PRODUCT_UNIT_FIXED", {kPrecondition, RefusalOf(RevisedProduct(), Update("unit: 'kg'"))}},
      {"PRODUCT_FIELDS_INVALID",
       {absl::StatusCode::kInvalidArgument, RefusalOf(DraftProduct(), Update("title: ' '"))}},
      {"PRODUCT_BUNDLE_INVALID", {kPrecondition, RefusalOf(DraftProduct(), Update(holds_itself))}},
      {"PRODUCT_COMPONENT_NOT_SOLD",
       {kPrecondition, RefusalOf(with_draft(), ActivateProductRequest())}},
  };
  for (int i = 0; i < ErrorReason_descriptor()->value_count(); ++i) {
    const std::string& reason = ErrorReason_descriptor()->value(i)->name();
    if (!absl::StartsWith(reason, "PRODUCT_")) continue;
    const auto at = cases.find(reason);
    ASSERT_NE(at, cases.end()) << reason << " is given nowhere here";
    EXPECT_EQ(at->second.second.reason, reason);
    EXPECT_EQ(at->second.second.code, at->second.first) << reason;
    EXPECT_FALSE(at->second.second.message.empty()) << reason;
  }
}

}  // namespace
}  // namespace leadstream::quoting
