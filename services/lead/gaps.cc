#include "services/lead/gaps.h"

#include <absl/algorithm/container.h>

#include <string>

#include "common/domain/update.h"
#include "common/domain/validation.h"
#include "services/lead/likeness.h"

namespace leadstream::lead {
namespace {

using common::v1::Consents;
using common::v1::Person;
using common::v1::Phone;
using google::protobuf::FieldMask;
using google::protobuf::RepeatedPtrField;

constexpr int kItemsMax = 20;  // (rules).max_items of both lists, in all three messages

void AddMissing(const RepeatedPtrField<std::string>& from, RepeatedPtrField<std::string>* to) {
  for (const std::string& email : from) {
    const auto same = [&](const std::string& known) {
      return NormalizedEmail(known) == NormalizedEmail(email);
    };
    if (to->size() < kItemsMax && absl::c_none_of(*to, same)) *to->Add() = email;
  }
}

void AddMissing(const RepeatedPtrField<Phone>& from, RepeatedPtrField<Phone>* to) {
  for (const Phone& phone : from) {
    const auto same = [&](const Phone& known) {
      return known.number() == phone.number() ||
             (!phone.e164().empty() && known.e164() == phone.e164());
    };
    if (to->size() < kItemsMax && absl::c_none_of(*to, same)) *to->Add() = phone;
  }
}

bool Agree(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || Normalized(a) == Normalized(b);
}

void Fill(const Person& from, Person* to) {
  if (!Agree(from.given_name(), to->given_name()) || !Agree(from.family_name(), to->family_name()))
    return;
  // Two half names, one of each kind, may be two people.
  const bool nameless = to->given_name().empty() && to->family_name().empty();
  const bool shared = (!from.given_name().empty() && !to->given_name().empty()) ||
                      (!from.family_name().empty() && !to->family_name().empty());
  if (!nameless && !shared) return;
  if (to->given_name().empty()) to->set_given_name(from.given_name());
  if (to->family_name().empty()) to->set_family_name(from.family_name());
  if (to->job_title().empty()) to->set_job_title(from.job_title());
}

void Fill(const Consents& from, Consents* to) {
  to->set_do_not_email(to->do_not_email() || from.do_not_email());
  to->set_do_not_call(to->do_not_call() || from.do_not_call());
}

template <typename Resource>
FieldMask Filled(const Resource& from, Resource* to) {
  const Resource before = *to;
  const FieldMask held = domain::ChangedFields(Resource(), from);
  const FieldMask known = domain::ChangedFields(Resource(), *to);
  FieldMask lacking;
  absl::c_copy_if(
      held.paths(), google::protobuf::RepeatedFieldBackInserter(lacking.mutable_paths()),
      [&](const std::string& path) { return !absl::c_linear_search(known.paths(), path); });
  if (!lacking.paths().empty()) domain::ApplyMask(lacking, from, to);
  AddMissing(from.emails(), to->mutable_emails());
  AddMissing(from.phones(), to->mutable_phones());
  if constexpr (requires { to->person(); }) {
    if (from.has_person()) Fill(from.person(), to->mutable_person());
    if (from.has_consents()) Fill(from.consents(), to->mutable_consents());
  }
  return domain::ChangedFields(before, *to);
}

}  // namespace

FieldMask FillGaps(const v1::Lead& from, v1::Lead* to) { return Filled(from, to); }
FieldMask FillGaps(const v1::Account& from, v1::Account* to) { return Filled(from, to); }
FieldMask FillGaps(const v1::Contact& from, v1::Contact* to) { return Filled(from, to); }

}  // namespace leadstream::lead
