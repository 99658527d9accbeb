// The lines of an opportunity, and what they make of its estimated revenue.
#include <google/protobuf/text_format.h>

#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

AddOpportunityLinesRequest AddLines(const std::string& lines) {
  return Of<AddOpportunityLinesRequest>(lines);
}

TEST(OpportunityLines, AreKeyedAndPricedAtCreation) {
  OpenOpportunity(kDesksAndChairs).ThenState(R"pb(
    revenue_method: SYSTEM_CALCULATED
    estimated_revenue { currency_code: "EUR" units: 402 }
    next_line: 3
    lines {
      line_id: "1"
      description: "desk"
      net { currency_code: "EUR" units: 300 }
    }
    lines {
      line_id: "2"
      description: "chair"
      net { currency_code: "EUR" units: 102 }
    }
    totals {
      net { units: 402 }
      tax { units: 80 nanos: 400000000 }
      total { units: 482 nanos: 400000000 }
    }
  )pb");
}

TEST(OpportunityLines, MoveACalculatedRevenue) {
  OpenOpportunity(kDesksAndChairs)
      .When(AddLines(
          "lines { description: 'lamp' quantity { value: '3' } unit_price { value: '0.335' } }"))
      .Then<OpportunityLinesAdded>(R"pb(lines {
                                          line_id: "3"
                                          net { units: 1 nanos: 10000000 }
                                        }
                                        next_line: 4)pb")
      .ThenState("estimated_revenue { units: 403 nanos: 10000000 }")
      .When(Of<UpdateOpportunityLineRequest>(
          "line { line_id: '1' quantity { value: '1' } } update_mask { paths: 'quantity' }"))
      .Then<OpportunityLineUpdated>(R"pb(line {
                                           line_id: "1"
                                           description: "desk"
                                           unit_price { value: "30" }
                                           net { units: 30 }
                                         })pb")
      .ThenState("estimated_revenue { units: 133 nanos: 10000000 }")
      .When(Of<RemoveOpportunityLineRequest>("line_id: '2'"))
      .Then<OpportunityLineRemoved>()
      .ThenState(
          "estimated_revenue { units: 31 nanos: 10000000 } lines { line_id: '1' } lines { line_id: "
          "'3' }");
}

TEST(OpportunityLines, LeaveAProvidedRevenueAlone) {
  OpenOpportunity("estimated_revenue { currency_code: 'EUR' units: 900 }")
      .When(AddLines(
          "lines { description: 'lamp' quantity { value: '3' } unit_price { value: '10' } }"))
      .ThenState(
          "revenue_method: USER_PROVIDED estimated_revenue { currency_code: 'EUR' units: 900 } "
          "totals { net { units: 30 } }");
}

TEST(OpportunityLines, AreCalculatedFromTheMomentThatIsAskedFor) {
  OpenOpportunity("estimated_revenue { currency_code: 'EUR' units: 900 }")
      .Given(AddLines(
          "lines { description: 'lamp' quantity { value: '3' } unit_price { value: '10' } }"))
      .When(Update("revenue_method: SYSTEM_CALCULATED estimated_revenue { currency_code: 'EUR' "
                   "units: 900 }"))
      .Then<OpportunityUpdated>(
          R"pb(opportunity {
                 revenue_method: SYSTEM_CALCULATED
                 estimated_revenue { units: 30 }
               }
               update_mask { paths: "revenue_method" paths: "estimated_revenue" })pb")
      .When(Update("estimated_revenue { currency_code: 'EUR' units: 31 }"))
      .ThenRefused(OPPORTUNITY_REVENUE_CALCULATED)
      .When(Update(
          "revenue_method: USER_PROVIDED estimated_revenue { currency_code: 'EUR' units: 31 }"))
      .ThenState("estimated_revenue { currency_code: 'EUR' units: 31 }");
}

TEST(OpportunityLines, ComeToNothingWhenTheLastIsGone) {
  testing::Story story = OpenOpportunity(kDesksAndChairs);
  story.Given(Of<RemoveOpportunityLineRequest>("line_id: '1'"))
      .When(Of<RemoveOpportunityLineRequest>("line_id: '2'"))
      .ThenState("estimated_revenue { currency_code: 'EUR' units: 0 }");
  EXPECT_FALSE(story.state<Opportunity>().has_totals());
  story.When(AddLines("lines { description: 'stool' quantity { value: '1' } }"))
      .Then<OpportunityLinesAdded>("lines { line_id: '3' }");
}

TEST(OpportunityLines, FixTheCurrency) {
  OpenOpportunity(kDesksAndChairs)
      .When(Update("currency: 'HUF'"))
      .ThenRefused(OPPORTUNITY_CURRENCY_FIXED)
      .Given(Of<RemoveOpportunityLineRequest>("line_id: '1'"))
      .Given(Of<RemoveOpportunityLineRequest>("line_id: '2'"))
      .When(Update("currency: 'HUF'"))
      .ThenState("currency: 'HUF' estimated_revenue { currency_code: 'HUF' units: 0 }");
}

TEST(OpportunityLines, NameWhatIsWrongAsTheRequestNamesIt) {
  testing::Story story = OpenOpportunity(kDesksAndChairs);
  story.When(AddLines(R"pb(lines {
                             line_id: "1"
                             description: "again"
                             quantity { value: "1" }
                           }
                           lines { quantity { value: "1" } }
                           lines {
                             description: "x"
                             quantity { value: "1" }
                             unit_price { value: "5" }
                             discount_amount { value: "6" }
                           })pb"));
  story.ThenRefused(OPPORTUNITY_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "lines[0].line_id,lines[1].description,lines[2].discount_amount");

  story
      .When(Of<UpdateOpportunityLineRequest>(
          "line { line_id: '1' discount_amount { value: '301' } }"))
      .ThenRefused(OPPORTUNITY_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line.discount_amount");
  story.When(Of<UpdateOpportunityLineRequest>("line { line_id: '9' }"))
      .ThenRefused(OPPORTUNITY_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line.line_id");
  story.When(Of<RemoveOpportunityLineRequest>("line_id: '9'"))
      .ThenRefused(OPPORTUNITY_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line_id");
}

TEST(OpportunityLines, ComeToNoMoreThanAnAmountCanHold) {
  const std::string huge =
      "description: 'x' quantity { value: '1' } unit_price { value: '900000000000000' }";
  testing::Story story = OpenOpportunity("lines { " + huge + " }");
  story.When(AddLines("lines { " + huge + " }")).ThenRefused(OPPORTUNITY_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "lines");
  story.Given(AddLines("lines { description: 'x' quantity { value: '1' } }"))
      .When(Of<UpdateOpportunityLineRequest>("line { line_id: '2' " + huge + " }"))
      .ThenRefused(OPPORTUNITY_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line");
}

}  // namespace
}  // namespace leadstream::opportunity
