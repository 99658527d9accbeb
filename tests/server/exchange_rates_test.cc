// Exchange rates over a real connection, and a pipeline that is reported by them.
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/opportunity/v1/exchange_rate_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "tests/server/serving.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a page of these messages

class ExchangeRates : public Serving {
 protected:
  Answer<ExchangeRate> Say(const std::string& id, const std::string& rate) {
    return Call<ExchangeRate>(Of<CreateExchangeRateRequest>(
        absl::StrCat("exchange_rate_id: '", id,
                     "' exchange_rate { from_currency: 'EUR' to_currency: 'HUF' date ",
                     "{ year: 2020 month: 3 day: ", id.substr(id.size() - 1), " } rate { value: '",
                     rate, "' } }")));
  }
};

TEST_F(ExchangeRates, AreSaidCorrectedListedAndHaveAStory) {
  ASSERT_TRUE(Say("eur-huf-2020-03-01", "400").ok());
  ASSERT_TRUE(Say("eur-huf-2020-03-02", "401").ok());
  EXPECT_EQ(Say("eur-huf-2020-03-02", "402").reason(), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Say("monday-2", "402").reason(), "EXCHANGE_RATE_INVALID");
  EXPECT_EQ(Say("eur-huf-2020-03-03", "0").fields(), "exchange_rate.rate");
  const std::string first = "exchangeRates/eur-huf-2020-03-01";
  auto corrected = Call<ExchangeRate>(Of<UpdateExchangeRateRequest>(
      absl::StrCat("exchange_rate { name: '", first, "' rate { value: '399' } }")));
  ASSERT_TRUE(corrected.ok()) << corrected.status.error_message();
  EXPECT_EQ(corrected.reply.rate().value(), "399");
  EXPECT_EQ(Call<ExchangeRate>(
                Of<GetExchangeRateRequest>(absl::StrCat("name: '", first, "' read_revision: 1")))
                .reply.rate()
                .value(),
            "400");
  EXPECT_EQ(Call<ListExchangeRatesResponse>(
                Of<ListExchangeRatesRequest>("filter: 'from_currency = EUR' order_by: 'date desc'"))
                .reply.exchange_rates(0)
                .rate()
                .value(),
            "401");
  EXPECT_EQ(Call<ListExchangeRateEventsResponse>(
                Of<ListExchangeRateEventsRequest>(absl::StrCat("name: '", first, "'")))
                .reply.events_size(),
            2);
}

TEST_F(ExchangeRates, CountAllCurrenciesAsOne) {
  ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                          "account_id: 'acme' account { display_name: 'A' }"))
                  .ok());
  for (const char* currency : {"EUR", "HUF"}) {
    ASSERT_TRUE(Call<Opportunity>(Of<CreateOpportunityRequest>(absl::StrCat(
                                      "opportunity { display_name: 'Desks' account: "
                                      "'accounts/acme' currency: '",
                                      currency, "' estimated_revenue { currency_code: '", currency,
                                      "' units: 1000 } }")))
                    .ok());
  }
  const auto in_euros = Of<GetPipelineRequest>("report_currency: 'EUR'");
  const auto missing = Call<GetPipelineResponse>(in_euros);
  EXPECT_EQ(missing.reason(), "EXCHANGE_RATE_MISSING");
  EXPECT_NE(missing.status.error_message().find("from HUF to EUR"), std::string::npos)
      << missing.status.error_message();
  ASSERT_TRUE(Say("eur-huf-2020-03-01", "400").ok());
  const auto pipeline = Call<GetPipelineResponse>(in_euros);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status.error_message();
  ASSERT_EQ(pipeline.reply.rows_size(), 1);
  EXPECT_EQ(pipeline.reply.rows(0).count(), 2);
  EXPECT_EQ(pipeline.reply.rows(0).sum().units(), 1002);
  EXPECT_EQ(pipeline.reply.rows(0).sum().nanos(), 500'000'000);
  EXPECT_EQ(
      Call<GetPipelineResponse>(
          Of<GetPipelineRequest>("report_currency: 'EUR' rate_date { year: 2019 month: 1 day: 1 }"))
          .reason(),
      "EXCHANGE_RATE_MISSING");
  EXPECT_EQ(Call<GetForecastResponse>(Of<GetForecastRequest>("report_currency: 'HUF'"))
                .reply.rows(0)
                .sum()
                .units(),
            401'000);
}

}  // namespace
}  // namespace leadstream::testing
