// What may happen to a lead, beside being qualified.
#include "services/lead/lead_rules.h"

#include <functional>
#include <memory>

#include "tests/domain/lead_examples.h"

namespace leadstream::lead {
namespace {

// The whole state machine: every command in every state, and where it leads.
struct Row {
  const char* command;
  std::shared_ptr<google::protobuf::Message> request;
  // In OPEN, QUALIFIED and DISQUALIFIED: the state and status after it, or the reason why not.
  std::string open, qualified, disqualified;
};

template <typename Request>
std::shared_ptr<Request> Asking(Request request) {
  return std::make_shared<Request>(std::move(request));
}

std::vector<Row> Table() {
  const std::string no = "LEAD_NOT_OPEN";
  return {
      {"UpdateLead", Asking(UpdateLead("need: 'plan'")), "OPEN NEW", no, no},
      {"MarkLeadContacted", Asking(MarkLeadContactedRequest()), "OPEN CONTACTED", no, no},
      {"AssignLead", Asking(AssignTo("bela")), "OPEN NEW", no, no},
      {"ScoreLead", Asking(ScoreLeadRequest()), "OPEN NEW", no, no},
      {"QualifyLead", Asking(QualifyLead()), "QUALIFIED CONVERTED", no, no},
      {"DisqualifyLead LOST", Asking(DisqualifyLead("LOST")), "DISQUALIFIED LOST", no, no},
      {"DisqualifyLead CANNOT_CONTACT", Asking(DisqualifyLead("CANNOT_CONTACT")),
       "DISQUALIFIED CANNOT_CONTACT", no, no},
      {"DisqualifyLead NO_LONGER_INTERESTED", Asking(DisqualifyLead("NO_LONGER_INTERESTED")),
       "DISQUALIFIED NO_LONGER_INTERESTED", no, no},
      {"DisqualifyLead CANCELED", Asking(DisqualifyLead("CANCELED")), "DISQUALIFIED CANCELED", no,
       no},
      {"DisqualifyLead DUPLICATE", Asking(DisqualifyLead("DUPLICATE")), "DISQUALIFIED DUPLICATE",
       no, no},
      {"ReactivateLead", Asking(ReactivateLeadRequest()), "LEAD_ALREADY_OPEN", "OPEN NEW",
       "OPEN NEW"},
      {"MergeLeads", Asking(MergeInto("leads/other")), "DISQUALIFIED DUPLICATE", no, no},
      {"AbsorbLead", Asking(Of<AbsorbLeadRequest>("source: 'leads/other' lead {}")), "OPEN NEW",
       "QUALIFIED CONVERTED", "DISQUALIFIED LOST"},
      {"RecordOpportunityState", Asking(Opportunity("LOST", 9)), "OPEN NEW", "QUALIFIED CONVERTED",
       "DISQUALIFIED LOST"},
  };
}

std::string Outcome(Story story, const google::protobuf::Message& request) {
  story.When(request);
  if (!story.decision().accepted()) return story.decision().refusal().reason;
  const auto& lead = story.state<Lead>();
  return Lead::State_Name(lead.state()) + " " + Lead::Status_Name(lead.status());
}

TEST(LeadStates, EveryCommandInEveryState) {
  for (const Row& row : Table()) {
    SCOPED_TRACE(row.command);
    EXPECT_EQ(Outcome(OpenLead(), *row.request), row.open);
    EXPECT_EQ(Outcome(LeadAfter(CreateLead(), QualifyLead(), Opportunity("LOST", 5)), *row.request),
              row.qualified);
    EXPECT_EQ(Outcome(DisqualifiedLead(), *row.request), row.disqualified);
  }
}

TEST(LeadStates, TheTableHasEveryCommand) {
  const auto aggregate = LeadAggregate();
  for (const auto& [type, command] : aggregate.commands()) {
    if (command.creates) continue;
    bool found = false;
    for (const Row& row : Table()) found = found || row.request->GetDescriptor() == type;
    EXPECT_TRUE(found) << type->full_name();
  }
}

TEST(CreatingALead, MakesItOpenAndNew) {
  NoLead().When(CreateLead()).Then<LeadCreated>().ThenState(R"pb(
    name: "leads/anna"
    state: OPEN
    status: NEW
    topic: "40 seats"
    emails: "Anna@Malom.example"
    source: WEB
  )pb");
}

TEST(CreatingALead, IgnoresANameAndAnEtagInTheLead) {
  NoLead()
      .When(CreateLead("name: 'leads/else' etag: '7'"))
      .Then<LeadCreated>()
      .ThenState(R"pb(name: "leads/anna" etag: "1")pb");
}

TEST(CreatingALead, NamesEverythingThatIsMissing) {
  Story story = NoLead();
  story.When(Of<CreateLeadRequest>("lead { topic: '  ' person { job_title: 'CEO' } }"))
      .ThenRefused(LEAD_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "lead.topic,lead.person,lead.company,lead.emails");
  EXPECT_EQ(story.decision().refusal().code, absl::StatusCode::kInvalidArgument);
}

TEST(CreatingALead, IsContentWithANameOrACompanyOrAnAddress) {
  for (const char* who : {"person { family_name: 'Kovács' }", "person { given_name: 'Anna' }",
                          "company: 'Malom'", "emails: 'a@b.example'"}) {
    NoLead()
        .When(Of<CreateLeadRequest>("lead { topic: 't' " + std::string(who) + " }"))
        .Then<LeadCreated>();
  }
}

TEST(CreatingALead, KeepsPhonesAsTypedAndUnderstood) {
  NoLead()
      .When(CreateLead("phones { number: '06 20 400 0000' } phones { number: 'call me' } phones { "
                       "number: '+44 20 7946 0000' }"))
      .ThenState(R"pb(
        phones { number: "06 20 400 0000" e164: "+36204000000" }
        phones { number: "call me" unverified: true }
        phones { number: "+44 20 7946 0000" e164: "+442079460000" }
      )pb");
}

TEST(UpdatingALead, SaysWhatChanged) {
  OpenLead()
      .When(UpdateLead("need: 'plan' topic: '40 seats'"))
      .Then<LeadUpdated>(R"pb(lead { need: "plan" }
                              update_mask { paths: "need" })pb")
      .ThenState(R"pb(need: "plan" company: "Malom Kft.")pb");
}

TEST(UpdatingALead, NeverLeavesItIncomplete) {
  Story story = OpenLead();
  story.When(UpdateLead("", "topic")).ThenRefused(LEAD_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "lead.topic");
  OpenLead().When(UpdateLead("", "*")).ThenRefused(LEAD_INCOMPLETE);
}

TEST(UpdatingALead, UnderstandsANumberOnceTheCountryIsKnown) {
  NoLead()
      .Given(Of<CreateLeadRequest>(
          "lead { topic: 't' company: 'c' phones { number: '06 20 400 0000' } }"))
      .ThenState("phones { unverified: true }")
      .When(UpdateLead("address { country: 'HU' }"))
      .Then<LeadUpdated>(R"pb(update_mask { paths: "phones" paths: "address" })pb")
      .ThenState(
          R"pb(phones { number: "06 20 400 0000" e164: "+36204000000" unverified: false })pb");
}

TEST(UpdatingALead, UnderstandsARetypedNumberAnew) {
  OpenLead("phones { number: '06 20 400 0000' }")
      .When(UpdateLead("phones { number: '06 20 400 1111' e164: '+36204000000' }"))
      .ThenState(R"pb(phones { number: "06 20 400 1111" e164: "+36204001111" })pb")
      .When(UpdateLead("phones { number: 'the new one' e164: '+36204002222' }"))
      .ThenState(R"pb(phones { number: "the new one" e164: "+36204002222" unverified: false })pb");
}

TEST(ContactingALead, KeepsTheLatestTime) {
  OpenLead()
      .At("2026-03-05T10:00:00Z")
      .When(MarkLeadContactedRequest())
      .Then<LeadContacted>()
      .When(Of<MarkLeadContactedRequest>("contact_time { seconds: 1000 } note: 'voice mail'"))
      .Then<LeadContacted>(R"pb(contact_time { seconds: 1000 }
                                note: "voice mail")pb")
      .ThenState("status: CONTACTED contact_time { seconds: 1772704800 }")
      .When(Of<MarkLeadContactedRequest>("contact_time { seconds: 1772704801 }"))
      .ThenRefused(LEAD_CONTACT_TIME_IN_FUTURE);
}

TEST(AssigningALead, RemembersWhoHadIt) {
  OpenLead()
      .Given(AssignTo("anna"))
      .When(AssignTo("bela"))
      .Then<LeadAssigned>(R"pb(owner: "bela" previous_owner: "anna")pb")
      .ThenState("owner: 'bela'");
}

TEST(DisqualifyingALead, RefusesWhatIsNoReason) {
  for (const char* reason : {"NEW", "CONTACTED", "CONVERTED", "STATUS_UNSPECIFIED"}) {
    OpenLead().When(DisqualifyLead(reason)).ThenRefused(LEAD_DISQUALIFICATION_REASON_INVALID);
  }
}

TEST(DisqualifyingALead, IsRefusedWhileAnOpportunityExists) {
  OpenLead().Given(Opportunity("OPEN", 1)).When(DisqualifyLead()).ThenRefused(LEAD_HAS_OPPORTUNITY);
  OpenLead().Given(Opportunity("WON", 2)).When(DisqualifyLead()).ThenRefused(LEAD_HAS_OPPORTUNITY);
  OpenLead()
      .Given(Opportunity("LOST", 2))
      .When(DisqualifyLead())
      .Then<LeadDisqualified>("status: LOST");
}

TEST(ReactivatingALead, IsRefusedWhileItsOpportunityIsOpenOrWon) {
  QualifiedLead().When(ReactivateLeadRequest()).ThenRefused(LEAD_HAS_OPPORTUNITY);
  QualifiedLead()
      .Given(Opportunity("WON", 2))
      .When(ReactivateLeadRequest())
      .ThenRefused(LEAD_HAS_OPPORTUNITY);
  QualifiedLead()
      .Given(Opportunity("LOST", 2))
      .When(ReactivateLeadRequest())
      .Then<LeadReactivated>()
      .ThenState("state: OPEN status: NEW");
}

TEST(ReactivatingALead, ReadsAnOpportunityOfAnotherLead) {
  const auto shared = [](auto state) {
    Story story = OpenLead();
    story.Knows("opportunities/shared", OpportunityThatIs(opportunity::v1::Opportunity::OPEN))
        .Given(QualifyLead("opportunity { existing: 'opportunities/shared' }"))
        .Knows("opportunities/shared", OpportunityThatIs(state));
    return story;
  };
  const auto naming_it = Of<ReactivateLeadRequest>("opportunity: 'opportunities/shared'");
  shared(opportunity::v1::Opportunity::LOST)
      .When(ReactivateLeadRequest())
      .ThenRefused(LEAD_HAS_OPPORTUNITY);
  shared(opportunity::v1::Opportunity::OPEN).When(naming_it).ThenRefused(LEAD_HAS_OPPORTUNITY);
  shared(opportunity::v1::Opportunity::WON).When(naming_it).ThenRefused(LEAD_HAS_OPPORTUNITY);
  shared(opportunity::v1::Opportunity::LOST)
      .When(naming_it)
      .Then<LeadReactivated>("opportunity_state: OPPORTUNITY_LOST");
}

TEST(ReactivatingALead, ForgetsWhyItWasGivenUp) {
  OpenLead()
      .Given(Of<DisqualifyLeadRequest>("reason: CANCELED note: 'spam'"))
      .When(ReactivateLeadRequest())
      .Then<LeadReactivated>()
      .ThenState(R"pb(
        state: OPEN status: NEW disqualification_note: ""
      )pb");
}

TEST(MergingLeads, KeepsTheMergedLeadInTheEvent) {
  OpenLead()
      .When(MergeInto("leads/other"))
      .Then<LeadMerged>(R"pb(into: "leads/other"
                             lead { name: "leads/anna" topic: "40 seats" })pb")
      .ThenState(R"pb(state: DISQUALIFIED status: DUPLICATE merged_into: "leads/other")pb");
}

TEST(MergingLeads, NeedsAnotherLeadThatLivesOn) {
  OpenLead()
      .Knows("leads/anna", Lead())
      .When(MergeInto("leads/anna"))
      .ThenRefused(LEAD_MERGED_INTO_ITSELF);
  OpenLead()
      .Knows("leads/gone", Of<Lead>("state: DISQUALIFIED"))
      .When(MergeInto("leads/gone"))
      .ThenRefused(LEAD_SURVIVOR_DISQUALIFIED);
  OpenLead()
      .Given(Opportunity("OPEN", 1))
      .When(MergeInto("leads/other"))
      .ThenRefused(LEAD_HAS_OPPORTUNITY);
  OpenLead()
      .Knows("leads/customer", Of<Lead>("state: QUALIFIED"))
      .When(MergeInto("leads/customer"))
      .Then<LeadMerged>();
}

TEST(AbsorbingALead, TakesOnlyWhatIsLacking) {
  OpenLead()
      .When(Of<AbsorbLeadRequest>(R"pb(
        source: "leads/b"
        lead {
          name: "leads/b"
          state: DISQUALIFIED
          topic: "other"
          need: "plan"
          company: "Else"
          emails: "ANNA@malom.example"
          emails: "private@anna.example"
          phones { number: "1" }
          person { given_name: "anna" family_name: "Kovacs" job_title: "CEO" }
          consents { do_not_call: true }
        })pb"))
      .Then<LeadAbsorbed>(R"pb(source: "leads/b"
                               update_mask {
                                 paths: "person"
                                 paths: "emails"
                                 paths: "phones"
                                 paths: "need"
                                 paths: "consents"
                               })pb")
      .ThenState(R"pb(
        name: "leads/anna"
        state: OPEN
        topic: "40 seats"
        need: "plan"
        company: "Malom Kft."
        emails: "Anna@Malom.example"
        emails: "private@anna.example"
        phones { number: "1" }
        person { given_name: "Anna" family_name: "Kovács" job_title: "CEO" }
        consents { do_not_call: true }
        merged_leads: "leads/b"
      )pb");
}

TEST(AbsorbingALead, NeverMixesTwoPersons) {
  NoLead()
      .Given(Of<CreateLeadRequest>("lead { topic: 't' person { given_name: 'Anna' } }"))
      .When(Of<AbsorbLeadRequest>(
          "source: 'leads/b' lead { person { given_name: 'Peter' family_name: 'Nagy' } }"))
      .ThenState("person { given_name: 'Anna' family_name: '' }")
      .When(Of<AbsorbLeadRequest>("source: 'leads/c' lead { person { family_name: 'Nagy' } }"))
      .ThenState("person { given_name: 'Anna' family_name: '' }")
      .When(Of<AbsorbLeadRequest>(
          "source: 'leads/d' lead { person { given_name: 'ANNA' family_name: 'Kiss' } }"))
      .ThenState("person { given_name: 'Anna' family_name: 'Kiss' }");
}

TEST(AbsorbingALead, TwiceChangesNothing) {
  const auto absorb = Of<AbsorbLeadRequest>("source: 'leads/b' lead { need: 'plan' }");
  Story story = LeadAfter(CreateLead(), absorb, UpdateLead("", "need"));
  story.When(absorb).Then<LeadAbsorbed>();
  EXPECT_EQ(story.state<Lead>().need(), "");
  EXPECT_EQ(story.state<Lead>().merged_leads_size(), 1);
}

TEST(AbsorbingALead, IsPassedOnByOneThatWasMergedMeanwhile) {
  Story story = LeadAfter(CreateLead(), MergeInto("leads/other"));
  story.When(Of<AbsorbLeadRequest>("source: 'leads/b' lead { name: 'leads/b' need: 'plan' }"))
      .Then<LeadAbsorbed>(R"pb(pass_on_to: "leads/other"
                               merged { need: "plan" })pb")
      .When(Of<AbsorbLeadRequest>("source: 'leads/anna' lead { name: 'leads/anna' }"))
      .Then<LeadAbsorbed>();
  const auto& absorbed = dynamic_cast<const LeadAbsorbed&>(story.decision().event());
  EXPECT_EQ(absorbed.pass_on_to(), "") << "a lead that meets itself ends the circle";
}

TEST(AnOpportunityOfALead, CountsByItsLatestRevision) {
  QualifiedLead()
      .Given(Opportunity("OPEN", 6))
      .Given(Opportunity("LOST", 4))
      .ThenState(
          "opportunity: 'opportunities/anna' opportunity_state: OPPORTUNITY_OPEN "
          "opportunity_revision: 6")
      .Given(Opportunity("WON", 7))
      .ThenState("opportunity_state: OPPORTUNITY_WON")
      .Given(Opportunity("OPEN", 1, "opportunities/second"))
      .ThenState("opportunity: 'opportunities/anna' opportunity_state: OPPORTUNITY_WON");
}

TEST(AnOpportunityOfALead, MayBeOneThatSomebodyOpenedByHand) {
  OpenLead()
      .Given(Opportunity("OPEN", 1, "opportunities/by-hand"))
      .ThenState(
          "state: OPEN opportunity: 'opportunities/by-hand' opportunity_state: OPPORTUNITY_OPEN")
      .When(QualifyLead())
      .Then<LeadQualified>("opportunity: 'opportunities/by-hand' opportunity_created: false");
}

}  // namespace
}  // namespace leadstream::lead
