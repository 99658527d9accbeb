// Discounts that must be approved: 15 % is asked for where the list leaves 10 to everybody.
#include "services/quoting/quote_rules.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

RequestApprovalRequest Ask() { return Of<RequestApprovalRequest>("note: 'a large customer'"); }
ApproveDiscountRequest Approve() { return Of<ApproveDiscountRequest>("note: 'once'"); }
RejectDiscountRequest Reject() { return Of<RejectDiscountRequest>("note: 'too much'"); }

Story Asked() {
  Story story = DiscountedDraft();
  story.As("eva").Given(Ask());
  return story;
}
Story Approved() {
  Story story = Asked();
  story.As("max").Given(Approve());
  return story;
}

TEST(ApprovingADiscount, IsNotNeededUpToTheThreshold) {
  Story story = WithShop(NoQuote());
  story
      .Given(RetailQuote("lines { product: 'products/panel' quantity { value: '10' } "
                         "discount_percent { value: '10' } }"))
      .When(Ask())
      .ThenRefused(QUOTE_APPROVAL_NOT_NEEDED);
  story.When(Activate()).Then<QuoteActivated>();
}

TEST(ApprovingADiscount, CountsWhatTheListItselfTakesOffAsNone) {
  Story story = WithShop(NoQuote());
  story.Given(RetailQuote("lines { product: 'products/panel' quantity { value: '600' } }"))
      .When(Activate())
      .Then<QuoteActivated>();
}

TEST(ApprovingADiscount, CountsOverridesAndTheHeaderToo) {
  Story story = WithShop(NoQuote());
  story
      .Given(RetailQuote("adjustments { discount_percent { value: '6' } freight { value: '500' } } "
                         "lines { product: 'products/panel' quantity { value: '10' } unit_price { "
                         "value: '95' } price_override_reason: 'r' }"))
      .When(Activate())
      .ThenRefused(QUOTE_APPROVAL_REQUIRED);
  story.When(Ask()).Then<DiscountApprovalRequested>(
      "approval { discount_percent { value: '10.7' } }");
}

TEST(ApprovingADiscount, IsDoneBySomebodyElse) {
  Asked()
      .Then<DiscountApprovalRequested>(R"pb(approval {
                                              state: REQUESTED
                                              discount_percent { value: "15" }
                                              requester: "eva"
                                              request_note: "a large customer"
                                            })pb")
      .When(Approve())
      .ThenRefused(QUOTE_APPROVAL_OF_OWN)
      .When(Reject())
      .ThenRefused(QUOTE_APPROVAL_OF_OWN)
      .When(Activate())
      .ThenRefused(QUOTE_APPROVAL_REQUIRED);
  Approved()
      .ThenState(
          "discount_approval { state: APPROVED requester: 'eva' decider: 'max' "
          "decide_note: 'once' }")
      .When(Activate())
      .Then<QuoteActivated>();
}

TEST(ApprovingADiscount, MayBeAskedAgainAfterARejection) {
  Story story = Asked();
  story.As("max")
      .Given(Reject())
      .ThenState("discount_approval { state: REJECTED decider: 'max' decide_note: 'too much' }")
      .When(Activate())
      .ThenRefused(QUOTE_APPROVAL_REQUIRED)
      .When(Approve())
      .ThenRefused(QUOTE_APPROVAL_NOT_REQUESTED)
      .When(Ask())
      .Then<DiscountApprovalRequested>();
}

TEST(ApprovingADiscount, IsVoidedByAnyEdit) {
  for (int edit = 0; edit < 4; ++edit) {
    Story story = Approved();
    if (edit == 0) story.Given(UpdateQuote("topic: 't'"));
    if (edit == 1) story.Given(UpdateLine("line_id: '1' discount_percent { value: '40' }"));
    if (edit == 2) story.Given(AddLine("product: 'products/panel' quantity { value: '1' }"));
    if (edit == 3) {
      story.Given(AddLine("product: 'products/panel' quantity { value: '1' }"))
          .Given(RemoveLine("2"));
    }
    EXPECT_FALSE(story.state<Quote>().has_discount_approval()) << edit;
    story.When(Activate()).ThenRefused(QUOTE_APPROVAL_REQUIRED);
  }
}

TEST(ApprovingADiscount, IsAskedForEachRevision) {
  Story story = Approved();
  story.Given(Activate()).Given(Revise()).When(Activate()).ThenRefused(QUOTE_APPROVAL_REQUIRED);
}

TEST(ApprovingADiscount, IsNotEscapedByTakingAnotherListOrNone) {
  for (const char* list : {"priceLists/wholesale", ""}) {
    UpdateQuoteRequest update = UpdateQuote(std::string("price_list: '") + list + "'");
    update.mutable_update_mask()->add_paths("price_list");
    Story story = DiscountedDraft();
    story.Given(update).When(Activate()).ThenRefused(QUOTE_APPROVAL_REQUIRED);
    story.Given(RemoveLine("1")).Given(UpdateQuote("price_list: 'priceLists/retail'"));
    story.Given(update);
    EXPECT_FALSE(story.state<Quote>().has_approval_above_percent()) << "nothing was priced from it";
  }
}

TEST(ApprovingADiscount, IsNeededAboveTheLowerThresholdOfTwoLists) {
  Story story = DiscountedDraft();
  story
      .Knows("priceLists/strict", Of<PriceList>("currency: 'EUR' approval_above_percent { value: "
                                                "'1' }"))
      .Knows("priceLists/lax", Of<PriceList>("currency: 'EUR' approval_above_percent { value: "
                                             "'50' }"))
      .Given(UpdateQuote("price_list: 'priceLists/strict'"))
      .ThenState("approval_above_percent { value: '1' }")
      .Given(UpdateQuote("price_list: 'priceLists/lax'"))
      .ThenState("approval_above_percent { value: '1' }");
}

}  // namespace
}  // namespace leadstream::quoting
