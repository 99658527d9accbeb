// Processes as data, over a real connection: defined, edited, followed, kept and migrated.
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using opportunity::v1::CreateOpportunityRequest;
using opportunity::v1::GetProcessDefinitionRequest;
using opportunity::v1::ListProcessDefinitionsRequest;
using opportunity::v1::ListProcessDefinitionsResponse;
using opportunity::v1::MigrateOpportunityRequest;
using opportunity::v1::MoveOpportunityToStageRequest;
using opportunity::v1::Opportunity;
using opportunity::v1::ProcessDefinition;
using opportunity::v1::UpdateOpportunityRequest;
using opportunity::v1::UpdateProcessDefinitionRequest;

class Processes : public Serving {
 protected:
  void SetUp() override {
    Serving::SetUp();
    ASSERT_TRUE(
        Call<lead::v1::Account>(
            Of<lead::v1::CreateAccountRequest>(
                "account_id: 'works' account { display_name: 'Works' industry: 'machines' }"))
            .ok());
    auto defined = Call<ProcessDefinition>(Of<opportunity::v1::CreateProcessDefinitionRequest>(R"pb(
      process_definition_id: "machines"
      process_definition {
        labels { language: "en" text: "Machines" }
        labels { language: "hu" text: "Gépek" }
        industries: "machines"
        stages { stage: "look" probability: 10 }
        stages { stage: "try" probability: 50 required_fields: "need" required_fields: "owner" }
      })pb"));
    ASSERT_TRUE(defined.ok()) << defined.status.error_message();
  }
  Answer<Opportunity> Begin(const std::string& id) {
    return Call<Opportunity>(Of<CreateOpportunityRequest>(absl::StrCat(
        "opportunity_id: '", id,
        "' opportunity { display_name: 'press' account: 'accounts/works' currency: 'EUR' }")));
  }
  Answer<Opportunity> Move(const std::string& id, const std::string& stage) {
    return Call<Opportunity>(Of<MoveOpportunityToStageRequest>(
        absl::StrCat("name: 'opportunities/", id, "' stage: '", stage, "'")));
  }
  // Its second stage is called otherwise from now on, and requires nothing.
  Answer<ProcessDefinition> Rename() {
    return Call<ProcessDefinition>(Of<UpdateProcessDefinitionRequest>(R"pb(
      process_definition {
        name: "processDefinitions/machines"
        stages { stage: "look" probability: 10 }
        stages { stage: "test" probability: 55 }
      }
      update_mask { paths: "stages" })pb"));
  }
};

TEST_F(Processes, AreReadListedAndHaveAStory) {
  EXPECT_EQ(Call<ProcessDefinition>(
                Of<GetProcessDefinitionRequest>("name: 'processDefinitions/machines'"))
                .reply.labels(1)
                .text(),
            "Gépek");
  ASSERT_TRUE(Rename().ok());
  EXPECT_EQ(Call<ProcessDefinition>(Of<GetProcessDefinitionRequest>(
                                        "name: 'processDefinitions/machines' read_revision: 1"))
                .reply.stages(1)
                .stage(),
            "try");
  EXPECT_EQ(Call<ListProcessDefinitionsResponse>(
                Of<ListProcessDefinitionsRequest>("filter: 'retired = false' order_by: 'rank'"))
                .reply.process_definitions_size(),
            1);
  EXPECT_EQ(Call<opportunity::v1::ListProcessDefinitionEventsResponse>(
                Of<opportunity::v1::ListProcessDefinitionEventsRequest>(
                    "name: 'processDefinitions/machines'"))
                .reply.events_size(),
            2);
}

TEST_F(Processes, AreFollowedByTheCustomersTheyAreFor) {
  auto begun = Begin("press");
  ASSERT_TRUE(begun.ok()) << begun.status.error_message();
  EXPECT_EQ(begun.reply.process_definition(), "processDefinitions/machines");
  EXPECT_EQ(begun.reply.process_revision(), 1);
  EXPECT_EQ(begun.reply.stage(), "look");
  const auto gate = Move("press", "try");
  EXPECT_EQ(gate.reason(), "OPPORTUNITY_STAGE_INCOMPLETE");
  EXPECT_EQ(gate.fields(), "opportunity.need,opportunity.owner");
  ASSERT_TRUE(Call<Opportunity>(
                  Of<UpdateOpportunityRequest>(
                      "opportunity { name: 'opportunities/press' need: 'a press' owner: 'anna' }"))
                  .ok());
  EXPECT_EQ(Move("press", "try").reply.probability(), 50);
}

TEST_F(Processes, AreKeptAsTheyWereUntilTheOpportunityIsMigrated) {
  ASSERT_TRUE(Begin("old").ok());
  ASSERT_TRUE(Rename().ok());
  ASSERT_TRUE(Begin("new").ok());
  EXPECT_EQ(Move("old", "test").reason(), "OPPORTUNITY_STAGE_UNKNOWN");
  EXPECT_EQ(Move("old", "try").reason(), "OPPORTUNITY_STAGE_INCOMPLETE");
  EXPECT_EQ(Move("new", "test").reply.probability(), 55);
  auto migrated = Call<Opportunity>(Of<MigrateOpportunityRequest>("name: 'opportunities/old'"));
  ASSERT_TRUE(migrated.ok()) << migrated.status.error_message();
  EXPECT_EQ(migrated.reply.process_revision(), 2);
  EXPECT_EQ(Move("old", "test").reply.probability(), 55);
}

TEST_F(Processes, ARetiredOneIsChosenNoMore) {
  ASSERT_TRUE(Call<ProcessDefinition>(
                  Of<UpdateProcessDefinitionRequest>(
                      "process_definition { name: 'processDefinitions/machines' retired: true } "
                      "update_mask { paths: 'retired' }"))
                  .ok());
  auto begun = Begin("press");
  EXPECT_EQ(begun.reply.process_definition(), "");
  EXPECT_EQ(begun.reply.stage(), "qualify");
}

}  // namespace
}  // namespace leadstream::testing
