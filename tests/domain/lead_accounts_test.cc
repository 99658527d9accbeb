// Accounts and contacts: kept by hand, made and filled by qualified leads.
#include "services/lead/contact_rules.h"
#include "tests/domain/lead_examples.h"

namespace leadstream::lead {
namespace {

Story NoAccount() {
  Story story(AccountAggregate());
  story.Knows("leads/anna", Lead());
  return story;
}

Story NoContact() {
  Story story(ContactAggregate());
  story.Knows("leads/anna", Lead()).Knows("accounts/malom", Account());
  return story;
}

TEST(Accounts, HaveAName) {
  Story story = NoAccount();
  story.When(Of<CreateAccountRequest>("account { tax_id: 'HU12345678' }"))
      .ThenRefused(ACCOUNT_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "account.display_name");
  NoAccount()
      .Given(Of<CreateAccountRequest>("account { display_name: 'Malom' }"))
      .When(Of<UpdateAccountRequest>("account {} update_mask { paths: 'display_name' }"))
      .ThenRefused(ACCOUNT_INCOMPLETE);
}

TEST(Accounts, AreCreatedAndUpdated) {
  NoAccount()
      .When(Of<CreateAccountRequest>("account { display_name: 'Malom' address { country: 'HU' } "
                                     "phones { number: '(1) 234 5678' } lead: 'leads/anna' }"))
      .Then<AccountCreated>()
      .ThenState(R"pb(display_name: "Malom"
                      phones { e164: "+3612345678" }
                      lead: "leads/anna")pb")
      .When(Of<UpdateAccountRequest>("account { tax_id: 'HU12345678' }"))
      .Then<AccountUpdated>(R"pb(account { tax_id: "HU12345678" }
                                 update_mask { paths: "tax_id" })pb")
      .ThenState(R"pb(display_name: "Malom" tax_id: "HU12345678")pb")
      .When(Of<UpdateAccountRequest>("account { lead: 'leads/else' }"))
      .ThenRefused(common::v1::INVALID_FIELD);
}

TEST(Accounts, TakeFromALeadWhatTheyLack) {
  const auto fill = Of<FillAccountRequest>(
      "lead: 'leads/anna' account { display_name: 'MALOM' website: 'malom.example' lead: "
      "'leads/anna' }");
  NoAccount()
      .Given(Of<CreateAccountRequest>("account { display_name: 'Malom' }"))
      .When(fill)
      .Then<AccountFilled>(R"pb(lead: "leads/anna"
                                account { website: "malom.example" }
                                update_mask { paths: "website" })pb")
      .ThenState(R"pb(display_name: "Malom" website: "malom.example")pb")
      .When(fill)
      .Then<AccountFilled>("update_mask {}");
}

TEST(Contacts, HaveANameOrAnAddress) {
  Story story = NoContact();
  story.When(Of<CreateContactRequest>("contact { account: 'accounts/malom' }"))
      .ThenRefused(CONTACT_INCOMPLETE);
  EXPECT_EQ(story.bad_fields(), "contact.person,contact.emails");
  NoContact()
      .When(Of<CreateContactRequest>("contact { emails: 'a@b.example' }"))
      .Then<ContactCreated>();
  NoContact()
      .Given(Of<CreateContactRequest>("contact { emails: 'a@b.example' }"))
      .When(Of<UpdateContactRequest>("contact {} update_mask { paths: 'emails' }"))
      .ThenRefused(CONTACT_INCOMPLETE);
}

TEST(Contacts, AreCreatedUpdatedAndFilled) {
  NoContact()
      .When(Of<CreateContactRequest>(
          "contact { person { given_name: 'Anna' } phones { number: '+36 20 400 0000' } }"))
      .Then<ContactCreated>()
      .When(Of<UpdateContactRequest>("contact { account: 'accounts/malom' }"))
      .Then<ContactUpdated>(R"pb(update_mask { paths: "account" })pb")
      .When(Of<FillContactRequest>("lead: 'leads/anna' contact { account: 'accounts/else' person { "
                                   "given_name: 'Anna' family_name: 'Kovács' } }"))
      .Then<ContactFilled>(R"pb(update_mask { paths: "person" })pb")
      .ThenState(R"pb(account: "accounts/malom"
                      person { given_name: "Anna" family_name: "Kovács" }
                      phones { e164: "+36204000000" })pb");
}

TEST(Contacts, NeedTheirAccountUnlessItIsBeingMadeOfTheSameLead) {
  const auto needs = [](const char* contact) {
    std::string all;
    for (const std::string& name :
         Needs(Of<CreateContactRequest>("contact { " + std::string(contact) + " }")))
      all += name + " ";
    return all;
  };
  EXPECT_EQ(needs(""), "");
  EXPECT_EQ(needs("account: 'accounts/malom'"), "accounts/malom ");
  EXPECT_EQ(needs("account: 'accounts/malom' lead: 'leads/anna'"), "leads/anna accounts/malom ");
  EXPECT_EQ(needs("account: 'accounts/anna' lead: 'leads/anna'"), "leads/anna ");
}

}  // namespace
}  // namespace leadstream::lead
