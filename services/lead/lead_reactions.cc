#include "services/lead/lead_reactions.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <string>
#include <utility>

#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "services/lead/assignment_reactions.h"
#include "services/lead/customer.h"
#include "services/lead/lead_rules.h"
#include "services/lead/merge_reactions.h"
#include "services/lead/scoring_reactions.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page about these messages
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

std::string CurrencyOf(const LeadQualified& event) { return event.currency(); }
std::string CurrencyOf(const LeadDisqualified& event) {
  return event.lead().budget().amount().currency_code();
}

template <typename Event>
Customer CustomerIn(const Event& event) {
  return {event.account(), event.contact(), event.account_created(), event.contact_created()};
}

template <typename Event>
Wanted CreateAccount(const Event& event, const Occurrence&, CreateAccountRequest* create) {
  create->set_account_id(IdIn(event.account(), "accounts/"));
  *create->mutable_account() = AccountIn(event.lead(), CustomerIn(event), CurrencyOf(event));
  return event.account_created();
}

template <typename Event>
Wanted FillAccount(const Event& event, const Occurrence&, FillAccountRequest* fill) {
  fill->set_name(event.account());
  fill->set_lead(event.lead().name());
  *fill->mutable_account() = AccountIn(event.lead(), CustomerIn(event), CurrencyOf(event));
  return !event.account().empty() && !event.account_created();
}

template <typename Event>
Wanted CreateContact(const Event& event, const Occurrence&, CreateContactRequest* create) {
  create->set_contact_id(IdIn(event.contact(), "contacts/"));
  *create->mutable_contact() = ContactIn(event.lead(), CustomerIn(event));
  return event.contact_created();
}

template <typename Event>
Wanted FillContact(const Event& event, const Occurrence&, FillContactRequest* fill) {
  fill->set_name(event.contact());
  fill->set_lead(event.lead().name());
  *fill->mutable_contact() = ContactIn(event.lead(), CustomerIn(event));
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
  return Record(event.lead(), OpportunityStateOf(event.state()), on, record);
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

template <typename Event>
void AddCustomerReactions(const std::string& of, std::vector<Reaction>* reactions) {
  const auto name = [&of](const char* what) { return absl::StrCat(what, "-of-", of); };
  reactions->push_back(
      Whenever<Event, CreateAccountRequest>(name("account"), CreateAccount<Event>));
  reactions->push_back(
      Whenever<Event, FillAccountRequest>(name("fill-account"), FillAccount<Event>));
  reactions->push_back(
      Whenever<Event, CreateContactRequest>(name("contact"), CreateContact<Event>));
  reactions->push_back(
      Whenever<Event, FillContactRequest>(name("fill-contact"), FillContact<Event>));
}

std::vector<Reaction> OfLeads() {
  return {
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

}  // namespace

std::vector<Reaction> LeadReactions() {
  std::vector<Reaction> reactions;
  AddCustomerReactions<LeadQualified>("qualified-lead", &reactions);
  AddCustomerReactions<LeadDisqualified>("disqualified-lead", &reactions);
  for (Reaction& reaction : OfLeads()) reactions.push_back(std::move(reaction));
  for (Reaction& reaction : MergeReactions()) reactions.push_back(std::move(reaction));
  for (Reaction& reaction : ScoringReactions()) reactions.push_back(std::move(reaction));
  for (Reaction& reaction : AssignmentReactions()) reactions.push_back(std::move(reaction));
  return reactions;
}
}  // namespace leadstream::lead
