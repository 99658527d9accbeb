// What the lead service does when something happens, here or to opportunities.
#include <absl/strings/str_cat.h>

#include <set>

#include "leadstream/opportunity/v1/events.pb.h"
#include "tests/domain/lead_reacting.h"

namespace leadstream::lead {
namespace {

const Message& EventOf(const Story& story) { return story.decision().event(); }

TEST(AQualifiedLead, GetsItsAccountAndContact) {
  const auto issued =
      ReactionsTo(EventOf(OpenLead("website: 'malom.example' owner: 'bela'").When(QualifyLead())));
  ASSERT_EQ(Names(issued), "account-of-qualified-lead contact-of-qualified-lead");
  Story(AccountAggregate())
      .Named("accounts/anna")
      .Knows("leads/anna", Lead())
      .When(*issued[0].request)
      .Then<AccountCreated>()
      .ThenState(R"pb(
        name: "accounts/anna"
        display_name: "Malom Kft."
        website: "malom.example"
        address { country: "HU" }
        currency: "HUF"
        owner: "bela"
        lead: "leads/anna"
      )pb");
  EXPECT_EQ(dynamic_cast<const CreateAccountRequest&>(*issued[0].request).account_id(), "anna");
  EXPECT_EQ(dynamic_cast<const CreateAccountRequest&>(*issued[0].request).account().emails_size(),
            0)
      << "the e-mail is the person's";
  Story(ContactAggregate())
      .Named("contacts/anna")
      .Knows("leads/anna", Lead())
      .When(*issued[1].request)
      .Then<ContactCreated>()
      .ThenState(R"pb(
        name: "contacts/anna"
        account: "accounts/anna"
        person { family_name: "Kovács" }
        emails: "Anna@Malom.example"
        owner: "bela"
        lead: "leads/anna"
      )pb");
}

TEST(AQualifiedLead, FillsWhatExisted) {
  const auto issued = ReactionsTo(
      EventOf(OpenLead()
                  .Knows("accounts/malom", Account())
                  .Knows("contacts/anna-k", Contact())
                  .When(QualifyLead("account: 'accounts/malom' contact: 'contacts/anna-k'"))));
  ASSERT_EQ(Names(issued), "fill-account-of-qualified-lead fill-contact-of-qualified-lead");
  const auto& account = dynamic_cast<const FillAccountRequest&>(*issued[0].request);
  EXPECT_EQ(account.name() + " " + account.lead() + " " + account.account().display_name(),
            "accounts/malom leads/anna Malom Kft.");
  const auto& contact = dynamic_cast<const FillContactRequest&>(*issued[1].request);
  EXPECT_EQ(contact.name() + " " + contact.lead() + " " + contact.contact().account(),
            "contacts/anna-k leads/anna accounts/malom");
}

TEST(AQualifiedLead, GivesTheCompanyAllIfNoPersonIsKnown) {
  const auto issued = ReactionsTo(
      EventOf(Story(LeadAggregate())
                  .Given(Of<CreateLeadRequest>(
                      "lead { topic: 't' company: 'Malom' phones { number: '+36 20 400 0000' } }"))
                  .When(QualifyLead())));
  ASSERT_EQ(Names(issued), "account-of-qualified-lead");
  EXPECT_EQ(
      dynamic_cast<const CreateAccountRequest&>(*issued[0].request).account().phones(0).e164(),
      "+36204000000");
}

TEST(AMergedLead, IsAbsorbedByTheOther) {
  const auto issued = ReactionsTo(EventOf(OpenLead().When(MergeInto("leads/other"))));
  ASSERT_EQ(Names(issued), "absorb-merged-lead");
  Story(LeadAggregate())
      .Named("leads/other")
      .Given(Of<CreateLeadRequest>("lead { topic: 'seats' company: 'Malom' }"))
      .When(*issued[0].request)
      .Then<LeadAbsorbed>("source: 'leads/anna'")
      .ThenState(
          "topic: 'seats' person { given_name: 'Anna' } source: WEB merged_leads: 'leads/anna'");
}

TEST(AnAbsorbedLead, IsPassedOnIfItsSurvivorIsNone) {
  EXPECT_EQ(Names(ReactionsTo(Of<LeadAbsorbed>("source: 'leads/a'"))), "");
  const auto issued = ReactionsTo(
      Of<LeadAbsorbed>("source: 'leads/a' pass_on_to: 'leads/c' merged { need: 'plan' }"));
  ASSERT_EQ(Names(issued), "pass-on-absorbed-lead");
  const auto& absorb = dynamic_cast<const AbsorbLeadRequest&>(*issued[0].request);
  EXPECT_EQ(absorb.name() + " " + absorb.source() + " " + absorb.lead().need(),
            "leads/c leads/a plan");
}

std::string Recorded(const Message& event,
                     const std::string& record = "subject: 'opportunities/big' revision: 4") {
  const auto issued = ReactionsTo(event, record);
  if (issued.empty()) return "";
  const auto& told = dynamic_cast<const RecordOpportunityStateRequest&>(*issued[0].request);
  return absl::StrCat(told.name(), " ", told.opportunity(), " ",
                      Lead::OpportunityState_Name(told.opportunity_state()), " ",
                      told.opportunity_revision());
}

TEST(AnOpportunity, TellsTheLeadThatItComesFrom) {
  using namespace opportunity::v1;  // NOLINT(google-build-using-namespace)
  const std::string lead = "lead: 'leads/anna'";
  EXPECT_EQ(Recorded(Of<OpportunityWon>(lead)), "leads/anna opportunities/big OPPORTUNITY_WON 4");
  EXPECT_EQ(Recorded(Of<OpportunityLost>(lead)), "leads/anna opportunities/big OPPORTUNITY_LOST 4");
  EXPECT_EQ(Recorded(Of<OpportunityReopened>(lead)),
            "leads/anna opportunities/big OPPORTUNITY_OPEN 4");
  EXPECT_EQ(Recorded(Of<OpportunityLeadLinked>(lead)),
            "leads/anna opportunities/big OPPORTUNITY_OPEN 4");
  EXPECT_EQ(Recorded(Of<OpportunityLeadLinked>(lead + " state: WON")),
            "leads/anna opportunities/big OPPORTUNITY_WON 4")
      << "a lead was qualified into what was won already";
  EXPECT_EQ(Recorded(Of<OpportunityCreated>("opportunity { lead: 'leads/anna' }")),
            "leads/anna opportunities/big OPPORTUNITY_OPEN 4");
  EXPECT_EQ(Recorded(Of<OpportunityCreated>("opportunity { lead: 'leads/anna' }"),
                     "subject: 'opportunities/anna' causation_id: 'e1'"),
            "")
      << "opened by the qualification, so known";
  EXPECT_EQ(Recorded(OpportunityWon()), "") << "it comes from no lead";
}

TEST(LeadService, HasReactionsWithNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const auto& reaction : LeadService().reactions)
    EXPECT_TRUE(names.insert(reaction.name).second) << reaction.name;
}

}  // namespace
}  // namespace leadstream::lead
