// Opening, editing, stages, waiting; and which command is taken in which state.
#include "services/opportunity/opportunity_rules.h"

#include <memory>

#include "services/opportunity/process.h"
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

using google::protobuf::Message;

// The command table of the contract. Records and links are facts of other services: they are taken
// in every state.
struct Row {
  std::shared_ptr<Message> command;
  bool when_open, when_won, when_lost;
};

template <typename Request>
Row Taken(Request request, bool when_open, bool when_won, bool when_lost) {
  return {std::make_shared<Request>(std::move(request)), when_open, when_won, when_lost};
}

std::vector<Row> StateTable() {
  const bool yes = true, no = false;
  return {
      Taken(Update("need: 'desks'"), yes, no, no),
      Taken(Of<AddOpportunityLinesRequest>("lines { description: 'x' quantity { value: '1' } }"),
            yes, no, no),
      Taken(Of<UpdateOpportunityLineRequest>("line { line_id: '1' unit: 'pcs' }"), yes, no, no),
      Taken(Of<RemoveOpportunityLineRequest>("line_id: '1'"), yes, no, no),
      Taken(MoveTo("propose"), yes, no, no),
      Taken(Of<MigrateOpportunityRequest>("process_definition: 'processDefinitions/sale' stages { "
                                          "key: 'qualify' value: 'look' }"),
            yes, no, no),
      Taken(Of<HoldOpportunityRequest>(), yes, no, no),
      Taken(Of<ResumeOpportunityRequest>(), no, no, no),  // it is not on hold
      Taken(Of<AddStakeholderRequest>("stakeholder { contact: 'contacts/bela' role: CHAMPION }"),
            yes, no, no),
      Taken(Of<RemoveStakeholderRequest>("contact: 'contacts/anna'"), yes, no, no),
      Taken(Of<AddCompetitorRequest>("competitor { display_name: 'Globex' }"), yes, no, no),
      Taken(Of<RemoveCompetitorRequest>("display_name: 'Initech'"), yes, no, no),
      Taken(Of<WinOpportunityRequest>(), yes, no, no),
      Taken(Lose(), yes, no, no),
      Taken(Of<ReopenOpportunityRequest>(), no, yes, yes),
      Taken(Of<LinkLeadRequest>("lead: 'leads/anna'"), yes, yes, yes),
      Taken(QuoteIs("ACTIVE"), yes, yes, yes),
      Taken(QuoteAccepted(100), yes, yes, yes),
      Taken(OrderIs(false), yes, yes, yes),
  };
}

testing::Story Furnished() {
  testing::Story story =
      OpenOpportunity(std::string(kDesksAndChairs) +
                      "stakeholders { contact: 'contacts/anna' role: CHAMPION } competitors { "
                      "display_name: 'Initech' }");
  story.Knows("processDefinitions/sale", Sale());
  return story;
}

TEST(OpportunityStates, AllowWhatTheTableSays) {
  for (const Row& row : StateTable()) {
    const std::string name = row.command->GetDescriptor()->name();
    EXPECT_EQ(Furnished().When(*row.command).decision().accepted(), row.when_open)
        << name << " when open";
    EXPECT_EQ(
        Furnished().Given(Of<WinOpportunityRequest>()).When(*row.command).decision().accepted(),
        row.when_won)
        << name << " when won";
    EXPECT_EQ(Furnished().Given(Lose()).When(*row.command).decision().accepted(), row.when_lost)
        << name << " when lost";
  }
}

TEST(OpportunityStates, HaveARowForEveryCommand) {
  size_t creating = 1;
  EXPECT_EQ(StateTable().size() + creating, OpportunityAggregate().commands().size());
}

TEST(OpeningAnOpportunity, BeginsAtTheFirstStage) {
  NoOpportunity().When(Create()).Then<OpportunityCreated>().ThenState(R"pb(
    name: "opportunities/seats"
    state: OPEN
    status: IN_PROGRESS
    display_name: "Forty seats"
    account: "accounts/acme"
    currency: "EUR"
    revenue_method: USER_PROVIDED
    stage: "qualify"
    probability: 20
    forecast_category: PIPELINE
    stage_time { seconds: 1772442000 }
  )pb");
}

TEST(OpeningAnOpportunity, TakesWhatIsGivenOverWhatTheStageSays) {
  NoOpportunity()
      .When(Create("stage: 'propose' probability: 0 forecast_category: OMITTED estimated_revenue { "
                   "currency_code: 'EUR' units: 7 }"))
      .ThenState(R"pb(stage: "propose"
                      probability: 0
                      forecast_category: OMITTED
                      revenue_method: USER_PROVIDED
                      estimated_revenue { currency_code: "EUR" units: 7 })pb");
}

TEST(OpeningAnOpportunity, NeedsWhatItRefersToButWhatIsMadeOfItsLead) {
  const auto needs = [](const std::string& fields) {
    std::vector<std::string> names =
        Needs(Of<CreateOpportunityRequest>("opportunity { " + fields + " }"));
    EXPECT_EQ(names.back(), "processDefinitions/-") << "one is chosen";
    names.pop_back();
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(needs("account: 'accounts/acme' contact: 'contacts/anna'"),
            (Names{"accounts/acme", "contacts/anna"}));
  EXPECT_EQ(needs("lead: 'leads/anna' account: 'accounts/anna' contact: 'contacts/anna'"),
            (Names{"leads/anna"}));
  EXPECT_EQ(needs("lead: 'leads/anna' account: 'accounts/acme' contact: 'contacts/anna'"),
            (Names{"leads/anna", "accounts/acme"}));
  EXPECT_EQ(needs(""), Names());
}

TEST(OpeningAnOpportunity, NamesEveryBadFieldAtOnce) {
  testing::Story story = NoOpportunity();
  auto mine = Sale();
  mine.set_retired(true);
  story.Knows("processDefinitions/mine", mine)
      .When(Of<CreateOpportunityRequest>(R"pb(
        opportunity {
          currency: "EUR"
          estimated_revenue { currency_code: "HUF" units: 1 }
          budget { currency_code: "USD" units: 1 }
          probability: 101
          forecast_category: CLOSED
          process_definition: "processDefinitions/mine"
          stage: "dream"
          competitors { display_name: "Initech" }
          competitors { display_name: "Initech" }
          lines { quantity { value: "1" } }
        }
      )pb"))
      .ThenRefused(OPPORTUNITY_CUSTOMER_MISSING);
  EXPECT_EQ(story.bad_fields(),
            "opportunity.account,opportunity.contact,opportunity.estimated_revenue,opportunity."
            "budget,opportunity.probability,"
            "opportunity.forecast_category,opportunity.process_definition,opportunity.stage,"
            "opportunity.competitors[1],"
            "opportunity.lines[0].description");
}

TEST(EditingAnOpportunity, SaysWhatChangedAndNothingElse) {
  OpenOpportunity("need: 'desks' pain: 'backs'")
      .When(Update("need: 'chairs' owner: 'anna'", {"need", "pain", "owner"}))
      .Then<OpportunityUpdated>(
          R"pb(opportunity { need: "chairs" owner: "anna" }
               update_mask { paths: "owner" paths: "need" paths: "pain" })pb")
      .ThenState(R"pb(need: "chairs" pain: "" owner: "anna" display_name: "Forty seats")pb");
}

TEST(EditingAnOpportunity, TakesItBackAsItWasRead) {
  testing::Story story = Furnished();
  UpdateOpportunityRequest request;
  *request.mutable_opportunity() = story.state<Opportunity>();
  request.mutable_opportunity()->set_owner("bela");
  // As it comes past the gate: without what only the server writes.
  for (auto& line : *request.mutable_opportunity()->mutable_lines()) {
    line.clear_base();
    line.clear_net();
  }
  story.When(request).Then<OpportunityUpdated>(R"pb(opportunity { owner: "bela" }
                                                    update_mask { paths: "owner" })pb");
}

TEST(EditingAnOpportunity, TakesTheStagesForecastAgainWhenItsOwnIsCleared) {
  OpenOpportunity("probability: 90 forecast_category: COMMITTED")
      .When(Update("", {"probability", "forecast_category"}))
      .ThenState("probability: 20 forecast_category: PIPELINE");
}

TEST(EditingAnOpportunity, ChangesTheCurrencyOnlyWithAllAmounts) {
  testing::Story story = OpenOpportunity("budget { currency_code: 'EUR' units: 5 }");
  story.When(Update("currency: 'HUF'")).ThenRefused(OPPORTUNITY_CURRENCY_MISMATCH);
  EXPECT_EQ(story.bad_fields(), "opportunity.budget");
  story.When(Update("currency: 'HUF' budget { currency_code: 'HUF' units: 5000 }"))
      .ThenState("currency: 'HUF' budget { currency_code: 'HUF' }");
}

TEST(EditingAnOpportunity, NeedsOnlyTheCustomersItNames) {
  using Names = std::vector<std::string>;
  const Opportunity state;
  EXPECT_EQ(
      Needs(state, Update("account: 'accounts/acme' contact: 'contacts/anna'", {"contact"}), {}),
      (Names{"contacts/anna"}));
  EXPECT_EQ(Needs(state, Update("account: 'accounts/acme' contact: 'contacts/anna'"), {}),
            (Names{"accounts/acme", "contacts/anna"}));
}

TEST(Stages, GiveTheirProbabilityAndForecastCategory) {
  for (const ProcessStage& stage : DefaultProcess().stages()) {
    testing::Story story = OpenOpportunity("probability: 7");
    story.At("2026-03-09T09:00:00Z").When(MoveTo(stage.stage()));
    EXPECT_EQ(story.state<Opportunity>().stage(), stage.stage());
    EXPECT_EQ(story.state<Opportunity>().probability(), stage.probability());
    EXPECT_EQ(story.state<Opportunity>().forecast_category(), stage.forecast_category());
  }
}

TEST(Stages, RememberSinceWhen) {
  OpenOpportunity()
      .At("2026-03-09T09:00:00Z")
      .When(MoveTo("develop"))
      .Then<OpportunityMovedToStage>(R"pb(from_stage: "qualify" stage: "develop")pb")
      .ThenState("stage_time { seconds: 1773046800 }")
      .At("2026-03-10T09:00:00Z")
      .When(MoveTo("develop"))  // it stays where it is
      .ThenState("stage_time { seconds: 1773046800 }");
}

TEST(Waiting, EndsByTakingItUpAgain) {
  OpenOpportunity()
      .When(Of<HoldOpportunityRequest>(
          "note: 'no budget before July' until { year: 2026 month: 7 day: 1 }"))
      .Then<OpportunityHeld>()
      .ThenState(R"pb(state: OPEN
                      status: ON_HOLD
                      hold_note: "no budget before July"
                      hold_until { year: 2026 month: 7 day: 1 })pb")
      .When(Of<HoldOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_ON_HOLD)
      .When(Update("need: 'desks'"))
      .Then<OpportunityUpdated>()
      .When(Of<ResumeOpportunityRequest>())
      .Then<OpportunityResumed>()
      .ThenState(R"pb(status: IN_PROGRESS hold_note: "")pb")
      .When(Of<ResumeOpportunityRequest>())
      .ThenRefused(OPPORTUNITY_NOT_ON_HOLD);
}

TEST(Stakeholders, AreOneEntryPerContact) {
  OpenOpportunity()
      .When(Of<AddStakeholderRequest>("stakeholder { contact: 'contacts/anna' role: INFLUENCER }"))
      .Then<StakeholderAdded>()
      .When(Of<AddStakeholderRequest>("stakeholder { contact: 'contacts/bela' role: BLOCKER }"))
      .When(Of<AddStakeholderRequest>(
          "stakeholder { contact: 'contacts/anna' role: CHAMPION note: 'wants it in May' }"))
      .ThenState(
          R"pb(stakeholders { contact: "contacts/anna" role: CHAMPION note: "wants it in May" }
               stakeholders { contact: "contacts/bela" role: BLOCKER })pb")
      .When(Of<RemoveStakeholderRequest>("contact: 'contacts/anna'"))
      .Then<StakeholderRemoved>()
      .ThenState(R"pb(stakeholders { contact: "contacts/bela" })pb");
}

TEST(Competitors, AreOneEntryPerName) {
  OpenOpportunity()
      .When(Of<AddCompetitorRequest>("competitor { display_name: 'Initech' }"))
      .Then<CompetitorAdded>()
      .When(Of<AddCompetitorRequest>("competitor { display_name: 'Initech' weaknesses: 'late' }"))
      .ThenState(R"pb(competitors { display_name: "Initech" weaknesses: "late" })pb")
      .When(Of<RemoveCompetitorRequest>("display_name: 'Initech'"))
      .Then<CompetitorRemoved>();
}

TEST(Leads, TheFirstIsTheOriginatingOne) {
  OpenOpportunity()
      .When(Of<LinkLeadRequest>("lead: 'leads/anna'"))
      .Then<OpportunityLeadLinked>("state: OPEN")
      .ThenState("lead: 'leads/anna'")
      .When(Of<LinkLeadRequest>("lead: 'leads/bela'"))
      .When(Of<LinkLeadRequest>("lead: 'leads/bela'"))
      .When(Of<LinkLeadRequest>("lead: 'leads/anna'"))
      .ThenState("lead: 'leads/anna' further_leads: 'leads/bela'");
}

}  // namespace
}  // namespace leadstream::opportunity
