// Won, lost, opened again; and what quotes and orders have to do with it.
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

TEST(Winning, TellsTheLeadWhatItBrought) {
  OpenOpportunity("lead: 'leads/anna' estimated_revenue { currency_code: 'EUR' units: 900 }")
      .When(Of<WinOpportunityRequest>(
          "actual_revenue { currency_code: 'EUR' units: 850 } actual_close_date { year: 2026 "
          "month: 2 day: 27 } note: 'at last'"))
      .Then<OpportunityWon>(R"pb(lead: "leads/anna"
                                 actual_revenue { currency_code: "EUR" units: 850 })pb")
      .ThenState(R"pb(state: WON
                      status: STATUS_UNSPECIFIED
                      probability: 100
                      forecast_category: CLOSED
                      actual_revenue { units: 850 }
                      actual_close_date { year: 2026 month: 2 day: 27 }
                      close_note: "at last")pb");
}

TEST(Winning, TakesTheEstimateAndTodayWhereNothingIsSaid) {
  OpenOpportunity("estimated_revenue { currency_code: 'EUR' units: 900 }")
      .When(Of<WinOpportunityRequest>())
      .ThenState(
          "actual_revenue { currency_code: 'EUR' units: 900 } actual_close_date { year: 2026 "
          "month: 3 day: 2 }");
  OpenOpportunity()
      .When(Of<WinOpportunityRequest>())
      .ThenState("actual_revenue { currency_code: 'EUR' units: 0 }");
}

TEST(Winning, WaitsForLiveQuotes) {
  OpenOpportunity()
      .Given(QuoteIs("DRAFT", 1))
      .When(Of<WinOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_HAS_LIVE_QUOTES)
      .Given(QuoteIs("ACTIVE", 2))
      .When(Of<WinOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_HAS_LIVE_QUOTES)
      .Given(QuoteIs("CLOSED", 3))
      .When(Of<WinOpportunityRequest>())
      .Then<OpportunityWon>();
}

TEST(Losing, KeepsWhyAndToWhom) {
  OpenOpportunity("lead: 'leads/anna'")
      .When(Lose("reason: OUT_SOLD competitor: 'Initech' note: 'faster'"))
      .Then<OpportunityLost>(R"pb(lead: "leads/anna" reason: OUT_SOLD competitor: "Initech")pb")
      .ThenState(R"pb(state: LOST
                      status: OUT_SOLD
                      lost_to: "Initech"
                      close_note: "faster"
                      probability: 0
                      forecast_category: OMITTED
                      actual_close_date { year: 2026 month: 3 day: 2 })pb");
}

TEST(Losing, TakesItsLiveQuotesAlongWhenAsked) {
  OpenOpportunity()
      .Given(QuoteIs("ACTIVE", 2, "quotes/a"))
      .Given(QuoteIs("DELETED", 2, "quotes/b"))
      .Given(QuoteIs("DRAFT", 1, "quotes/c"))
      .When(Lose())
      .ThenRefused(OPPORTUNITY_HAS_LIVE_QUOTES)
      .When(Lose("reason: CANCELED close_quotes: true"))
      .Then<OpportunityLost>("quotes_to_close: 'quotes/a' quotes_to_close: 'quotes/c'")
      .Given(QuoteIs("CLOSED", 3, "quotes/a"))
      .ThenState(
          "state: LOST status: CANCELED quotes { quote: 'quotes/a' state: CLOSED } quotes {} "
          "quotes { state: DRAFT }");
}

// Drafted a moment before, it stayed a draft for ever, and the customer's opportunity was lost.
TEST(Losing, TakesAlongAQuoteThatItHearsOfLater) {
  OpenOpportunity()
      .Given(QuoteIs("ACTIVE", 2, "quotes/a"))
      .Given(Lose("reason: CANCELED close_quotes: true note: 'no budget'"))
      .When(QuoteIs("DRAFT", 1, "quotes/late"))
      .Then<OpportunityQuoteRecorded>("close: true note: 'no budget'")
      .When(QuoteIs("CLOSED", 3, "quotes/a"))
      .Then<OpportunityQuoteRecorded>("close: false");
  OpenOpportunity()
      .Given(Lose("reason: CANCELED"))
      .When(QuoteIs("DRAFT", 1, "quotes/late"))
      .Then<OpportunityQuoteRecorded>("close: false");
}

TEST(Reopening, ForgetsHowItWasClosed) {
  testing::Story story = OpenOpportunity("lead: 'leads/anna' stage: 'propose'");
  story.Given(Lose("reason: OUT_SOLD competitor: 'Initech' note: 'faster'"))
      .When(Of<ReopenOpportunityRequest>("note: 'they came back'"))
      .Then<OpportunityReopened>(R"pb(lead: "leads/anna" note: "they came back")pb")
      .ThenState(R"pb(state: OPEN
                      status: IN_PROGRESS
                      stage: "propose"
                      probability: 60
                      forecast_category: BEST_CASE
                      lost_to: ""
                      close_note: "")pb");
  EXPECT_FALSE(story.state<Opportunity>().has_actual_close_date());
}

TEST(Reopening, WaitsUntilTheOrderIsCanceled) {
  OpenOpportunity()
      .Given(QuoteAccepted(100))
      .When(Of<ReopenOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_ORDERED)  // its order is coming
      .Given(OrderIs(false, 1))
      .When(Of<ReopenOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_ORDERED)
      .Given(OrderIs(true, 2))
      .When(Of<ReopenOpportunityRequest>())
      .Then<OpportunityReopened>()
      .ThenState("state: OPEN accepted_quote: ''");
}

TEST(Reopening, WaitsForAnOrderWithoutAQuoteToo) {
  WonOpportunity()
      .Given(OrderIs(false, 1, "orders/direct", ""))
      .When(Of<ReopenOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_ORDERED);
}

TEST(AcceptedQuotes, WinAnOpportunity) {
  OpenOpportunity("lead: 'leads/anna'")
      .Given(QuoteIs("ACTIVE", 2))
      .When(QuoteAccepted(100))
      .Then<OpportunityWon>(R"pb(lead: "leads/anna"
                                 actual_revenue { currency_code: "EUR" units: 100 }
                                 actual_close_date { year: 2026 month: 3 day: 1 }
                                 accepted_quote { quote: "quotes/q" state: WON })pb")
      .ThenState(
          "state: WON accepted_quote: 'quotes/q' quotes { quote: 'quotes/q' state: WON quote_etag: "
          "3 }");
}

TEST(AcceptedQuotes, WinALostOpportunityToo) {
  LostOpportunity()
      .When(QuoteAccepted(100))
      .Then<OpportunityWon>()
      .ThenState("state: WON status: STATUS_UNSPECIFIED lost_to: ''");
}

TEST(AcceptedQuotes, CountOnce) {
  OpenOpportunity()
      .Given(QuoteAccepted(100))
      .When(QuoteAccepted(100))
      .Then<OpportunityQuoteRecorded>()
      .ThenState("actual_revenue { units: 100 }")
      .Given(OrderIs(true, 2))
      .Given(Of<ReopenOpportunityRequest>())
      .When(QuoteAccepted(100))
      .Then<OpportunityQuoteRecorded>()
      .ThenState("state: OPEN");
}

TEST(AcceptedQuotes, AddUp) {
  OpenOpportunity()
      .Given(QuoteAccepted(100, 3, "quotes/a"))
      .When(QuoteAccepted(50, 3, "quotes/b"))
      .Then<OpportunityWon>("actual_revenue { units: 150 }")
      .ThenState("accepted_quote: 'quotes/b'");
}

TEST(AcceptedQuotes, TakeTheSumOfAWonOneThatSomebodyOnlyEstimated) {
  WonOpportunity()
      .When(QuoteAccepted(50))
      .ThenState("actual_revenue { units: 50 } accepted_quote: 'quotes/q'");
}

TEST(QuoteRecords, PassOverWhatIsOlder) {
  OpenOpportunity()
      .Given(Of<RecordQuoteStateRequest>("quote { quote: 'quotes/q' state: ACTIVE quote_etag: 4 "
                                         "revision: 1 net { currency_code: 'EUR' units: 5 } }"))
      .When(QuoteIs("DRAFT", 3))
      .Then<OpportunityQuoteRecorded>()
      .ThenState("quotes { state: ACTIVE quote_etag: 4 revision: 1 }")
      .When(QuoteIs("DELETED", 5))
      .ThenState("quotes { state: DELETED quote_etag: 5 net { currency_code: 'EUR' units: 5 } }");
}

TEST(OrderRecords, PassOverWhatIsOlder) {
  OpenOpportunity()
      .Given(OrderIs(true, 2, "orders/q", ""))
      .When(OrderIs(false, 1))
      .Then<OpportunityOrderRecorded>()
      .ThenState("orders { order: 'orders/q' quote: 'quotes/q' canceled: true order_etag: 2 }");
  OpenOpportunity()
      .Given(OrderIs(false, 1))
      .When(OrderIs(true, 2, "orders/q", ""))
      .ThenState("orders { quote: 'quotes/q' canceled: true }");
}

}  // namespace
}  // namespace leadstream::opportunity
