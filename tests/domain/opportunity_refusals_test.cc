// Every reason for which opportunities say no, with what provokes it. A reason without a row fails
// the test.
#include <functional>
#include <set>

#include "services/opportunity/exchange_rates.h"
#include "services/opportunity/pipeline_queries.h"
#include "tests/domain/known.h"
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

using testing::Story;

struct Row {
  ErrorReason reason;
  absl::StatusCode code;
  std::function<Story()> provoke;
};

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

Story After(Story story, const google::protobuf::Message& command) {
  story.When(command);
  return story;
}

Story FullOfCompetitors() {
  std::string all;
  for (int i = 0; i < 100; ++i) all += "competitors { display_name: 'C" + std::to_string(i) + "' }";
  return OpenOpportunity(all);
}

const std::vector<Row>& Rows() {
  static const auto* rows = new std::vector<Row>{
      {OPPORTUNITY_NOT_OPEN, kPrecondition,
       [] { return After(LostOpportunity(), Update("need: 'x'")); }},
      {OPPORTUNITY_NOT_CLOSED, kPrecondition,
       [] { return After(OpenOpportunity(), Of<ReopenOpportunityRequest>()); }},
      {OPPORTUNITY_CUSTOMER_MISSING, kInvalid,
       [] { return After(OpenOpportunity(), Update("", {"account"})); }},
      {OPPORTUNITY_CURRENCY_MISMATCH, kInvalid,
       [] {
         return After(OpenOpportunity(), Of<WinOpportunityRequest>(
                                             "actual_revenue { currency_code: 'HUF' units: 1 }"));
       }},
      {OPPORTUNITY_CURRENCY_FIXED, kPrecondition,
       [] { return After(OpenOpportunity(kDesksAndChairs), Update("currency: 'HUF'")); }},
      {OPPORTUNITY_STAGE_UNKNOWN, kInvalid,
       [] { return After(OpenOpportunity(), MoveTo("dream")); }},
      {OPPORTUNITY_PROBABILITY_INVALID, kInvalid,
       [] { return After(OpenOpportunity(), Update("probability: -1")); }},
      {OPPORTUNITY_FORECAST_CATEGORY_INVALID, kInvalid,
       [] { return After(OpenOpportunity(), Update("forecast_category: CLOSED")); }},
      {OPPORTUNITY_REVENUE_CALCULATED, kInvalid,
       [] {
         return After(NoOpportunity(), Create(std::string(kDesksAndChairs) +
                                              "revenue_method: SYSTEM_CALCULATED estimated_revenue "
                                              "{ currency_code: 'EUR' units: 1 }"));
       }},
      {OPPORTUNITY_FIELD_NOT_EDITABLE, kInvalid,
       [] { return After(OpenOpportunity(), Update("stage: 'close'")); }},
      {OPPORTUNITY_LINES_INVALID, kInvalid,
       [] { return After(OpenOpportunity(), Of<RemoveOpportunityLineRequest>("line_id: '1'")); }},
      {OPPORTUNITY_PROCESS_UNKNOWN, kInvalid,
       [] {
         Story story = NoOpportunity();
         story.Knows("processDefinitions/old",
                     Of<ProcessDefinition>("retired: true stages { stage: 'a' }"));
         return After(std::move(story), Create("process_definition: 'processDefinitions/old'"));
       }},
      {OPPORTUNITY_STAGE_INCOMPLETE, kInvalid,
       [] { return After(FollowingSale(), MoveTo("close")); }},
      {OPPORTUNITY_PROCESS_DEFAULT, kPrecondition,
       [] { return After(OpenOpportunity(), Of<MigrateOpportunityRequest>()); }},
      {PROCESS_INVALID, kInvalid,
       [] {
         return After(Story(ProcessAggregate()),
                      Of<CreateProcessDefinitionRequest>("process_definition {}"));
       }},
      {EXCHANGE_RATE_INVALID, kInvalid,
       [] {
         return After(Story(ExchangeRateAggregate()),
                      Of<CreateExchangeRateRequest>("exchange_rate_id: 'today'"));
       }},
      {OPPORTUNITY_ON_HOLD, kPrecondition,
       [] {
         return After(After(OpenOpportunity(), Of<HoldOpportunityRequest>()),
                      Of<HoldOpportunityRequest>());
       }},
      {OPPORTUNITY_NOT_ON_HOLD, kPrecondition,
       [] { return After(OpenOpportunity(), Of<ResumeOpportunityRequest>()); }},
      {OPPORTUNITY_HAS_LIVE_QUOTES, kPrecondition,
       [] { return After(After(OpenOpportunity(), QuoteIs("DRAFT")), Lose()); }},
      {OPPORTUNITY_LOSS_REASON_INVALID, kInvalid,
       [] { return After(OpenOpportunity(), Lose("reason: ON_HOLD")); }},
      {OPPORTUNITY_ORDERED, kPrecondition,
       [] {
         return After(After(OpenOpportunity(), QuoteAccepted(100)), Of<ReopenOpportunityRequest>());
       }},
      {OPPORTUNITY_STAKEHOLDER_UNKNOWN, kInvalid,
       [] {
         return After(OpenOpportunity(), Of<RemoveStakeholderRequest>("contact: 'contacts/anna'"));
       }},
      {OPPORTUNITY_COMPETITOR_UNKNOWN, kInvalid,
       [] {
         return After(OpenOpportunity(), Of<RemoveCompetitorRequest>("display_name: 'Initech'"));
       }},
      {OPPORTUNITY_FULL, kPrecondition,
       [] {
         return After(FullOfCompetitors(),
                      Of<AddCompetitorRequest>("competitor { display_name: 'one more' }"));
       }},
      {OPPORTUNITY_PARTY_TWICE, kInvalid,
       [] {
         return After(NoOpportunity(),
                      Create("stakeholders { contact: 'contacts/anna' role: CHAMPION } "
                             "stakeholders { contact: 'contacts/anna' role: BLOCKER }"));
       }},
  };
  return *rows;
}

// Of queries.
struct QueryRow {
  ErrorReason reason;
  absl::StatusCode code;
  std::function<domain::Refusal()> provoke;
};

const std::vector<QueryRow>& QueryRows() {
  static const auto* rows = new std::vector<QueryRow>{
      {OPPORTUNITY_CUSTOMER_TYPE_UNKNOWN, kInvalid,
       [] {
         GetPipelineResponse response;
         return GetPipeline(Of<GetPipelineRequest>("customer_type: 'alien'"), testing::Known(),
                            &response)
             .value();
       }},
      {EXCHANGE_RATE_MISSING, kPrecondition,
       [] {
         testing::Known known;
         known.Add(OpportunityAggregate(), "opportunities/one",
                   OpenOpportunity().state<Opportunity>());
         GetPipelineResponse response;
         return GetPipeline(Of<GetPipelineRequest>("report_currency: 'HUF'"), known, &response)
             .value();
       }},
  };
  return *rows;
}

TEST(OpportunityRefusals, OfQueriesAreAsTheirReasonsSay) {
  for (const QueryRow& row : QueryRows()) {
    SCOPED_TRACE(ErrorReason_Name(row.reason));
    const domain::Refusal refusal = row.provoke();
    EXPECT_EQ(refusal.reason, ErrorReason_Name(row.reason));
    EXPECT_EQ(refusal.code, row.code);
    EXPECT_EQ(refusal.fields.empty(), row.code != kInvalid) << "a bad request names its bad fields";
  }
}

TEST(OpportunityRefusals, AreAsTheirReasonsSay) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(ErrorReason_Name(row.reason));
    Story story = row.provoke();
    story.ThenRefused(row.reason);
    EXPECT_EQ(story.decision().refusal().code, row.code);
    EXPECT_EQ(story.bad_fields().empty(), row.code != kInvalid)
        << "a bad request names its bad fields";
  }
}

TEST(OpportunityRefusals, HaveARowForEveryReason) {
  std::set<int> provoked;
  for (const Row& row : Rows()) provoked.insert(row.reason);
  for (const QueryRow& row : QueryRows()) provoked.insert(row.reason);
  for (int i = 0; i < ErrorReason_descriptor()->value_count(); ++i) {
    const int reason = ErrorReason_descriptor()->value(i)->number();
    EXPECT_TRUE(reason == ERROR_REASON_UNSPECIFIED || provoked.count(reason) == 1)
        << ErrorReason_descriptor()->value(i)->name();
  }
}

}  // namespace
}  // namespace leadstream::opportunity
