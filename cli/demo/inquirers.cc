#include "cli/demo/inquirers.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <utility>

namespace leadstream::demo {

using lead::v1::CreateLeadRequest;
using lead::v1::Lead;

Inquirers::Inquirers(std::vector<CreateLeadRequest> samples, uint64_t seed)
    : samples_(std::move(samples)), state_(seed) {}

uint64_t Inquirers::Random() {
  state_ += 0x9E3779B97F4A7C15u;  // splitmix64
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  return mixed ^ (mixed >> 31);
}

double Inquirers::Chance() { return static_cast<double>(Random() >> 11) * 0x1p-53; }

const Lead& Inquirers::Any() { return samples_[Random() % samples_.size()].lead(); }

CreateLeadRequest Inquirers::Next() {
  ++number_;
  if (number_ > 1 && Random() % 50 == 0) return last_;
  CreateLeadRequest asked = samples_[Random() % samples_.size()];
  asked.clear_lead_id();
  asked.mutable_lead()->clear_inquiry_time();
  Lead& lead = *asked.mutable_lead();
  const Lead &given = Any(), &family = Any(), &company = Any();
  if (lead.has_person()) {
    lead.mutable_person()->set_given_name(given.person().given_name());
    lead.mutable_person()->set_family_name(family.person().family_name());
  }
  if (!lead.company().empty() && !company.company().empty())
    lead.set_company(absl::StrCat(company.company(), " ", 1 + number_ % 997));
  for (std::string& email : *lead.mutable_emails())
    email = absl::StrCat("n", number_, "@", email.substr(email.find('@') + 1));
  for (auto& phone : *lead.mutable_phones()) {
    phone.set_number(absl::StrFormat("+3620%07d", number_ % 10'000'000));
    phone.clear_e164();
    phone.clear_unverified();
  }
  last_ = asked;
  return asked;
}

}  // namespace leadstream::demo
