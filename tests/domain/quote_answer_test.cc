// What comes of a quote: activated, revised, accepted, closed.
#include "services/quoting/quote_rules.h"
#include "tests/domain/quote_examples.h"

namespace leadstream::quoting {
namespace {

TEST(ActivatingAQuote, TellsWhatTheCustomerHolds) {
  Draft()
      .When(Activate())
      .Then<QuoteActivated>(R"pb(
        activate_time { seconds: 1772442000 }
        opportunity: "opportunities/roof"
        net { units: 5350 nanos: 660000000 }
        total { units: 6527 nanos: 810000000 }
        valid_to { year: 2026 month: 3 day: 31 }
      )pb")
      .ThenState("state: ACTIVE activate_time { seconds: 1772442000 }");
}

TEST(ActivatingAQuote, NamesEveryUnpricedLine) {
  Story story = Draft();
  story.Given(AddLine("description: 'a' quantity { value: '1' }"))
      .Given(AddLine("description: 'b' quantity { value: '1' } unit_price { value: '0' }"))
      .Given(AddLine("description: 'c' quantity { value: '1' }"))
      .When(Activate())
      .ThenRefused(QUOTE_LINES_UNPRICED);
  EXPECT_EQ(story.bad_fields(), "quote.lines[1].unit_price,quote.lines[3].unit_price");
}

TEST(ActivatingAQuote, IsTooLateAfterItsLastDay) {
  Draft().At("2026-03-31T23:59:59Z").When(Activate()).Then<QuoteActivated>();
  Draft().At("2026-04-01T00:00:00Z").When(Activate()).ThenRefused(QUOTE_EXPIRED);
}

TEST(AQuoteThatExpires, ClosesAsItsLastDayEnds) {
  Draft().ThenNotDue("expiry");
  Story story = ActiveQuote();
  story.ThenDue("expiry", "2026-04-01T00:00:00Z")
      .At("2026-04-01T00:00:00Z")
      .When(Expire())
      .Then<QuoteClosed>(R"pb(reason: EXPIRED opportunity: "opportunities/roof")pb")
      .ThenState("state: CLOSED close_reason: EXPIRED")
      .ThenNotDue("expiry");
}

TEST(AQuoteThatExpires, IsNotOneThatWasAnswered) {
  WonQuote()
      .ThenNotDue("expiry")
      .At("2026-04-01T00:00:00Z")
      .When(Expire())
      .ThenRefused(QUOTE_NOT_ACTIVE);
  ClosedQuote().ThenNotDue("expiry");
  ActiveQuote()
      .At("2026-04-01T00:00:00Z")
      .Given(Expire())
      .When(Accept())
      .ThenRefused(QUOTE_NOT_ACTIVE);
}

TEST(AQuoteThatExpired, IsRevisedWithALaterLastDay) {
  ActiveQuote()
      .At("2026-04-01T00:00:00Z")
      .Given(Expire())
      .Given(Revise())
      .ThenNotDue("expiry")
      .Given(UpdateQuote("valid_to { year: 2026 month: 4 day: 30 }"))
      .Given(Activate())
      .ThenDue("expiry", "2026-05-01T00:00:00Z");
}

TEST(RevisingAQuote, KeepsNumberLinesAndHistory) {
  Story story = ActiveQuote();
  const Quote before = story.state<Quote>();
  story.At("2026-03-05T12:00:00Z")
      .When(Revise())
      .Then<QuoteRevised>(R"pb(revision: 1
                               note: "they want fewer"
                               opportunity: "opportunities/roof"
                               net { units: 5350 nanos: 660000000 })pb")
      .ThenState(R"pb(
        number: "Q-2026-00-00001"
        revision: 1
        state: DRAFT
        revise_time { seconds: 1772712000 }
        revise_note: "they want fewer"
        revisions {
          revision: 0
          state: CLOSED
          close_reason: REVISED
          etag: "2"
          totals { total { units: 6527 nanos: 810000000 } }
          begin_time { seconds: 1772442000 }
          activate_time { seconds: 1772442000 }
          close_time { seconds: 1772712000 }
          valid_to { year: 2026 month: 3 day: 31 }
        }
      )pb");
  const Quote& after = story.state<Quote>();
  ASSERT_EQ(after.lines_size(), before.lines_size());
  EXPECT_EQ(after.lines(0).DebugString(), before.lines(0).DebugString());
  EXPECT_EQ(after.totals().DebugString(), before.totals().DebugString());
  EXPECT_FALSE(after.has_activate_time());
}

TEST(RevisingAQuote, BringsAClosedOneBackAndKeepsWhyItWasClosed) {
  Story story = ClosedQuote();
  story.At("2026-03-05T12:00:00Z").When(Revise()).Then<QuoteRevised>().ThenState(R"pb(
    state: DRAFT
    revision: 1
    revisions {
      revision: 0
      state: CLOSED
      close_reason: CANCELED
      close_time { seconds: 1772442000 }
    }
  )pb");
  EXPECT_FALSE(story.state<Quote>().has_close_time());
  EXPECT_EQ(story.state<Quote>().close_reason(), Quote::CLOSE_REASON_UNSPECIFIED);
  EXPECT_EQ(story.state<Quote>().close_note(), "");
}

TEST(RevisingAQuote, TellsWhenEachRevisionBegan) {
  ActiveQuote()
      .At("2026-03-05T12:00:00Z")
      .Given(Revise())
      .Given(Activate())
      .At("2026-03-06T12:00:00Z")
      .When(Revise())
      .ThenState(R"pb(
        revision: 2
        revisions {
          revision: 0
          etag: "2"
          begin_time { seconds: 1772442000 }
          close_time { seconds: 1772712000 }
        }
        revisions {
          revision: 1
          etag: "4"
          begin_time { seconds: 1772712000 }
          close_time { seconds: 1772798400 }
        }
      )pb");
}

TEST(RevisingAQuote, EndsSomewhere) {
  Story story = ActiveQuote();
  for (int i = 0; i < kRevisionsMax; ++i) story.Given(Revise()).Given(Activate());
  story.When(Revise()).ThenRefused(QUOTE_REVISIONS_EXHAUSTED);
  EXPECT_EQ(story.state<Quote>().revisions_size(), kRevisionsMax);
}

TEST(AcceptingAQuote, TellsAllThatItsOrderNeeds) {
  Story story = NoQuote();
  story.Named("quotes/q-7")
      .Given(CreateQuote(R"pb(
        opportunity: "opportunities/roof"
        contact: "contacts/anna"
        customer_reference: "T-12"
        payment_terms: "14 days net"
        payment_days: 14
        bill_to { city: "Pécs" }
        ship_to { city: "Graz" }
        adjustments { freight { value: "10" } }
      )pb"))
      .Given(Activate())
      .Given(Revise())
      .Given(Activate())
      .When(Accept("note: 'by phone'"))
      .Then<QuoteAccepted>(R"pb(
        quote {
          name: "quotes/q-7"
          number: "Q-2026-00-00001"
          revision: 1
          state: WON
          opportunity: "opportunities/roof"
          account: "accounts/acme"
          contact: "contacts/anna"
          customer_reference: "T-12"
          payment_terms: "14 days net"
          payment_days: 14
          currency: "EUR"
          bill_to { city: "Pécs" }
          ship_to { city: "Graz" }
          order: "orders/q-7"
          accept_note: "by phone"
          lines {
            line_id: "1"
            net { units: 5350 nanos: 660000000 }
          }
          adjustments { freight { value: "10" } }
          totals {
            net { units: 5360 nanos: 660000000 }
            total { units: 6540 nanos: 10000000 }
          }
        }
        opportunity: "opportunities/roof"
        revision: 1
        net { units: 5360 nanos: 660000000 }
        order: "orders/q-7"
        note: "by phone"
        accept_date { year: 2026 month: 3 day: 2 }
      )pb")
      .ThenState(R"pb(state: WON
                      order: "orders/q-7"
                      accept_date { year: 2026 month: 3 day: 2 }
                      accept_note: "by phone")pb");
  const auto& accepted = dynamic_cast<const QuoteAccepted&>(story.decision().event());
  EXPECT_EQ(accepted.quote().revisions_size(), 0);
  EXPECT_EQ(accepted.quote().etag(), "");
  EXPECT_EQ(story.state<Quote>().revisions_size(), 1);
}

TEST(AcceptingAQuote, IsTooLateAfterItsLastDay) {
  ActiveQuote().At("2026-03-31T23:59:59Z").When(Accept()).Then<QuoteAccepted>();
  ActiveQuote().At("2026-04-01T00:00:00Z").When(Accept()).ThenRefused(QUOTE_EXPIRED);
  // Nor does it help to say that it was accepted in time.
  ActiveQuote()
      .At("2026-04-01T00:00:00Z")
      .When(Accept("accept_date { year: 2026 month: 3 day: 30 }"))
      .ThenRefused(QUOTE_EXPIRED);
}

TEST(AcceptingAQuote, IsNeverTooLateWithoutALastDay) {
  Draft()
      .Given(UpdateQuote("", "valid_to"))
      .Given(Activate())
      .At("2036-01-01T00:00:00Z")
      .When(Accept())
      .Then<QuoteAccepted>();
}

TEST(AcceptingAQuote, TakesADayOfThePastAndTomorrowButNoLater) {
  ActiveQuote()
      .When(Accept("accept_date { year: 2026 month: 2 day: 28 }"))
      .ThenState("accept_date { year: 2026 month: 2 day: 28 }");
  ActiveQuote().When(Accept("accept_date { year: 2026 month: 3 day: 3 }")).Then<QuoteAccepted>();
  Story story = ActiveQuote();
  story.When(Accept("accept_date { year: 2026 month: 3 day: 4 }"))
      .ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "accept_date");
}

TEST(ClosingAQuote, TellsWhy) {
  ActiveQuote()
      .When(Close("reason: CANCELED note: 'too early'"))
      .Then<QuoteClosed>(R"pb(reason: CANCELED
                              note: "too early"
                              opportunity: "opportunities/roof"
                              net { units: 5350 nanos: 660000000 })pb")
      .ThenState(R"pb(state: CLOSED
                      close_reason: CANCELED
                      close_note: "too early"
                      close_time { seconds: 1772442000 })pb");
}

TEST(ClosingAQuote, TakesOnlyReasonsThatPeopleGive) {
  for (const char* reason : {"CLOSE_REASON_UNSPECIFIED", "REVISED", "EXPIRED"}) {
    Story story = ActiveQuote();
    story.When(Close(std::string("reason: ") + reason)).ThenRefused(QUOTE_FIELDS_INVALID);
    EXPECT_EQ(story.bad_fields(), "reason") << reason;
  }
}

TEST(LosingTheOpportunity, ClosesADraftToo) {
  Draft()
      .When(CloseOfLostOpportunity())
      .Then<QuoteClosed>("reason: LOST opportunity_lost: true")
      .ThenState(R"pb(state: CLOSED close_reason: LOST close_note: "out sold")pb");
}

TEST(LosingTheOpportunity, ChangesNothingInAClosedQuote) {
  Story story = ClosedQuote();
  Quote before = story.state<Quote>();
  story.At("2026-03-05T12:00:00Z")
      .When(CloseOfLostOpportunity())
      .Then<QuoteClosed>("reason: CANCELED opportunity_lost: true");
  Quote after = story.state<Quote>();
  for (Quote* quote : {&before, &after}) {
    quote->clear_etag();
    quote->clear_update_time();
  }
  EXPECT_EQ(after.DebugString(), before.DebugString());
}

TEST(LosingTheOpportunity, ConcernsOnlyItsOwnQuotes) {
  ActiveQuote()
      .When(CloseOfLostOpportunity("opportunities/other"))
      .ThenRefused(QUOTE_FIELDS_INVALID);
}

}  // namespace
}  // namespace leadstream::quoting
