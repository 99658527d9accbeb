// Accounts and contacts that are the same as others, and what follows them.
#include "services/lead/merging.h"

#include <absl/strings/str_join.h>

#include "leadstream/lead/v1/activity_events.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "tests/domain/lead_reacting.h"

namespace leadstream::lead {
namespace {

using testing::Known;

Story AccountA() {
  Story story(AccountAggregate());
  story.Named("accounts/a")
      .Knows("accounts/b", Account())
      .Given(Of<CreateAccountRequest>("account { display_name: 'A' website: 'a.example' }"));
  return story;
}

MergeAccountsRequest IntoB() { return Of<MergeAccountsRequest>("into: 'accounts/b'"); }

TEST(AMergedAccount, RemembersItsSurvivorAndIsReadOnly) {
  AccountA()
      .When(IntoB())
      .Then<AccountMerged>("into: 'accounts/b' account { display_name: 'A' }")
      .ThenState("merged_into: 'accounts/b' display_name: 'A'")
      .When(Of<UpdateAccountRequest>("account { tax_id: 'HU12345678' }"))
      .ThenRefused(ACCOUNT_MERGED)
      .When(IntoB())
      .ThenRefused(ACCOUNT_MERGED);
}

TEST(AnAccount, IsNotMergedIntoItselfOrIntoOneThatIsGone) {
  AccountA()
      .Knows("accounts/a", Account())
      .When(Of<MergeAccountsRequest>("into: 'accounts/a'"))
      .ThenRefused(ACCOUNT_MERGED_INTO_ITSELF);
  AccountA()
      .Knows("accounts/b", Of<Account>("merged_into: 'accounts/c'"))
      .When(IntoB())
      .ThenRefused(ACCOUNT_MERGED);
}

TEST(AContact, IsMergedByTheSameRules) {
  Story story(ContactAggregate());
  story.Named("contacts/a")
      .Knows("contacts/a", Contact())
      .Knows("contacts/b", Contact())
      .Given(Of<CreateContactRequest>("contact { emails: 'a@a.example' }"))
      .When(Of<MergeContactsRequest>("into: 'contacts/a'"))
      .ThenRefused(CONTACT_MERGED_INTO_ITSELF)
      .When(Of<MergeContactsRequest>("into: 'contacts/b'"))
      .Then<ContactMerged>()
      .ThenState("merged_into: 'contacts/b'")
      .When(Of<UpdateContactRequest>("contact { notes: 'n' }"))
      .ThenRefused(CONTACT_MERGED);
}

TEST(TheSurvivor, TakesWhatItLacksAndNothingElse) {
  const auto issued =
      ReactionsTo(AccountA().When(IntoB()).decision().event(), "subject: 'accounts/a'");
  ASSERT_EQ(Names(issued), "fill-from-merged-account");
  Story(AccountAggregate())
      .Named("accounts/b")
      .Given(Of<CreateAccountRequest>("account { display_name: 'B' }"))
      .When(*issued[0].request)
      .Then<AccountFilled>("source: 'accounts/a' update_mask { paths: 'website' }")
      .ThenState("display_name: 'B' website: 'a.example' merged_accounts: 'accounts/a'")
      .When(*issued[0].request)
      .Then<AccountFilled>("update_mask {}")
      .ThenState("merged_accounts: 'accounts/a'");
}

TEST(WhatASurvivorThatWasMergedTakes, IsPassedOn) {
  const auto fill =
      Of<FillAccountRequest>("source: 'accounts/x' account { display_name: 'X' tax_id: '1' }");
  const auto issued =
      ReactionsTo(AccountA().Given(IntoB()).When(fill).decision().event(), "subject: 'accounts/a'");
  ASSERT_EQ(Names(issued), "pass-on-fill-of-merged-account");
  const auto& passed = dynamic_cast<const FillAccountRequest&>(*issued[0].request);
  EXPECT_EQ(passed.name() + " " + passed.source() + " " + passed.account().tax_id(),
            "accounts/b accounts/x 1");
}

// Each was accepted by a writer that did not know of the other.
TEST(TwoAccountsMergedIntoEachOther, LiveOnBoth) {
  AccountA()
      .Given(IntoB())
      .When(Of<FillAccountRequest>("source: 'accounts/a' account { display_name: 'A' }"))
      .Then<AccountFilled>("revived: true")
      .ThenState("display_name: 'A'")
      .When(Of<UpdateAccountRequest>("account { tax_id: 'HU12345678' }"))
      .Then<AccountUpdated>();
}

TEST(ALead, IsNotQualifiedIntoWhatWasMerged) {
  OpenLead()
      .Knows("accounts/a", Of<Account>("merged_into: 'accounts/b'"))
      .When(QualifyLead("account: 'accounts/a'"))
      .ThenRefused(ACCOUNT_MERGED);
  OpenLead()
      .Knows("contacts/a", Of<Contact>("merged_into: 'contacts/b'"))
      .When(QualifyLead("contact: 'contacts/a'"))
      .ThenRefused(CONTACT_MERGED);
  OpenLead()
      .Knows("accounts/a", Of<Account>("merged_into: 'accounts/b'"))
      .When(Of<DisqualifyLeadRequest>("reason: LOST account: 'accounts/a'"))
      .ThenRefused(ACCOUNT_MERGED);
}

TEST(ASurvivor, IsAtTheEndOfTheChainAndNoneInACircle) {
  Known known;
  const auto add = [&](const char* name, const std::string& into) {
    Account account;
    account.set_merged_into(into);
    known.Add(AccountAggregate(), name, account);
  };
  add("accounts/a", "accounts/b");
  add("accounts/b", "accounts/c");
  add("accounts/c", "");
  add("accounts/x", "accounts/y");
  add("accounts/y", "accounts/x");
  EXPECT_EQ(SurvivorOf("accounts/a", known), "accounts/c");
  EXPECT_EQ(SurvivorOf("accounts/c", known), "accounts/c");
  EXPECT_EQ(SurvivorOf("accounts/x", known), "accounts/x");
  EXPECT_EQ(SurvivorOf("orders/1", known), "orders/1");
}

std::string Moves(const std::vector<Issued>& issued) {
  std::string moves;
  for (const Issued& one : issued) {
    if (const auto* move = dynamic_cast<const MoveActivityRequest*>(one.request.get()))
      absl::StrAppend(&moves, move->name(), " ", move->from(), ">", move->to(), ";");
    if (const auto* move = dynamic_cast<const MoveContactRequest*>(one.request.get()))
      absl::StrAppend(&moves, move->name(), " ", move->from(), ">", move->to(), ";");
  }
  return moves;
}

Known Merges() {
  Known known;
  known.Add(LeadAggregate(), "leads/a", Of<Lead>("merged_into: 'leads/b'"))
      .Add(LeadAggregate(), "leads/b", Lead())
      .Add(AccountAggregate(), "accounts/a", Of<Account>("merged_into: 'accounts/b'"))
      .Add(ContactAggregate(), "contacts/c", Of<Contact>("account: 'accounts/a'"))
      .Add(ContactAggregate(), "contacts/d", Of<Contact>("account: 'accounts/b'"))
      .Add(ActivityAggregate(), "activities/1", Of<Activity>("regarding: 'leads/a'"))
      .Add(ActivityAggregate(), "activities/2", Of<Activity>("regarding: 'leads/b'"))
      .Add(ActivityAggregate(), "activities/3", Of<Activity>("regarding: 'accounts/a'"));
  return known;
}

TEST(WhatFollows, MovesWithAMerge) {
  EXPECT_EQ(
      Moves(ReactionsTo(Of<AccountMerged>("into: 'accounts/b' account { name: 'accounts/a' }"),
                        "subject: 'accounts/a'", Merges())),
      "contacts/c accounts/a>accounts/b;activities/3 accounts/a>accounts/b;");
  EXPECT_EQ(Moves(ReactionsTo(Of<LeadMerged>("into: 'leads/b' lead { name: 'leads/a' }"),
                              "subject: 'leads/a'", Merges())),
            "activities/1 leads/a>leads/b;");
}

TEST(WhatComesLater, FindsTheMerge) {
  EXPECT_EQ(Moves(ReactionsTo(ActivityCreated(), "subject: 'activities/1'", Merges())),
            "activities/1 leads/a>leads/b;");
  EXPECT_EQ(Moves(ReactionsTo(ActivityMoved(), "subject: 'activities/2'", Merges())), "");
  EXPECT_EQ(Moves(ReactionsTo(ContactCreated(), "subject: 'contacts/c'", Merges())),
            "contacts/c accounts/a>accounts/b;");
  EXPECT_EQ(Moves(ReactionsTo(ContactUpdated(), "subject: 'contacts/d'", Merges())), "");
}

TEST(AMovedContact, BelongsToTheSurvivor) {
  Story(ContactAggregate())
      .Knows("accounts/a", Account())
      .Given(Of<CreateContactRequest>("contact { emails: 'a@a.example' account: 'accounts/a' }"))
      .When(Of<MoveContactRequest>("from: 'accounts/a' to: 'accounts/b'"))
      .Then<ContactMoved>()
      .ThenState("account: 'accounts/b'")
      .When(Of<MoveContactRequest>("from: 'accounts/a' to: 'accounts/c'"))
      .ThenState("account: 'accounts/b'");
}

TEST(ADisqualifiedLead, CanLeaveItsCustomer) {
  Story story = OpenLead("owner: 'bela'");
  story.When(Of<DisqualifyLeadRequest>("reason: LOST keep_customer: true"));
  EXPECT_EQ(story.state<Lead>().account() + " " + story.state<Lead>().contact(),
            "accounts/anna contacts/anna");
  const auto issued = ReactionsTo(story.decision().event());
  ASSERT_EQ(Names(issued), "account-of-disqualified-lead contact-of-disqualified-lead");
  EXPECT_EQ(dynamic_cast<const CreateAccountRequest&>(*issued[0].request).account().display_name(),
            "Malom Kft.");
  EXPECT_EQ(Names(ReactionsTo(
                OpenLead()
                    .Knows("accounts/malom", Account())
                    .When(Of<DisqualifyLeadRequest>("reason: LOST account: 'accounts/malom'"))
                    .decision()
                    .event())),
            "fill-account-of-disqualified-lead contact-of-disqualified-lead");
}

TEST(ADisqualifiedLead, LeavesNothingUnlessAskedTo) {
  EXPECT_EQ(Names(ReactionsTo(OpenLead().When(DisqualifyLead()).decision().event())), "");
}

}  // namespace
}  // namespace leadstream::lead
