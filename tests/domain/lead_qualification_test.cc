// When a lead is qualified, and what comes of it.
#include "tests/domain/lead_examples.h"

namespace leadstream::lead {
namespace {

TEST(QualifyingALead, NamesItsAccountContactAndOpportunity) {
  Story story = OpenLead();
  story.When(QualifyLead())
      .Then<LeadQualified>(R"pb(
        account: "accounts/anna"
        account_created: true
        contact: "contacts/anna"
        contact_created: true
        opportunity: "opportunities/anna"
        opportunity_created: true
        currency: "HUF"
        lead {
          name: "leads/anna"
          need: "annual plan"
          budget {
            amount { currency_code: "HUF" units: 5000000 }
            confirmed: true
          }
        }
      )pb")
      .ThenState(R"pb(
        state: QUALIFIED
        status: CONVERTED
        account: "accounts/anna"
        contact: "contacts/anna"
        opportunity: "opportunities/anna"
        opportunity_state: OPPORTUNITY_OPEN
        need: "annual plan"
        budget { confirmed: true }
        opened_opportunities: 1
      )pb");
  QualifyLeadResponse response;
  LeadAggregate()
      .FindCommand(QualifyLeadRequest::descriptor())
      ->answer(story.state<Lead>(), &response);
  EXPECT_EQ(response.lead().state(), Lead::QUALIFIED);
  EXPECT_EQ(response.account() + " " + response.contact() + " " + response.opportunity(),
            "accounts/anna contacts/anna opportunities/anna");
}

TEST(QualifyingALead, NamesAllThatIsMissing) {
  Story story = OpenLead();
  story.When(QualifyLeadRequest()).ThenRefused(LEAD_INTEREST_UNKNOWN);
  EXPECT_EQ(story.bad_fields(), "need,budget,currency");
  EXPECT_EQ(story.decision().refusal().code, absl::StatusCode::kFailedPrecondition);
}

TEST(QualifyingALead, NeedsInterestAndPurchasingPower) {
  OpenLead()
      .When(Of<QualifyLeadRequest>("budget { currency_code: 'HUF' units: 1 }"))
      .ThenRefused(LEAD_INTEREST_UNKNOWN);
  OpenLead()
      .When(Of<QualifyLeadRequest>("need: 'plan' currency: 'HUF'"))
      .ThenRefused(LEAD_BUDGET_UNKNOWN);
  OpenLead()
      .When(Of<QualifyLeadRequest>("need: 'plan' currency: 'HUF' decision_maker: ' '"))
      .ThenRefused(LEAD_BUDGET_UNKNOWN);
  OpenLead()
      .When(Of<QualifyLeadRequest>("need: 'plan' currency: 'HUF' decision_maker: 'Anna'"))
      .Then<LeadQualified>("lead { decision_maker: 'Anna' }");
}

TEST(QualifyingALead, TakesWhatIsKnownAlready) {
  const auto with_budget = [](const std::string& budget) {
    Story story = OpenLead("need: 'plan' budget { " + budget + " }");
    story.When(QualifyLeadRequest());
    return story;
  };
  with_budget("amount { currency_code: 'EUR' units: 10 } confirmed: true")
      .Then<LeadQualified>("currency: 'EUR'");
  with_budget("amount { currency_code: 'EUR' nanos: 10000000 } confirmed: true")
      .Then<LeadQualified>();
  with_budget("amount { currency_code: 'EUR' units: 10 }").ThenRefused(LEAD_BUDGET_UNKNOWN);
  with_budget("amount { currency_code: 'EUR' } confirmed: true").ThenRefused(LEAD_BUDGET_UNKNOWN);
  with_budget("confirmed: true").ThenRefused(LEAD_CURRENCY_UNKNOWN);
}

TEST(QualifyingALead, NeedsACurrencyOnlyForAnOpportunityToBeOpened) {
  const std::string known = "need: 'plan' decision_maker: 'Anna' ";
  OpenLead().When(Of<QualifyLeadRequest>(known)).ThenRefused(LEAD_CURRENCY_UNKNOWN);
  OpenLead()
      .When(Of<QualifyLeadRequest>(known + "opportunity { create: true }"))
      .ThenRefused(LEAD_CURRENCY_UNKNOWN);
  OpenLead()
      .When(Of<QualifyLeadRequest>(known + "opportunity { create: false }"))
      .Then<LeadQualified>()
      .ThenState(R"pb(
        opportunity: ""
        opportunity_state: OPPORTUNITY_STATE_UNSPECIFIED
        account: "accounts/anna"
      )pb");
  OpenLead().When(QualifyLead("currency: 'EUR'")).ThenRefused(LEAD_CURRENCY_CONFLICT);
}

TEST(QualifyingALead, MakesNoAccountOfAPersonAndNoContactOfACompany) {
  Story(LeadAggregate())
      .Given(Of<CreateLeadRequest>("lead { topic: 't' person { given_name: 'Anna' } }"))
      .When(QualifyLead())
      .Then<LeadQualified>(
          "account: '' account_created: false contact: 'contacts/test' contact_created: true");
  Story(LeadAggregate())
      .Given(Of<CreateLeadRequest>("lead { topic: 't' company: 'Malom' }"))
      .When(QualifyLead())
      .Then<LeadQualified>(
          "account: 'accounts/test' account_created: true contact: '' contact_created: false");
}

TEST(QualifyingALead, GoesIntoWhatExists) {
  OpenLead()
      .Knows("accounts/malom", Account())
      .Knows("contacts/anna-k", Of<Contact>("account: 'accounts/else'"))
      .Knows("opportunities/big", OpportunityThatIs(opportunity::v1::Opportunity::OPEN))
      .When(QualifyLead("account: 'accounts/malom' contact: 'contacts/anna-k' opportunity { "
                        "existing: 'opportunities/big' }"))
      .Then<LeadQualified>(R"pb(
        account: "accounts/malom"
        account_created: false
        contact: "contacts/anna-k"
        contact_created: false
        opportunity: "opportunities/big"
        opportunity_created: false
        currency: ""
      )pb");
}

TEST(QualifyingALead, BelongsToTheAccountOfItsContact) {
  OpenLead()
      .Knows("contacts/anna-k", Of<Contact>("account: 'accounts/malom'"))
      .When(QualifyLead("contact: 'contacts/anna-k'"))
      .Then<LeadQualified>("account: 'accounts/malom' account_created: false");
}

TEST(QualifyingALead, NeedsAnExistingOpportunityToBeOpen) {
  for (const auto state : {opportunity::v1::Opportunity::WON, opportunity::v1::Opportunity::LOST}) {
    OpenLead()
        .Knows("opportunities/big", OpportunityThatIs(state))
        .When(QualifyLead("opportunity { existing: 'opportunities/big' }"))
        .ThenRefused(LEAD_OPPORTUNITY_NOT_OPEN);
  }
}

TEST(QualifyingALead, AgainKeepsTheAccountAndOpensAnotherOpportunity) {
  QualifiedLead()
      .Given(Opportunity("LOST", 3))
      .Given(ReactivateLeadRequest())
      .When(QualifyLead())
      .Then<LeadQualified>(R"pb(
        account: "accounts/anna"
        account_created: false
        contact: "contacts/anna"
        contact_created: false
        opportunity: "opportunities/anna-2"
        opportunity_created: true
      )pb")
      .ThenState(
          "opportunity_state: OPPORTUNITY_OPEN opportunity_revision: 0 opened_opportunities: 2");
}

TEST(QualifyingALead, KeepsAnOpportunityThatWasReopenedMeanwhile) {
  const auto reopened = [](const char* state) {
    return LeadAfter(CreateLead(), QualifyLead(), Opportunity("LOST", 3), ReactivateLeadRequest(),
                     Opportunity(state, 4));
  };
  reopened("OPEN")
      .When(QualifyLead())
      .Then<LeadQualified>("opportunity: 'opportunities/anna' opportunity_created: false");
  reopened("WON")
      .When(QualifyLead())
      .ThenState(
          "state: QUALIFIED opportunity: 'opportunities/anna' opportunity_state: OPPORTUNITY_WON");
}

}  // namespace
}  // namespace leadstream::lead
