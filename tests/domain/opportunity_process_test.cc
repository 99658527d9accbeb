// Processes as data: which one an opportunity follows, what its stages require, and how it comes to
// follow another.
#include <gmock/gmock.h>

#include "services/opportunity/process.h"
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

using testing::Story;
using Names = std::vector<std::string>;

CreateProcessDefinitionRequest Define(const std::string& process) {
  return Of<CreateProcessDefinitionRequest>("process_definition { " + process + " }");
}
Story NoProcess() { return Story(ProcessAggregate()); }

ProcessDefinition Process(const std::string& text, int revision = 1) {
  auto process = Of<ProcessDefinition>(text);
  process.set_etag(std::to_string(revision));
  return process;
}

TEST(DefiningAProcess, KeepsItAsItIsSaid) {
  NoProcess()
      .When(Define(R"pb(
        labels { language: "en" text: "Machines" }
        labels { language: "hu" text: "Gépek" }
        stages { stage: "try" probability: 10 required_fields: "need" }
        stages {
          stage: "buy"
          probability: 90
          forecast_category: COMMITTED
          required_fields: "budget.units"
        }
        industries: "manufacturing"
        rank: 5)pb"))
      .Then<ProcessDefinitionCreated>()
      .ThenState(R"pb(
        stages { stage: "try" probability: 10 forecast_category: PIPELINE required_fields: "need" }
        stages { stage: "buy" probability: 90 forecast_category: COMMITTED }
        rank: 5)pb");
}

TEST(DefiningAProcess, NamesAllThatContradictsItself) {
  Story story = NoProcess();
  story.When(Define(R"pb(
    labels { language: "en" text: "a" }
    labels { language: "en" text: "b" }
    stages { stage: "s" probability: 101 forecast_category: CLOSED }
    stages {
      stage: "s"
      required_fields: "need"
      required_fields: "neeed"
      required_fields: "lines.net"
    })pb"));
  EXPECT_EQ(story.bad_fields(),
            "process_definition.labels[1].language,process_definition.stages[0].probability,"
            "process_definition.stages[0].forecast_category,process_definition.stages[1].stage,"
            "process_definition.stages[1].required_fields[1],"
            "process_definition.stages[1].required_fields[2]");
}

TEST(EditingAProcess, SaysWhatChanged) {
  NoProcess()
      .Given(Define("stages { stage: 'a' }"))
      .When(Of<UpdateProcessDefinitionRequest>(
          "process_definition { retired: true } update_mask { paths: 'retired' }"))
      .Then<ProcessDefinitionUpdated>(
          "process_definition { retired: true } update_mask { paths: 'retired' }")
      .ThenState("retired: true stages { stage: 'a' }");
}

// Each for other customers.
Story Known() {
  Story story = NoOpportunity();
  story.Knows("processDefinitions/all", Process("stages { stage: 'a' }", 4))
      .Knows("processDefinitions/machines",
             Process("industries: 'Manufacturing' stages { stage: 'm' } rank: 5"))
      .Knows("processDefinitions/private",
             Process("customer_types: 'consumer' stages { stage: 'p' } rank: 1"))
      .Knows("processDefinitions/past", Process("stages { stage: 'o' } rank: 99 retired: true"))
      .Knows("accounts/works", Of<lead::v1::Account>("industry: 'manufacturing'"));
  return story;
}

TEST(AnOpportunity, FollowsTheProcessThatIsForItsCustomer) {
  Known()
      .When(Create())
      .Then<OpportunityCreated>(
          R"pb(
            opportunity {
              process_definition: "processDefinitions/all"
              process_revision: 4
              stage: "a"
            })pb");
  Known()
      .When(Create("industry: 'MANUFACTURING'"))
      .Then<OpportunityCreated>(R"pb(
        opportunity {
          process_definition: "processDefinitions/machines"
          process_revision: 1
          stage: "m"
        })pb");
  auto of_works = Create();
  of_works.mutable_opportunity()->set_account("accounts/works");
  Known()
      .When(of_works)
      .Then<OpportunityCreated>(
          R"pb(
            opportunity {
              process_definition: "processDefinitions/machines"
              industry: "manufacturing"
            })pb");
  auto of_anna = Create("contact: 'contacts/anna'");
  of_anna.mutable_opportunity()->clear_account();
  Known().When(of_anna).Then<OpportunityCreated>(
      "opportunity { process_definition: 'processDefinitions/private' stage: 'p' }");
}

TEST(AnOpportunity, FollowsTheProcessThatIsNamed) {
  Known()
      .When(Create("process_definition: 'processDefinitions/private'"))
      .Then<OpportunityCreated>("opportunity { process_definition: 'processDefinitions/private' }");
}

TEST(AnOpportunity, FollowsTheDefaultProcessWhereNoneIsForIt) {
  NoOpportunity()
      .When(Create())
      .Then<OpportunityCreated>("opportunity { stage: 'qualify' }")
      .ThenState("process_definition: ''");
}

TEST(AStage, IsNotReachedBeforeWhatItRequiresIsKnown) {
  Story story = FollowingSale();
  story.When(MoveTo("close")).ThenRefused(OPPORTUNITY_STAGE_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "opportunity.need,opportunity.lines,opportunity.budget.units")
      << "also what a stage on the way requires";
  story.When(MoveTo("talk")).ThenRefused(OPPORTUNITY_STAGE_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "opportunity.need");
  story.Given(Update("need: 'forty seats'"))
      .When(MoveTo("talk"))
      .Then<OpportunityMovedToStage>("stage: 'talk' probability: 30 forecast_category: BEST_CASE");
}

TEST(AStage, IsRequiredOfWhatBeginsThereToo) {
  Story story = NoOpportunity();
  story.Knows("processDefinitions/sale", Sale())
      .When(Create("process_definition: 'processDefinitions/sale' stage: 'talk'"))
      .ThenRefused(OPPORTUNITY_STAGE_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "opportunity.need");
}

TEST(AnOpportunity, KeepsTheProcessAsItWasWhenItBegan) {
  Story story = FollowingSale();
  // Since then it has other stages.
  story.Knows("processDefinitions/sale", Process("stages { stage: 'new' }", 2));
  EXPECT_EQ(Needs(story.state<Opportunity>(), MoveTo("talk"), {}),
            (Names{"processDefinitions/sale@1"}));
  story.Given(Update("need: 'forty seats'")).When(MoveTo("talk")).Then<OpportunityMovedToStage>();
}

TEST(MigratingAnOpportunity, MakesItFollowTheProcessAsItIsNow) {
  Story story = FollowingSale();
  story.Knows("processDefinitions/sale",
              Process("stages { stage: 'new' probability: 44 } stages { stage: 'old' }", 2));
  story.When(Of<MigrateOpportunityRequest>()).ThenRefused(OPPORTUNITY_STAGE_UNKNOWN);
  EXPECT_EQ(story.bad_fields(), "stages");
  story.At("2026-03-09T09:00:00Z")
      .When(Of<MigrateOpportunityRequest>("stages { key: 'look' value: 'new' }"))
      .Then<OpportunityMigrated>(R"pb(
        process_definition: "processDefinitions/sale"
        process_revision: 2
        from_stage: "look"
        stage: "new"
        probability: 44)pb")
      .ThenState(
          "process_revision: 2 stage: 'new' probability: 44 stage_time { seconds: 1773046800 }");
}

TEST(MigratingAnOpportunity, MakesItFollowAnotherProcess) {
  Story story = OpenOpportunity();
  story.Knows("processDefinitions/sale", Sale())
      .When(Of<MigrateOpportunityRequest>(
          "process_definition: 'processDefinitions/sale' stages { key: 'qualify' value: 'look' }"))
      .Then<OpportunityMigrated>("process_revision: 1 stage: 'look'");
}

TEST(AField, IsFilledIfItSaysAnything) {
  const auto opportunity = Of<Opportunity>(R"pb(
    need: "seats"
    probability: 0
    budget { units: 0 }
    lines {})pb");
  EXPECT_TRUE(IsFilled(opportunity, "need"));
  EXPECT_FALSE(IsFilled(opportunity, "pain"));
  EXPECT_TRUE(IsFilled(opportunity, "probability")) << "it was given";
  EXPECT_TRUE(IsFilled(opportunity, "budget"));
  EXPECT_FALSE(IsFilled(opportunity, "budget.units"));
  EXPECT_TRUE(IsFilled(opportunity, "lines"));
  EXPECT_FALSE(IsFilled(opportunity, "budget_confirmed"));
  EXPECT_FALSE(IsFilled(opportunity, "nothing"));
}

}  // namespace
}  // namespace leadstream::opportunity
