#include "services/lead/contact_rules.h"

#include <absl/strings/strip.h>

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/gaps.h"
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

Decision Decide(const Contact& contact, const UpdateContactRequest& request, const Context&) {
  ContactUpdated updated;
  Contact after = contact;
  auto bad = domain::ApplyUpdate(request.contact(), request.update_mask(), &after,
                                 updated.mutable_update_mask());
  if (!bad.empty())
    return RefuseFields(common::v1::INVALID_FIELD, "some fields cannot be changed", std::move(bad));
  if (IsNobody(after)) return Nobody();
  UnderstandChangedPhones(after.address().country(), contact.phones(), after.mutable_phones());
  *updated.mutable_update_mask() = domain::ChangedFields(contact, after);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_contact());
  return updated;
}

Decision Decide(const Contact& contact, const FillContactRequest& request, const Context&) {
  ContactFilled filled;
  filled.set_lead(request.lead());
  Contact after = contact;
  *filled.mutable_update_mask() = FillGaps(request.contact(), &after);
  domain::CopyFields(after, filled.update_mask(), filled.mutable_contact());
  return filled;
}

void Evolve(const ContactCreated& event, Contact* contact) { *contact = event.contact(); }
void Evolve(const ContactUpdated& event, Contact* contact) {
  domain::CopyFields(event.contact(), event.update_mask(), contact);
}
void Evolve(const ContactFilled& event, Contact* contact) {
  domain::CopyFields(event.contact(), event.update_mask(), contact);
}

}  // namespace leadstream::lead
