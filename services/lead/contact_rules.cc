#include "services/lead/contact_rules.h"

#include <absl/strings/strip.h>

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/merging.h"
#include "services/lead/phone_numbers.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;
using domain::IsBlank;
using domain::RefuseFields;

bool IsNobody(const Contact& contact) {
  return IsBlank(contact.person().given_name()) && IsBlank(contact.person().family_name()) &&
         contact.emails().empty();
}

domain::Refusal Nobody() {
  return RefuseFields(CONTACT_INCOMPLETE, "a contact has a name or an e-mail address",
                      {{"contact.person", "give a given or family name, or an e-mail address"},
                       {"contact.emails", "give an e-mail address, or a name"}});
}

}  // namespace

std::vector<std::string> Needs(const CreateContactRequest& request) {
  std::vector<std::string> needs;
  const Contact& contact = request.contact();
  if (!contact.lead().empty()) needs.push_back(contact.lead());
  // The account of the same lead is being made at this very moment, from the same event: it has the
  // lead's id.
  const bool of_same_lead =
      !contact.lead().empty() && absl::StripPrefix(contact.account(), "accounts/") ==
                                     absl::StripPrefix(contact.lead(), "leads/");
  if (!contact.account().empty() && !of_same_lead) needs.push_back(contact.account());
  return needs;
}

std::vector<std::string> Needs(const UpdateContactRequest& request) {
  if (request.contact().account().empty()) return {};
  return {request.contact().account()};
}

Decision Decide(const Contact&, const CreateContactRequest& request, const Context&) {
  ContactCreated created;
  Contact& contact = *created.mutable_contact();
  contact = request.contact();
  contact.clear_name();
  contact.clear_etag();
  if (IsNobody(contact)) return Nobody();
  UnderstandPhones(contact.address().country(), contact.mutable_phones());
  return created;
}

Decision Decide(const Contact& contact, const UpdateContactRequest& request,
                const Context& context) {
  if (!contact.merged_into().empty()) return Merged(context.name, contact);
  ContactUpdated updated;
  Contact after = contact;
  if (auto refusal = domain::RefuseUpdate(request.contact(), request.update_mask(), &after,
                                          updated.mutable_update_mask()))
    return *std::move(refusal);
  if (IsNobody(after)) return Nobody();
  UnderstandChangedPhones(after.address().country(), contact.phones(), after.mutable_phones());
  *updated.mutable_update_mask() = domain::ChangedFields(contact, after);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_contact());
  return updated;
}

std::vector<std::string> Needs(const MergeContactsRequest& request) { return {request.into()}; }

Decision Decide(const Contact& contact, const MergeContactsRequest& request,
                const Context& context) {
  return DecideMerge(contact, request, context);
}

Decision Decide(const Contact& contact, const FillContactRequest& request, const Context& context) {
  return DecideFill(contact, request, context);
}

// Also of a merged contact: its account is where it was known.
Decision Decide(const Contact&, const MoveContactRequest& request, const Context&) {
  ContactMoved moved;
  moved.set_from(request.from());
  moved.set_to(request.to());
  return moved;
}

void Evolve(const ContactCreated& event, Contact* contact) { *contact = event.contact(); }
void Evolve(const ContactUpdated& event, Contact* contact) {
  domain::CopyFields(event.contact(), event.update_mask(), contact);
}
void Evolve(const ContactFilled& event, Contact* contact) { EvolveFilled(event, contact); }
void Evolve(const ContactMerged& event, Contact* contact) {
  contact->set_merged_into(event.into());
}
void Evolve(const ContactMoved& event, Contact* contact) {
  if (contact->account() == event.from()) contact->set_account(event.to());
}

std::vector<std::string> AccountOf(const Contact& contact) {
  if (contact.account().empty()) return {};
  return {contact.account()};
}

}  // namespace leadstream::lead
