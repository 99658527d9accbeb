#include "services/lead/customer.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include "common/domain/formats.h"
#include "services/lead/merging.h"

namespace leadstream::lead {
namespace {

using domain::Context;
using domain::IsBlank;
using domain::Refusal;
using v1::Account;
using v1::Contact;
using v1::Lead;

}  // namespace

absl::string_view IdOf(const Context& context) { return absl::StripPrefix(context.name, "leads/"); }

Customer CustomerOf(const Lead& lead, const std::string& account, const std::string& contact,
                    const Context& context) {
  Customer customer;
  const auto* known = context.Find<Contact>(contact);
  if (!account.empty()) {
    customer.account = account;
  } else if (!lead.account().empty()) {  // of an earlier qualification
    customer.account = lead.account();
  } else if (known != nullptr && !known->account().empty()) {
    customer.account = known->account();
  } else if (!IsBlank(lead.company())) {
    customer.account = absl::StrCat("accounts/", IdOf(context));
    customer.account_created = true;
  }
  const auto& person = lead.person();
  if (!contact.empty()) {
    customer.contact = contact;
  } else if (!lead.contact().empty()) {
    customer.contact = lead.contact();
  } else if (!IsBlank(person.given_name()) || !IsBlank(person.family_name()) ||
             !lead.emails().empty()) {
    customer.contact = absl::StrCat("contacts/", IdOf(context));
    customer.contact_created = true;
  }
  return customer;
}

std::optional<Refusal> MergedAmong(const std::string& account, const std::string& contact,
                                   const Context& context) {
  const auto* found_account = context.Find<Account>(account);
  if (found_account != nullptr && !found_account->merged_into().empty())
    return Merged(account, *found_account);
  const auto* found_contact = context.Find<Contact>(contact);
  if (found_contact != nullptr && !found_contact->merged_into().empty())
    return Merged(contact, *found_contact);
  return std::nullopt;
}

Account AccountIn(const Lead& lead, const Customer& customer, const std::string& currency) {
  Account account;
  account.set_display_name(lead.company());
  if (customer.contact.empty()) {
    *account.mutable_emails() = lead.emails();
    *account.mutable_phones() = lead.phones();
  }
  account.set_website(lead.website());
  if (lead.has_address()) *account.mutable_address() = lead.address();
  account.set_industry(lead.industry());
  account.set_currency(currency);
  account.set_language(lead.language());
  account.set_owner(lead.owner());
  account.set_lead(lead.name());
  return account;
}

Contact ContactIn(const Lead& lead, const Customer& customer) {
  Contact contact;
  contact.set_account(customer.account);
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

}  // namespace leadstream::lead
