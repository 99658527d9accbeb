// The pipeline, the forecast and the funnel over a real connection.
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a page of these messages

class Pipeline : public Serving {
 protected:
  void SetUp() override {
    Serving::SetUp();
    ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                            "account_id: 'acme' account { display_name: 'A' }"))
                    .ok());
    Open("desks", "owner: 'anna' estimated_revenue { currency_code: 'EUR' units: 1000 }");
    Open("chairs", "owner: 'bela' estimated_revenue { currency_code: 'EUR' units: 500 }");
    ASSERT_TRUE(Call<Opportunity>(Of<MoveOpportunityToStageRequest>(
                                      "name: 'opportunities/chairs' stage: 'propose'"))
                    .ok());
    Open("lamps", "owner: 'anna' estimated_revenue { currency_code: 'EUR' units: 70 }");
    ASSERT_TRUE(Call<Opportunity>(Of<WinOpportunityRequest>("name: 'opportunities/lamps'")).ok());
  }
  void Open(const std::string& id, const std::string& more) {
    auto opened = Call<Opportunity>(Of<CreateOpportunityRequest>(
        absl::StrCat("opportunity_id: '", id, "' opportunity { display_name: '", id,
                     "' account: 'accounts/acme' currency: 'EUR' estimated_close_date { year: "
                     "2030 month: 5 day: 2 } ",
                     more, " }")));
    ASSERT_TRUE(opened.ok()) << opened.status.error_message();
  }
  static void ExpectIs(const google::protobuf::Message& reply, const std::string& wanted) {
    std::unique_ptr<google::protobuf::Message> expected(reply.New());
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(wanted, expected.get()));
    EXPECT_EQ(reply.DebugString(), expected->DebugString());
  }
};

TEST_F(Pipeline, SaysWhatStandsAtEachStage) {
  ExpectIs(Call<GetPipelineResponse>(GetPipelineRequest()).reply, R"pb(
    rows {
      stage: "qualify"
      currency: "EUR"
      count: 1
      sum { currency_code: "EUR" units: 1000 }
      weighted_sum { currency_code: "EUR" units: 200 }
    }
    rows {
      stage: "propose"
      currency: "EUR"
      count: 1
      sum { currency_code: "EUR" units: 500 }
      weighted_sum { currency_code: "EUR" units: 300 }
    })pb");
  EXPECT_EQ(Call<GetPipelineResponse>(Of<GetPipelineRequest>("owner: 'anna'")).reply.rows_size(),
            1);
  EXPECT_EQ(Call<GetPipelineResponse>(Of<GetPipelineRequest>("customer_type: 'consumer'"))
                .reply.rows_size(),
            0);
}

TEST_F(Pipeline, IsTheSameAfterARestart) {
  const std::string before =
      Call<GetPipelineResponse>(GetPipelineRequest()).reply.SerializeAsString();
  Restart();
  EXPECT_EQ(Call<GetPipelineResponse>(GetPipelineRequest()).reply.SerializeAsString(), before);
}

TEST_F(Pipeline, ForecastsByMonthOwnerAndCategory) {
  ExpectIs(Call<GetForecastResponse>(
               Of<GetForecastRequest>("from_month { year: 2030 month: 1 day: 31 } by_owner: true"))
               .reply,
           R"pb(
             rows {
               month { year: 2030 month: 5 }
               owner: "anna"
               forecast_category: PIPELINE
               currency: "EUR"
               count: 1
               sum { currency_code: "EUR" units: 1000 }
               weighted_sum { currency_code: "EUR" units: 200 }
             }
             rows {
               month { year: 2030 month: 5 }
               owner: "bela"
               forecast_category: BEST_CASE
               currency: "EUR"
               count: 1
               sum { currency_code: "EUR" units: 500 }
               weighted_sum { currency_code: "EUR" units: 300 }
             })pb");
  const auto all = Call<GetForecastResponse>(GetForecastRequest()).reply;
  ASSERT_EQ(all.rows_size(), 3);
  EXPECT_EQ(all.rows(0).forecast_category(), Opportunity::CLOSED);
  EXPECT_EQ(all.rows(0).weighted_sum().units(), 70);
}

TEST_F(Pipeline, FunnelsSayHowFarOpportunitiesCome) {
  const auto funnel = Call<GetFunnelResponse>(GetFunnelRequest()).reply;
  ASSERT_EQ(funnel.rows_size(), 5);
  EXPECT_EQ(funnel.rows(0).stage(), "qualify");
  EXPECT_EQ(funnel.rows(0).entered(), 3);
  EXPECT_EQ(funnel.rows(0).advanced(), 2);
  EXPECT_EQ(funnel.rows(0).conversion_rate().value(), "66.67");
  EXPECT_TRUE(funnel.rows(0).has_average_time());
  EXPECT_EQ(funnel.rows(4).stage(), "won");
  EXPECT_EQ(funnel.rows(4).entered(), 1);
}

TEST_F(Pipeline, OfWhatIsNotThereIsRefused) {
  EXPECT_EQ(Call<GetPipelineResponse>(
                Of<GetPipelineRequest>("process_definition: 'processDefinitions/none'"))
                .reason(),
            "RESOURCE_NOT_FOUND");
  const auto aliens = Call<GetPipelineResponse>(Of<GetPipelineRequest>("customer_type: 'alien'"));
  EXPECT_EQ(aliens.reason(), "OPPORTUNITY_CUSTOMER_TYPE_UNKNOWN");
  EXPECT_EQ(aliens.fields(), "customer_type");
}

}  // namespace
}  // namespace leadstream::testing
