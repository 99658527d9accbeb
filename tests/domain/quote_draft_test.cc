// Drafting and editing quotes.
#include "common/domain/totals.h"
#include "common/domain/validation.h"
#include "services/quoting/quote_rules.h"
#include "tests/domain/quote_examples.h"

namespace leadstream::quoting {
namespace {

// What the totals must be, whatever was edited.
void ExpectTotalsOfItsLines(const Quote& quote) {
  EXPECT_EQ(quote.totals().DebugString(),
            domain::TotalsOf(quote.currency(), quote.lines(), quote.adjustments()).DebugString());
  for (common::v1::Line line : quote.lines()) {
    const std::string before = line.DebugString();
    domain::PriceLine(quote.currency(), &line);
    EXPECT_EQ(before, line.DebugString());
  }
}

TEST(DraftingAQuote, NumbersKeysAndPricesIt) {
  NoQuote()
      .When(CreateQuote())
      .Then<QuoteCreated>(R"pb(number_series: "Q-2026-00" number_in_series: 1)pb")
      .ThenState(R"pb(
        name: "quotes/test"
        number: "Q-2026-00-00001"
        state: DRAFT
        next_line: 2
        lines {
          line_id: "1"
          base { currency_code: "EUR" units: 5573 nanos: 600000000 }
          net { units: 5350 nanos: 660000000 }
        }
        totals {
          net { units: 5350 nanos: 660000000 }
          tax { units: 1177 nanos: 150000000 }
          total { units: 6527 nanos: 810000000 }
        }
      )pb");
}

TEST(DraftingAQuote, NeedsNoLines) {
  NoQuote()
      .When(Of<CreateQuoteRequest>("quote { contact: 'contacts/anna' currency: 'JPY' }"))
      .Then<QuoteCreated>()
      .ThenState(R"pb(
        totals { total { currency_code: "JPY" } }
        next_line: 1
      )pb");
}

TEST(DraftingAQuote, CountsWithinYearAndPartition) {
  testing::RememberedFacts facts;
  Context context;
  context.facts = &facts;
  context.partition = 7;
  const auto draft = [&](int64_t seconds) {
    context.now.set_seconds(seconds);
    const Decision decision = Decide(Quote(), CreateQuote(), context);
    const auto& created = dynamic_cast<const QuoteCreated&>(decision.event());
    Remember(created, created.quote(), &facts);
    return created.quote().number();
  };
  EXPECT_EQ(draft(1767225599), "Q-2025-07-00001");  // the last second of 2025
  EXPECT_EQ(draft(1767225600), "Q-2026-07-00001");
  EXPECT_EQ(draft(1767225600), "Q-2026-07-00002");
  facts.Put("quote-number/Q-2026-07", "99999");
  EXPECT_EQ(draft(1767225600), "Q-2026-07-100000");
  EXPECT_EQ(draft(1767225600), "Q-2026-07-100001");
}

TEST(DraftingAQuote, NamesEveryBadFieldAtOnce) {
  Story story = NoQuote();
  story
      .When(Of<CreateQuoteRequest>(R"pb(quote {
                                          payment_days: -1
                                          valid_from { year: 2026 month: 4 day: 1 }
                                          valid_to { year: 2026 month: 3 day: 31 }
                                          lines {
                                            line_id: "a"
                                            quantity { value: "1" }
                                          }
                                          lines {
                                            line_id: "b"
                                            description: "x"
                                            quantity { value: "0" }
                                          }
                                          lines {
                                            line_id: "b"
                                            description: "y"
                                            quantity { value: "1" }
                                          }
                                        })pb"))
      .ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "quote.account,quote.currency,quote.payment_days,quote.valid_to,quote.lines[2].line_id,"
            "quote.lines[1].quantity,quote.lines[0].description");
}

TEST(DraftingAQuote, LeavesRoomForTheNamesMadeFromItsId) {
  CreateQuoteRequest request = CreateQuote("opportunity: 'opportunities/roof'");
  request.set_quote_id(std::string(50, 'q'));
  EXPECT_TRUE(domain::Validate(request).empty());
  request.set_quote_id(std::string(51, 'q'));
  ASSERT_EQ(domain::Validate(request).size(), 1u);
  EXPECT_EQ(domain::Validate(request)[0].field, "quote_id");
}

TEST(DraftingAQuote, RefusesAmountsThatCannotBe) {
  Story story = NoQuote();
  story
      .When(Of<CreateQuoteRequest>(R"pb(quote {
                                          account: "accounts/acme"
                                          currency: "EUR"
                                          lines {
                                            description: "x"
                                            quantity { value: "999999999999999" }
                                            unit_price { value: "999999999999999" }
                                          }
                                          lines {
                                            description: "y"
                                            quantity { value: "1" }
                                            unit_price { value: "1" }
                                            discount_amount { value: "2" }
                                          }
                                        })pb"))
      .ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "quote.lines[0].quantity,quote.lines[1].discount_amount");
}

TEST(DraftingAQuoteFromAnOpportunity, CopiesWhatIsNotGiven) {
  NoQuote()
      .When(Of<CreateQuoteRequest>("quote { opportunity: 'opportunities/roof' }"))
      .Then<QuoteCreated>(R"pb(opportunity: "opportunities/roof")pb")
      .ThenState(R"pb(
        opportunity: "opportunities/roof"
        account: "accounts/acme"
        contact: "contacts/anna"
        owner: "eva@example.com"
        currency: "EUR"
        topic: "roof of the new hall"
        lines {
          line_id: "7"
          description: "survey"
          net { units: 55 nanos: 550000000 }
        }
        next_line: 8
        totals { total { units: 68 nanos: 330000000 } }
      )pb");
}

TEST(DraftingAQuoteFromAnOpportunity, KeepsWhatIsGiven) {
  NoQuote()
      .When(Of<CreateQuoteRequest>(std::string("quote { opportunity: 'opportunities/roof' account: "
                                               "'accounts/subsidiary' owner: 'max' topic: 't' ") +
                                   kPanels + "}"))
      .ThenState(R"pb(account: "accounts/subsidiary"
                      owner: "max"
                      topic: "t"
                      lines { line_id: "1" description: "panel" })pb");
}

TEST(DraftingAQuoteFromAnOpportunity, StaysInItsCurrency) {
  Story story = NoQuote();
  story.When(Of<CreateQuoteRequest>("quote { opportunity: 'opportunities/roof' currency: 'HUF' }"))
      .ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(), "quote.currency");
}

TEST(DraftingAQuoteFromAnOpportunity, ReadsOnlyTheOpportunity) {
  EXPECT_EQ(Needs(Quote(), CreateQuote(), {}), std::vector<std::string>());
  EXPECT_EQ(
      Needs(Quote(), CreateQuote("opportunity: 'opportunities/roof' contact: 'contacts/anna'"), {}),
      std::vector<std::string>{"opportunities/roof"});
}

TEST(EditingADraft, SaysWhatChangedAndNothingElse) {
  Draft()
      .When(UpdateQuote("topic: 'south side' adjustments { discount_percent { value: '5' } } "
                        "valid_to { year: 2026 month: 3 day: 31 }"))
      .Then<QuoteUpdated>(R"pb(
        update_mask { paths: "topic" paths: "adjustments" }
        quote {
          topic: "south side"
          adjustments { discount_percent { value: "5" } }
        }
        totals {
          discount { units: 267 nanos: 530000000 }
          net { units: 5083 nanos: 130000000 }
        }
        opportunity: "opportunities/roof"
      )pb")
      .ThenState(R"pb(topic: "south side"
                      totals { net { units: 5083 nanos: 130000000 } })pb");
}

TEST(EditingADraft, ClearsWhatTheMaskNames) {
  Story story = Draft();
  story.When(UpdateQuote("", "valid_to"))
      .Then<QuoteUpdated>(R"pb(update_mask { paths: "valid_to" })pb");
  EXPECT_FALSE(story.state<Quote>().has_valid_to());
}

TEST(EditingADraft, TakesBackWhatWasRead) {
  Story story = Draft();
  UpdateQuoteRequest request;
  *request.mutable_quote() = story.state<Quote>();
  for (auto& line : *request.mutable_quote()->mutable_lines()) {
    line.clear_base();  // as the machinery does with what only the server writes
    line.clear_net();
  }
  request.mutable_quote()->set_notes("call first");
  story.When(request).Then<QuoteUpdated>(R"pb(update_mask { paths: "notes" })pb");
  EXPECT_EQ(story.decision().event().GetDescriptor()->full_name(),
            "leadstream.quoting.v1.QuoteUpdated");
}

TEST(EditingADraft, NamesEveryBadFieldAtOnce) {
  Story story = Draft();
  UpdateQuoteRequest request =
      UpdateQuote("payment_days: 4000 adjustments { discount_amount { value: '6000' } }");
  request.mutable_update_mask()->add_paths("account");
  request.mutable_update_mask()->add_paths("payment_days");
  request.mutable_update_mask()->add_paths("adjustments");
  request.mutable_update_mask()->add_paths("lines");
  story.When(request).ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(story.bad_fields(),
            "quote.account,quote.payment_days,quote.lines,quote.adjustments.discount_amount");
}

TEST(EditingADraft, ChangesTheCurrencyOnlyWithoutLinesAndOpportunity) {
  Story empty(QuoteAggregate());
  empty.Given(Of<CreateQuoteRequest>("quote { account: 'accounts/acme' currency: 'EUR' }"))
      .When(UpdateQuote("currency: 'HUF'"))
      .ThenState(R"pb(currency: "HUF"
                      totals { total { currency_code: "HUF" } })pb");
  Story with_lines(QuoteAggregate());
  with_lines.Given(CreateQuote())
      .When(UpdateQuote("currency: 'HUF'"))
      .ThenRefused(QUOTE_CURRENCY_FIXED);
  Draft()
      .Given(RemoveLine("1"))
      .When(UpdateQuote("currency: 'HUF'"))
      .ThenRefused(QUOTE_CURRENCY_FIXED);
}

TEST(EditingLines, KeepsTheTotalsEqualToTheLines) {
  Story story = Draft();
  const auto after = [&](const google::protobuf::Message& command) {
    story.Given(command);
    ExpectTotalsOfItsLines(story.state<Quote>());
  };
  ExpectTotalsOfItsLines(story.state<Quote>());
  after(
      AddLine("description: 'hours' quantity { value: '9.5' } unit_price { value: '124.75' } "
              "tax_rate { value: '22' }"));
  after(AddLine("line_id: 'x' description: 'free' quantity { value: '1' } tax_category: 'Z'"));
  after(UpdateQuote("adjustments { discount_amount { value: '100' } freight { value: '12.50' } }"));
  after(UpdateLine("line_id: 'x' unit_price { value: '33333.50' }"));
  after(UpdateLine("line_id: '1' quantity { value: '3' }"));
  after(RemoveLine("1"));
  after(Activate());
  after(Revise());
  after(RemoveLine("x"));
  after(RemoveLine("2"));
  story.ThenState(
      "totals { lines { currency_code: 'EUR' } discount { currency_code: 'EUR' } total { "
      "currency_code: 'EUR' } }");
}

TEST(EditingLines, NeverGivesAKeyTwice) {
  Draft()
      .Given(AddLine("description: 'a' quantity { value: '1' }"))
      .Given(RemoveLine("2"))
      .When(AddLine("description: 'b' quantity { value: '1' }"))
      .Then<QuoteLinesAdded>(R"pb(lines { line_id: "3" }
                                  next_line: 4)pb")
      .When(AddLine("line_id: '2' description: 'c' quantity { value: '1' }"))
      .ThenRefused(QUOTE_LINES_INVALID);
}

TEST(EditingLines, NamesBadFieldsAsTheRequestHasThem) {
  Story story = Draft();
  story
      .When(Of<AddQuoteLinesRequest>(R"pb(
        lines {
          description: "fine"
          quantity { value: "1" }
        }
        lines {
          quantity { value: "1" }
          unit_price { value: "1" }
          volume_discount { value: "2" }
        })pb"))
      .ThenRefused(QUOTE_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "lines[1].description,lines[1].volume_discount");

  story.When(UpdateLine("line_id: '1' discount_amount { value: '6000' }"))
      .ThenRefused(QUOTE_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line.discount_amount");
  story.When(UpdateLine("line_id: '9' quantity { value: '1' }")).ThenRefused(QUOTE_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line.line_id");
  story.When(RemoveLine("9")).ThenRefused(QUOTE_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line_id");
}

TEST(EditingLines, TakesOneFieldAlone) {
  const auto request = Of<UpdateQuoteLineRequest>(
      "name: 'quotes/test' line { line_id: '1' unit_price { value: '300' } } update_mask { paths: "
      "'unit_price' }");
  EXPECT_TRUE(domain::Validate(request).empty());
  Draft().When(request).Then<QuoteLineUpdated>(R"pb(
    line {
      line_id: "1"
      description: "panel"
      quantity { value: "16" }
      unit_price { value: "300" }
      net { units: 4608 }
    }
    totals { net { units: 4608 } }
    opportunity: "opportunities/roof"
  )pb");
}

TEST(EditingLines, NeverTakesTheQuantityAway) {
  Story story = Draft();
  story.When(Of<UpdateQuoteLineRequest>("line { line_id: '1' } update_mask { paths: 'quantity' }"))
      .ThenRefused(QUOTE_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "line.quantity");
}

TEST(EditingLines, LeavesNoHeaderDiscountAboveWhatIsLeft) {
  Story story = Draft();
  story.Given(AddLine("description: 'small' quantity { value: '1' } unit_price { value: '1' }"))
      .Given(UpdateQuote("adjustments { discount_amount { value: '100' } }"))
      .When(RemoveLine("1"))
      .ThenRefused(QUOTE_LINES_INVALID);
  EXPECT_EQ(story.bad_fields(), "quote.adjustments.discount_amount");
}

TEST(DeletingADraft, TellsWhatWasDeleted) {
  Story story = Draft();
  story.When(DeleteQuoteRequest()).Then<QuoteDeleted>(R"pb(opportunity: "opportunities/roof"
                                                           number: "Q-2026-00-00001")pb");
  EXPECT_TRUE(story.deleted());
}

// Invoices of its order are called after seller and quote.
TEST(DraftingAQuote, WithASellerLeavesRoomForTheNamesOfInvoices) {
  const auto drafted = [](const std::string& seller, const std::string& name) {
    Story story = NoQuote();
    story.Named(name).When(CreateQuote("seller: '" + seller + "'"));
    return story;
  };
  drafted("vienna", "quotes/q-1").Then<QuoteCreated>("quote { seller: 'vienna' }");
  Story dotted = drafted("vienna.west", "quotes/q-1");
  dotted.ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(dotted.bad_fields(), "quote.seller");
  Story long_seller = drafted(std::string(14, 's'), "quotes/" + std::string(36, 'q'));
  long_seller.ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(long_seller.bad_fields(), "quote.seller");
  Story long_id = drafted("", "quotes/" + std::string(50, 'q'));
  long_id.ThenRefused(QUOTE_FIELDS_INVALID);
  EXPECT_EQ(long_id.bad_fields(), "quote_id");
}

}  // namespace
}  // namespace leadstream::quoting
