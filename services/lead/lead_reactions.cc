#include "services/lead/lead_reactions.h"

#include <absl/strings/strip.h>

#include <string>

#include "common/domain/formats.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page about these messages
using domain::IsBlank;
using domain::Occurrence;
using domain::Reaction;
using domain::Whenever;
using opportunity::v1::OpportunityCreated;
using opportunity::v1::OpportunityLeadLinked;
using opportunity::v1::OpportunityLost;
using opportunity::v1::OpportunityReopened;
using opportunity::v1::OpportunityWon;
using Wanted = absl::StatusOr<bool>;

std::string IdIn(const std::string& name, absl::string_view collection) {
  return std::string(absl::StripPrefix(name, collection));
}

// What a lead says of the company. E-mail and telephone are the person's, unless only the company
// is known.
Account AccountIn(const LeadQualified& event) {
  const Lead& lead = event.lead();
  Account account;
  account.set_display_name(lead.company());
  if (event.contact().empty()) {
    *account.mutable_emails() = lead.emails();
    *account.mutable_phones() = lead.phones();
  }
  account.set_website(lead.website());
  if (lead.has_address()) *account.mutable_address() = lead.address();
  account.set_industry(lead.industry());
  account.set_currency(event.currency());
  account.set_language(lead.language());
  account.set_owner(lead.owner());
  account.set_lead(lead.name());
  return account;
}

// What it says of the person. The address is theirs only where there is no company.
Contact ContactIn(const LeadQualified& event) {
  const Lead& lead = event.lead();
  Contact contact;
  contact.set_account(event.account());
  if (lead.has_person()) *contact.mutable_person() = lead.person();
  *contact.mutable_emails() = lead.emails();
  *contact.mutable_phones() = lead.phones();
  if (lead.has_address() && IsBlank(lead.company())) *contact.mutable_address() = lead.address();
  if (lead.has_consents()) *contact.mutable_consents() = lead.consents();
  contact.set_language(lead.language());
  contact.set_owner(lead.owner());
  contact.set_lead(lead.name());
  return contact;
}

Wanted CreateAccount(const LeadQualified& event, const Occurrence&, CreateAccountRequest* create) {
  create->set_account_id(IdIn(event.account(), "accounts/"));
  *create->mutable_account() = AccountIn(event);
  return event.account_created();
}

Wanted FillAccount(const LeadQualified& event, const Occurrence&, FillAccountRequest* fill) {
  fill->set_name(event.account());
  fill->set_lead(event.lead().name());
  *fill->mutable_account() = AccountIn(event);
  return !event.account().empty() && !event.account_created();
}

Wanted CreateContact(const LeadQualified& event, const Occurrence&, CreateContactRequest* create) {
  create->set_contact_id(IdIn(event.contact(), "contacts/"));
  *create->mutable_contact() = ContactIn(event);
  return event.contact_created();
}

Wanted FillContact(const LeadQualified& event, const Occurrence&, FillContactRequest* fill) {
  fill->set_name(event.contact());
  fill->set_lead(event.lead().name());
  *fill->mutable_contact() = ContactIn(event);
  return !event.contact().empty() && !event.contact_created();
}

Wanted AbsorbMerged(const LeadMerged& event, const Occurrence&, AbsorbLeadRequest* absorb) {
  absorb->set_name(event.into());
  absorb->set_source(event.lead().name());
  *absorb->mutable_lead() = event.lead();
  return true;
}

Wanted PassOnAbsorbed(const LeadAbsorbed& event, const Occurrence&, AbsorbLeadRequest* absorb) {
  absorb->set_name(event.pass_on_to());
  absorb->set_source(event.source());
  *absorb->mutable_lead() = event.merged();
  return !event.pass_on_to().empty();
}

// `lead` is where the opportunity comes from; there may be none.
Wanted Record(const std::string& lead, Lead::OpportunityState state, const Occurrence& on,
              RecordOpportunityStateRequest* record) {
  record->set_name(lead);
  record->set_opportunity(on.record.subject());
  record->set_opportunity_state(state);
  record->set_opportunity_revision(on.record.revision());
  return !lead.empty();
}

Wanted OnCreated(const OpportunityCreated& event, const Occurrence& on,
                 RecordOpportunityStateRequest* record) {
  // One that was opened by qualifying the lead is known to the lead already.
  const bool by_qualification = !on.record.causation_id().empty();
  Wanted wanted = Record(event.opportunity().lead(), Lead::OPPORTUNITY_OPEN, on, record);
  return *wanted && !by_qualification;
}

Wanted OnLinked(const OpportunityLeadLinked& event, const Occurrence& on,
                RecordOpportunityStateRequest* record) {
  return Record(event.lead(), Lead::OPPORTUNITY_OPEN, on, record);
}

Wanted OnWon(const OpportunityWon& event, const Occurrence& on,
             RecordOpportunityStateRequest* record) {
  return Record(event.lead(), Lead::OPPORTUNITY_WON, on, record);
}

Wanted OnLost(const OpportunityLost& event, const Occurrence& on,
              RecordOpportunityStateRequest* record) {
  return Record(event.lead(), Lead::OPPORTUNITY_LOST, on, record);
}

Wanted OnReopened(const OpportunityReopened& event, const Occurrence& on,
                  RecordOpportunityStateRequest* record) {
  return Record(event.lead(), Lead::OPPORTUNITY_OPEN, on, record);
}

}  // namespace

std::vector<Reaction> LeadReactions() {
  return {
      Whenever<LeadQualified, CreateAccountRequest>("account-of-qualified-lead", CreateAccount),
      Whenever<LeadQualified, FillAccountRequest>("fill-account-of-qualified-lead", FillAccount),
      Whenever<LeadQualified, CreateContactRequest>("contact-of-qualified-lead", CreateContact),
      Whenever<LeadQualified, FillContactRequest>("fill-contact-of-qualified-lead", FillContact),
      Whenever<LeadMerged, AbsorbLeadRequest>("absorb-merged-lead", AbsorbMerged),
      Whenever<LeadAbsorbed, AbsorbLeadRequest>("pass-on-absorbed-lead", PassOnAbsorbed),
      Whenever<OpportunityCreated, RecordOpportunityStateRequest>("opportunity-created-for-lead",
                                                                  OnCreated),
      Whenever<OpportunityLeadLinked, RecordOpportunityStateRequest>("opportunity-linked-to-lead",
                                                                     OnLinked),
      Whenever<OpportunityWon, RecordOpportunityStateRequest>("opportunity-of-lead-won", OnWon),
      Whenever<OpportunityLost, RecordOpportunityStateRequest>("opportunity-of-lead-lost", OnLost),
      Whenever<OpportunityReopened, RecordOpportunityStateRequest>("opportunity-of-lead-reopened",
                                                                   OnReopened),
  };
}

}  // namespace leadstream::lead
