// The pipeline, the forecast and the funnel of a few opportunities.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/domain/money.h"
#include "services/opportunity/pipeline_queries.h"
#include "tests/domain/known.h"
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

using testing::Known;
using testing::Story;

std::string ToText(const google::type::Money& money) {
  return absl::StrCat(domain::ToDecimal(money).ToString(), " ", money.currency_code());
}

// "qualify: 2, 300 EUR, 60 EUR; ..."
std::string PipelineOf(const Known& known, const std::string& request = "") {
  GetPipelineResponse response;
  EXPECT_FALSE(GetPipeline(Of<GetPipelineRequest>(request), known, &response));
  return absl::StrJoin(response.rows(), "; ", [](std::string* out, const PipelineRow& row) {
    absl::StrAppend(out, row.stage(), ": ", row.count(), ", ", ToText(row.sum()), ", ",
                    ToText(row.weighted_sum()));
  });
}
std::string ForecastOf(const Known& known, const std::string& request = "") {
  GetForecastResponse response;
  EXPECT_FALSE(GetForecast(Of<GetForecastRequest>(request), known, &response));
  return absl::StrJoin(response.rows(), "; ", [](std::string* out, const ForecastRow& row) {
    absl::StrAppend(out, row.month().year(), "-", row.month().month(), " ", row.owner(), " ",
                    Opportunity::ForecastCategory_Name(row.forecast_category()), ": ", row.count(),
                    ", ", ToText(row.sum()), ", ", ToText(row.weighted_sum()));
  });
}
// "qualify: 3 came, 1 went on (33.33 %) after 60 s, 1 lost; ..."
std::string FunnelOf(const Known& known, const std::string& request = "") {
  GetFunnelResponse response;
  EXPECT_FALSE(GetFunnel(Of<GetFunnelRequest>(request), known, &response));
  return absl::StrJoin(response.rows(), "; ", [](std::string* out, const FunnelRow& row) {
    absl::StrAppend(out, row.stage(), ": ", row.entered(), " came, ", row.advanced(), " went on (",
                    row.conversion_rate().value(), " %) after ", row.average_time().seconds(),
                    " s, ", row.lost(), " lost");
  });
}

std::string Revenue(int units, const char* currency = "EUR") {
  return absl::StrCat("estimated_revenue { currency_code: '", currency, "' units: ", units, " } ");
}

class Sums : public ::testing::Test {
 public:
  // As it is after its story, created in March 2026.
  Sums& Add(const Story& story) {
    Opportunity one = story.state<Opportunity>();
    if (!one.has_create_time()) one.mutable_create_time()->set_seconds(1'773'000'000);
    known_.Add(OpportunityAggregate(), absl::StrCat("opportunities/", ++number_), one);
    return *this;
  }

 protected:
  Known known_;
  int number_ = 0;
};

TEST_F(Sums, OfThePipelineAreOfEachStageAndCurrency) {
  Add(OpenOpportunity(Revenue(100))).Add(OpenOpportunity(Revenue(200)));
  auto in_forints = Create(Revenue(5000, "HUF") + "stage: 'propose'");
  in_forints.mutable_opportunity()->set_currency("HUF");
  Story forints = NoOpportunity();
  Add(forints.Given(in_forints));
  Add(OpenOpportunity(Revenue(7) + "stage: 'develop'")).Add(OpenOpportunity());
  Add(WonOpportunity()).Add(LostOpportunity());
  EXPECT_EQ(PipelineOf(known_),
            "qualify: 3, 300 EUR, 60 EUR; develop: 1, 7 EUR, 2.8 EUR; propose: 1, 5000 HUF, "
            "3000 HUF");
}

TEST_F(Sums, AreRoundedOnceAndNotEach) {
  const std::string cent =
      "estimated_revenue { currency_code: 'EUR' nanos: 10000000 } probability: 40";
  Add(OpenOpportunity(cent)).Add(OpenOpportunity(cent)).Add(OpenOpportunity(cent));
  EXPECT_EQ(PipelineOf(known_), "qualify: 3, 0.03 EUR, 0.01 EUR") << "3 × 0.004 is 0.012";
}

TEST_F(Sums, OfThePipelineAreOfAnOwnerOrATypeOfCustomer) {
  Add(OpenOpportunity(Revenue(100) + "owner: 'anna'"));
  Add(OpenOpportunity(Revenue(200) + "owner: 'bela'"));
  Add(OpenOpportunity(Revenue(400)));
  auto private_one = Create(Revenue(800) + "contact: 'contacts/anna' owner: 'anna'");
  private_one.mutable_opportunity()->clear_account();
  Story of_anna = NoOpportunity();
  Add(of_anna.Given(private_one));
  EXPECT_EQ(PipelineOf(known_), "qualify: 4, 1500 EUR, 300 EUR");
  EXPECT_EQ(PipelineOf(known_, "owner: 'anna'"), "qualify: 2, 900 EUR, 180 EUR");
  EXPECT_EQ(PipelineOf(known_, "owner: ''"), "qualify: 1, 400 EUR, 80 EUR");
  EXPECT_EQ(PipelineOf(known_, "customer_type: 'consumer'"), "qualify: 1, 800 EUR, 160 EUR");
  EXPECT_EQ(PipelineOf(known_, "owner: 'anna' customer_type: 'business'"),
            "qualify: 1, 100 EUR, 20 EUR");
  EXPECT_EQ(PipelineOf(known_, "owner: 'nobody'"), "");
}

TEST_F(Sums, OfAProcessAreInTheOrderOfItsStages) {
  Story at_talk = FollowingSale();
  at_talk.Given(Update("need: 'seats'")).Given(MoveTo("talk"));
  Add(FollowingSale()).Add(at_talk).Add(OpenOpportunity());
  ProcessDefinition now = Sale();
  now.set_name("processDefinitions/sale");
  now.mutable_stages()->SwapElements(0, 1);
  now.mutable_stages(1)->set_stage("new");
  known_.Put(now);
  EXPECT_EQ(PipelineOf(known_, "process_definition: 'processDefinitions/sale'"),
            "talk: 1, 0 EUR, 0 EUR; look: 1, 0 EUR, 0 EUR")
      << "a stage that is no more is behind the others";
}

TEST_F(Sums, OfTheForecastAreOfEachMonthAndCategory) {
  const std::string in_may = "estimated_close_date { year: 2026 month: 5 day: 7 } ";
  const std::string in_june = "estimated_close_date { year: 2026 month: 6 day: 1 } ";
  Add(OpenOpportunity(Revenue(100) + in_may + "owner: 'bela'"));
  Add(OpenOpportunity(Revenue(50) + in_may + "owner: 'anna'"));
  Add(OpenOpportunity(Revenue(200) + in_june + "owner: 'bela' stage: 'close'"));
  Add(OpenOpportunity(Revenue(400) + in_june + "owner: 'bela' forecast_category: OMITTED"));
  Add(OpenOpportunity(Revenue(800)));
  Story won = OpenOpportunity(in_june + "owner: 'anna'");
  Add(won.Given(QuoteAccepted(1000))).Add(LostOpportunity());
  const std::string no_date = "0-0  PIPELINE: 1, 800 EUR, 160 EUR; ";
  const std::string closed = "2026-3 anna CLOSED: 1, 1000 EUR, 1000 EUR; ";
  EXPECT_EQ(ForecastOf(known_), no_date +
                                    "2026-3  CLOSED: 1, 1000 EUR, 1000 EUR; "
                                    "2026-5  PIPELINE: 2, 150 EUR, 30 EUR; "
                                    "2026-6  COMMITTED: 1, 200 EUR, 160 EUR");
  EXPECT_EQ(ForecastOf(known_, "by_owner: true"),
            no_date + closed +
                "2026-5 anna PIPELINE: 1, 50 EUR, 10 EUR; 2026-5 bela PIPELINE: 1, 100 EUR, 20 "
                "EUR; 2026-6 bela COMMITTED: 1, 200 EUR, 160 EUR");
  EXPECT_EQ(ForecastOf(known_, "owner: 'anna'"),
            closed + "2026-5 anna PIPELINE: 1, 50 EUR, 10 EUR");
  EXPECT_EQ(ForecastOf(known_,
                       "from_month { year: 2026 month: 5 } to_month { year: 2026 month: 5 "
                       "day: 31 }"),
            "2026-5  PIPELINE: 2, 150 EUR, 30 EUR");
  EXPECT_EQ(ForecastOf(known_, "from_month { year: 2026 month: 6 } owner: 'bela'"),
            "2026-6 bela COMMITTED: 1, 200 EUR, 160 EUR");
}

TEST_F(Sums, OfTheFunnelSayHowFarOneComesAndHowLongItTakes) {
  Add(NoOpportunity()
          .At("2026-03-01T10:00:00Z")
          .Given(Create())
          .At("2026-03-01T10:01:00Z")
          .Given(MoveTo("develop")));
  Add(NoOpportunity()
          .At("2026-03-01T10:00:00Z")
          .Given(Create())
          .At("2026-03-01T10:00:30Z")
          .Given(MoveTo("propose"))
          .At("2026-03-01T10:00:40Z")
          .Given(Of<WinOpportunityRequest>()));
  Add(LostOpportunity());
  EXPECT_EQ(FunnelOf(known_),
            "qualify: 3 came, 2 went on (66.67 %) after 45 s, 1 lost; "
            "develop: 1 came, 0 went on (0 %) after 0 s, 0 lost; "
            "propose: 1 came, 1 went on (100 %) after 10 s, 0 lost; "
            "close: 0 came, 0 went on ( %) after 0 s, 0 lost; "
            "won: 1 came, 0 went on ( %) after 0 s, 0 lost");
  EXPECT_EQ(FunnelOf(known_, "from_month { year: 2026 month: 4 }"),
            "qualify: 0 came, 0 went on ( %) after 0 s, 0 lost; "
            "develop: 0 came, 0 went on ( %) after 0 s, 0 lost; "
            "propose: 0 came, 0 went on ( %) after 0 s, 0 lost; "
            "close: 0 came, 0 went on ( %) after 0 s, 0 lost; "
            "won: 0 came, 0 went on ( %) after 0 s, 0 lost");
}

TEST(Passages, CountTheTimeAtAStageWhileItIsOpen) {
  NoOpportunity()
      .At("2026-03-01T10:00:00Z")
      .Given(Create())
      .At("2026-03-01T10:00:10Z")
      .Given(MoveTo("develop"))
      .At("2026-03-01T10:00:15Z")
      .Given(MoveTo("qualify"))  // back
      .At("2026-03-01T10:01:15Z")
      .Given(Lose())
      .At("2026-03-01T12:00:00Z")
      .Given(Of<ReopenOpportunityRequest>())
      .At("2026-03-01T12:00:01Z")
      .When(Of<WinOpportunityRequest>())
      .ThenState(R"pb(
        passages {
          stage: "qualify"
          time_spent { seconds: 71 }
          advanced: true
        }
        passages {
          stage: "develop"
          time_spent { seconds: 5 }
        })pb");
}

TEST(Passages, AreOfTheProcessThatWasFollowed) {
  Story story = OpenOpportunity();
  story.Knows("processDefinitions/sale", Sale())
      .When(Of<MigrateOpportunityRequest>(
          "process_definition: 'processDefinitions/sale' stages { key: 'qualify' value: 'look' }"))
      .ThenState(R"pb(
        passages { stage: "qualify" }
        passages {
          process_definition: "processDefinitions/sale"
          stage: "look"
          since {}
        })pb");
}

TEST(SumsThatAreNotThere, AreRefused) {
  const Known known;
  GetPipelineResponse pipeline;
  GetForecastResponse forecast;
  GetFunnelResponse funnel;
  EXPECT_EQ(GetPipeline(Of<GetPipelineRequest>("process_definition: 'processDefinitions/none'"),
                        known, &pipeline)
                ->code,
            absl::StatusCode::kNotFound);
  EXPECT_EQ(GetFunnel(Of<GetFunnelRequest>("process_definition: 'processDefinitions/none'"), known,
                      &funnel)
                ->code,
            absl::StatusCode::kNotFound);
  const auto refused =
      GetPipeline(Of<GetPipelineRequest>("customer_type: 'alien'"), known, &pipeline);
  EXPECT_EQ(refused->reason, "OPPORTUNITY_CUSTOMER_TYPE_UNKNOWN");
  EXPECT_EQ(refused->fields.front().field, "customer_type");
}

}  // namespace
}  // namespace leadstream::opportunity
