// What quoting offers beside its commands: prices without a quote, and what it does when an
// opportunity is lost.

#include "leadstream/common/v1/record.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/quoting/v1/calculation.pb.h"
#include "services/quoting/price_calculation.h"
#include "services/quoting/quoting_reactions.h"
#include "tests/domain/known.h"
#include "tests/domain/quote_examples.h"

namespace leadstream::quoting {
namespace {

TEST(CalculatingAPrice, IsWhatAQuoteWouldComeTo) {
  CalculatePriceResponse response;
  const auto request = Of<CalculatePriceRequest>(
      std::string("currency: 'EUR' adjustments { freight { value: '10' } } ") + kPanels);
  ASSERT_FALSE(CalculatePrice(request, testing::Known(), &response).has_value());

  Story story(QuoteAggregate());
  story.Given(CreateQuote("adjustments { freight { value: '10' } }"));
  EXPECT_EQ(response.totals().DebugString(), story.state<Quote>().totals().DebugString());
  ASSERT_EQ(response.lines_size(), 1);
  EXPECT_EQ(response.lines(0).DebugString(), story.state<Quote>().lines(0).DebugString());
}

TEST(CalculatingAPrice, NamesEveryBadFieldAtOnce) {
  CalculatePriceResponse response;
  const auto refusal = CalculatePrice(Of<CalculatePriceRequest>(R"pb(
                                        currency: "EUR"
                                        adjustments { discount_percent { value: "101" } }
                                        lines {
                                          description: "a"
                                          quantity { value: "1" }
                                          unit_price { value: "1" }
                                        }
                                        lines { quantity { value: "1" } })pb"),
                                      testing::Known(), &response);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->reason, "QUOTE_LINES_INVALID");
  std::vector<std::string> fields;
  for (const auto& field : refusal->fields) fields.push_back(field.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"lines[1].unit_price", "lines[1].description",
                                              "adjustments.discount_percent"}));
}

TEST(LosingAnOpportunity, ClosesEachOfItsQuotes) {
  common::v1::Record record;
  record.set_subject("opportunities/roof");
  domain::Commands commands;
  const auto lost = Of<opportunity::v1::OpportunityLost>(
      "quotes_to_close: 'quotes/a' quotes_to_close: 'quotes/b' quotes_to_close: 'quotes/c' note: "
      "'out sold'");
  ASSERT_TRUE(QuotingReactions().at(0).react(lost, {record, nullptr}, &commands).ok());
  ASSERT_EQ(commands.all().size(), 3u);
  EXPECT_EQ(commands.all()[1].key, "quotes/b");
  EXPECT_EQ(commands.all()[1].request->ShortDebugString(),
            R"(name: "quotes/b" opportunity: "opportunities/roof" note: "out sold")");
}

// The customer may have been faster, and a draft may be gone: nobody is bothered.
TEST(LosingAnOpportunity, IsSettledByWhatBecameOfAQuoteMeanwhile) {
  for (const domain::Reaction& reaction : QuotingReactions())
    EXPECT_EQ(reaction.settled_by, (std::vector<std::string>{"QUOTE_WON", "RESOURCE_NOT_FOUND"}));
}

TEST(LosingAnOpportunity, ClosesAQuoteThatItHeardOfLater) {
  auto close = [](const std::string& recorded, Quote::State state) {
    common::v1::Record record;
    record.set_subject("opportunities/roof");
    const domain::Occurrence on{
        record,
        [state](const std::string&,
                int64_t) -> absl::StatusOr<std::shared_ptr<const domain::Message>> {
          auto quote = std::make_shared<Quote>();
          quote->set_state(state);
          return quote;
        }};
    domain::Commands commands;
    const auto reactions = QuotingReactions();
    EXPECT_TRUE(reactions.at(1)
                    .react(Of<opportunity::v1::OpportunityQuoteRecorded>(recorded), on, &commands)
                    .ok());
    return commands.all().empty() ? "" : commands.all()[0].request->ShortDebugString();
  };
  const std::string late = "quote { quote: 'quotes/late' state: DRAFT } close: true note: 'no'";
  EXPECT_EQ(close(late, Quote::DRAFT),
            R"(name: "quotes/late" opportunity: "opportunities/roof" note: "no")");
  EXPECT_EQ(close(late, Quote::WON), "") << "the customer was faster";
  EXPECT_EQ(close("quote { quote: 'quotes/known' state: DRAFT }", Quote::DRAFT), "");
}

}  // namespace
}  // namespace leadstream::quoting
