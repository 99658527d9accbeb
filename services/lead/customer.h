// The account and the contact that a lead becomes, when it is qualified or when it is given up and
// the customer is kept. They have the lead's id, so that they are known at once; reactions make
// them.
#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::lead {

struct Customer {
  std::string account;  // empty: none, the customer is a person
  std::string contact;  // empty: none, only a company is known
  bool account_created = false;
  bool contact_created = false;

  template <typename Event>
  void WriteTo(Event* event) const {
    event->set_account(account);
    event->set_contact(contact);
    event->set_account_created(account_created);
    event->set_contact_created(contact_created);
  }
};

// The id of what is made from a lead: its own, so that it is known at once.
absl::string_view IdOf(const domain::Context& context);

// The account and contact that the caller names, or those of an earlier qualification, or new ones
// where the lead has a company, a name or an e-mail address.
Customer CustomerOf(const v1::Lead& lead, const std::string& account, const std::string& contact,
                    const domain::Context& context);

// ACCOUNT_MERGED or CONTACT_MERGED: one that the caller names is no more.
std::optional<domain::Refusal> MergedAmong(const std::string& account, const std::string& contact,
                                           const domain::Context& context);

// What a lead says of the company. E-mail and telephone are the person's, unless only the company
// is known.
v1::Account AccountIn(const v1::Lead& lead, const Customer& customer, const std::string& currency);
// What it says of the person. The address is theirs only where there is no company.
v1::Contact ContactIn(const v1::Lead& lead, const Customer& customer);

}  // namespace leadstream::lead
