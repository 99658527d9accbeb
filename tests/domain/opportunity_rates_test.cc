// Exchange rates, and what is converted by them.
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>

#include "common/domain/money.h"
#include "services/opportunity/exchange_rates.h"
#include "services/opportunity/pipeline_queries.h"
#include "tests/domain/known.h"
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

using domain::Decimal;
using testing::Known;
using testing::Story;

// "EUR HUF 2026-03-01 400.5".
void Add(const std::string& text, Known* known) {
  ExchangeRate rate;
  rate.set_from_currency(text.substr(0, 3));
  rate.set_to_currency(text.substr(4, 3));
  rate.mutable_date()->set_year(std::stoi(text.substr(8, 4)));
  rate.mutable_date()->set_month(std::stoi(text.substr(13, 2)));
  rate.mutable_date()->set_day(std::stoi(text.substr(16, 2)));
  rate.mutable_rate()->set_value(text.substr(19));
  known->Add(ExchangeRateAggregate(),
             absl::StrCat("exchangeRates/", absl::AsciiStrToLower(absl::StrCat(
                                                rate.from_currency(), "-", rate.to_currency(), "-",
                                                text.substr(8, 10)))),
             rate);
}

// What the amounts come to on 15 March 2026, or the reason why that is not known.
std::string Converted(const std::vector<std::string>& rates, const std::string& to,
                      const std::map<std::string, Decimal>& amounts) {
  Known known;
  for (const std::string& rate : rates) Add(rate, &known);
  Conversion conversion(to, Of<google::type::Date>("year: 2026 month: 3 day: 15"), known);
  for (const auto& [currency, amount] : amounts) {
    if (auto refusal = conversion.Know(currency))
      return absl::StrCat(refusal->reason, ": ", refusal->message);
  }
  const google::type::Money money = conversion.Convert(amounts);
  EXPECT_EQ(money.currency_code(), to);
  return domain::ToDecimal(money).ToString();
}
std::string Of100(const std::vector<std::string>& rates) {
  return Converted(rates, "HUF", {{"EUR", Decimal(100)}});
}

TEST(AConversion, TakesTheNewestRateThatIsNotLater) {
  EXPECT_EQ(Of100({"EUR HUF 2026-03-01 400", "EUR HUF 2026-03-15 410.25", "EUR HUF 2026-03-16 1"}),
            "41025");
  EXPECT_EQ(Of100({"EUR HUF 2025-12-31 390", "EUR HUF 2026-03-01 400"}), "40000");
  EXPECT_EQ(Of100({"EUR HUF 2026-03-01 400", "HUF EUR 2026-03-02 0.0025"}), "40000")
      << "the inverse, where it is newer: 1/0.0025";
  EXPECT_EQ(Of100({"EUR HUF 2026-03-01 400", "HUF EUR 2026-03-01 0.5"}), "40000")
      << "its own of the same day";
  EXPECT_EQ(Of100({"HUF EUR 2026-03-02 0.003", "EUR HUF 2026-02-01 1"}), "33333.33");
}

TEST(AConversion, GoesThroughACurrencyThatBothAreRatedTo) {
  EXPECT_EQ(Of100({"EUR USD 2026-03-01 1.25", "USD HUF 2026-03-01 300"}), "37500");
  EXPECT_EQ(Of100({"EUR USD 2026-03-01 1.25", "HUF USD 2026-03-01 0.003"}), "41666.67");
  EXPECT_EQ(Of100({"EUR USD 2026-03-01 1", "USD HUF 2026-03-01 300", "EUR GBP 2026-03-05 1",
                   "GBP HUF 2026-03-02 500"}),
            "50000")
      << "through the one whose older rate is the newest";
  EXPECT_EQ(Of100({"EUR USD 2026-03-01 1", "USD HUF 2026-03-01 300", "CHF EUR 2026-03-01 1",
                   "CHF HUF 2026-03-01 400"}),
            "40000")
      << "of the same age, the first in the alphabet";
  EXPECT_EQ(Of100({"EUR USD 2026-03-14 1", "USD HUF 2026-03-14 300", "EUR HUF 2020-01-01 200"}),
            "20000")
      << "an old rate of their own is better than a way around";
}

TEST(AConversion, IsExactUntilItIsRounded) {
  const std::vector<std::string> rates = {"HUF EUR 2026-03-01 0.003", "EUR JPY 2026-03-01 160.5",
                                          "JPY HUF 2026-03-01 2.5"};
  EXPECT_EQ(Converted(rates, "EUR", {{"EUR", Decimal::Scaled(5, 3)}}), "0.01")
      << "half away from zero";
  EXPECT_EQ(
      Converted(rates, "EUR", {{"EUR", Decimal::Scaled(2, 3)}, {"HUF", Decimal::Scaled(999, 3)}}),
      "0")
      << "0.002 and 0.002997";
  EXPECT_EQ(Converted(rates, "EUR", {{"EUR", Decimal::Scaled(2, 3)}, {"HUF", Decimal(1)}}), "0.01")
      << "0.002 and 0.003, of which neither is a cent";
  EXPECT_EQ(Converted(rates, "EUR", {{"JPY", Decimal(321)}, {"EUR", Decimal(1)}}), "3")
      << "321 / 160.5 and 1";
  EXPECT_EQ(Converted(rates, "JPY", {{"HUF", Decimal(1)}}), "0") << "1 / 2.5 is no yen";
  EXPECT_EQ(Converted(rates, "JPY", {{"HUF", Decimal(1)}, {"EUR", Decimal::Scaled(1, 3)}}), "1")
      << "0.4 and 0.1605";
}

TEST(AConversion, WithoutARateNamesPairAndDay) {
  EXPECT_THAT(Of100({"EUR HUF 2026-03-16 400", "EUR USD 2026-03-01 1"}),
              ::testing::AllOf(::testing::HasSubstr("EXCHANGE_RATE_MISSING"),
                               ::testing::HasSubstr("from EUR to HUF of 2026-03-15")));
}

CreateExchangeRateRequest Say(const std::string& id) {
  return Of<CreateExchangeRateRequest>(absl::StrCat(
      "exchange_rate_id: '", id,
      "' exchange_rate { from_currency: 'EUR' to_currency: 'HUF' date { year: 2026 month: 3 day: 1 "
      "} rate { value: '400.5' } }"));
}

TEST(AnExchangeRate, HasANameThatSaysWhatItIsOf) {
  Story(ExchangeRateAggregate())
      .When(Say("eur-huf-2026-03-01"))
      .Then<ExchangeRateCreated>("exchange_rate { rate { value: '400.5' } }");
  Story story(ExchangeRateAggregate());
  story.When(Say("eur-huf")).ThenRefused(EXCHANGE_RATE_INVALID);
  EXPECT_EQ(story.bad_fields(), "exchange_rate_id");
  auto same = Say("eur-eur-2026-03-01");
  same.mutable_exchange_rate()->set_to_currency("EUR");
  story.When(same).ThenRefused(EXCHANGE_RATE_INVALID);
  EXPECT_EQ(story.bad_fields(), "exchange_rate.to_currency");
}

TEST(AnExchangeRate, IsCorrected) {
  Story(ExchangeRateAggregate())
      .Given(Say("eur-huf-2026-03-01"))
      .When(Of<UpdateExchangeRateRequest>("exchange_rate { rate { value: '401' } }"))
      .Then<ExchangeRateUpdated>(
          "exchange_rate { rate { value: '401' } } update_mask { paths: "
          "'rate' }")
      .ThenState("rate { value: '401' } from_currency: 'EUR'");
}

TEST(AReport, CountsAllCurrenciesAsOne) {
  Known known;
  Add("EUR HUF 1970-01-01 400", &known);
  auto in_forints = Create(
      "estimated_revenue { currency_code: 'HUF' units: 1000 } owner: 'anna' "
      "estimated_close_date { year: 2026 month: 5 day: 1 }");
  in_forints.mutable_opportunity()->set_currency("HUF");
  Story forints = NoOpportunity();
  forints.Given(in_forints);
  const Story euros = OpenOpportunity(
      "estimated_revenue { currency_code: 'EUR' units: 10 } owner: 'bela' "
      "estimated_close_date { year: 2026 month: 5 day: 1 }");
  known.Add(OpportunityAggregate(), "opportunities/1", forints.state<Opportunity>())
      .Add(OpportunityAggregate(), "opportunities/2", euros.state<Opportunity>());
  GetPipelineResponse pipeline;
  EXPECT_FALSE(GetPipeline(Of<GetPipelineRequest>("report_currency: 'HUF'"), known, &pipeline));
  ASSERT_EQ(pipeline.rows_size(), 1);
  EXPECT_EQ(pipeline.rows(0).currency(), "HUF");
  EXPECT_EQ(pipeline.rows(0).count(), 2);
  EXPECT_EQ(pipeline.rows(0).sum().units(), 5000);
  EXPECT_EQ(pipeline.rows(0).weighted_sum().units(), 1000);
  GetForecastResponse forecast;
  EXPECT_FALSE(GetForecast(Of<GetForecastRequest>("report_currency: 'EUR'"), known, &forecast));
  ASSERT_EQ(forecast.rows_size(), 1);
  EXPECT_EQ(domain::ToDecimal(forecast.rows(0).sum()).ToString(), "12.5");
  forecast.Clear();
  EXPECT_FALSE(GetForecast(Of<GetForecastRequest>("report_currency: 'EUR' by_owner: true"), known,
                           &forecast));
  ASSERT_EQ(forecast.rows_size(), 2);
  EXPECT_EQ(domain::ToDecimal(forecast.rows(0).sum()).ToString(), "2.5");
}

}  // namespace
}  // namespace leadstream::opportunity
