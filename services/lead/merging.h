// Merging accounts, and merging contacts: the same rules for both.
//
// The merged one remembers `merged_into` and is not changed any more; a reaction makes the other
// take what it lacks. Two that are merged into each other at the same time are each accepted by a
// writer that does not know of the other. What one knew is then passed on until it comes home,
// which proves the circle: the merges in it do not count, and each lives on (`revived`).
#pragma once

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <optional>
#include <string>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "common/domain/reader.h"
#include "common/domain/update.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "services/lead/gaps.h"

namespace leadstream::lead {

// What differs between the two, by the resource's type.
template <typename Resource>
struct Merging;

template <>
struct Merging<v1::Account> {
  using Merged = v1::AccountMerged;
  using Filled = v1::AccountFilled;
  static constexpr auto kMerged = v1::ACCOUNT_MERGED;
  static constexpr auto kIntoItself = v1::ACCOUNT_MERGED_INTO_ITSELF;
  static const v1::Account& Of(const v1::FillAccountRequest& fill) { return fill.account(); }
  static const v1::Account& Of(const Merged& event) { return event.account(); }
  static const v1::Account& Of(const Filled& event) { return event.account(); }
  static v1::Account* In(v1::FillAccountRequest* fill) { return fill->mutable_account(); }
  static v1::Account* In(Merged* event) { return event->mutable_account(); }
  static v1::Account* In(Filled* event) { return event->mutable_account(); }
  static auto* Sources(v1::Account* account) { return account->mutable_merged_accounts(); }
};

template <>
struct Merging<v1::Contact> {
  using Merged = v1::ContactMerged;
  using Filled = v1::ContactFilled;
  static constexpr auto kMerged = v1::CONTACT_MERGED;
  static constexpr auto kIntoItself = v1::CONTACT_MERGED_INTO_ITSELF;
  static const v1::Contact& Of(const v1::FillContactRequest& fill) { return fill.contact(); }
  static const v1::Contact& Of(const Merged& event) { return event.contact(); }
  static const v1::Contact& Of(const Filled& event) { return event.contact(); }
  static v1::Contact* In(v1::FillContactRequest* fill) { return fill->mutable_contact(); }
  static v1::Contact* In(Merged* event) { return event->mutable_contact(); }
  static v1::Contact* In(Filled* event) { return event->mutable_contact(); }
  static auto* Sources(v1::Contact* contact) { return contact->mutable_merged_contacts(); }
};

// The refusal to change or use what was merged.
template <typename Resource>
domain::Refusal Merged(const std::string& name, const Resource& resource) {
  return domain::Refuse(
      Merging<Resource>::kMerged,
      absl::StrCat(name, " was merged into ", resource.merged_into(), "; use that one"));
}

template <typename Resource, typename Request>
domain::Decision DecideMerge(const Resource& resource, const Request& request,
                             const domain::Context& context) {
  if (request.into() == context.name) {
    return domain::RefuseFields(Merging<Resource>::kIntoItself, "nothing is merged into itself",
                                {{"into", "is what is to be merged"}});
  }
  if (!resource.merged_into().empty()) return Merged(context.name, resource);
  const auto* survivor = context.Find<Resource>(request.into());
  if (survivor != nullptr && !survivor->merged_into().empty())
    return Merged(request.into(), *survivor);
  typename Merging<Resource>::Merged merged;
  merged.set_into(request.into());
  *Merging<Resource>::In(&merged) = resource;
  return merged;
}

// Never refused: where it comes from is gone by now, so what was known must have a place.
template <typename Resource, typename Request>
domain::Decision DecideFill(const Resource& resource, const Request& request,
                            const domain::Context& context) {
  typename Merging<Resource>::Filled filled;
  filled.set_lead(request.lead());
  filled.set_source(request.source());
  if (request.source() == context.name) {
    filled.set_revived(true);
    return filled;
  }
  Resource after = resource;
  *filled.mutable_update_mask() = FillGaps(Merging<Resource>::Of(request), &after);
  domain::CopyFields(after, filled.update_mask(), Merging<Resource>::In(&filled));
  if (!resource.merged_into().empty()) {
    filled.set_pass_on_to(resource.merged_into());
    *filled.mutable_passed_on() = Merging<Resource>::Of(request);
  }
  return filled;
}

template <typename Resource>
void EvolveFilled(const typename Merging<Resource>::Filled& event, Resource* resource) {
  if (event.revived()) return resource->clear_merged_into();
  domain::CopyFields(Merging<Resource>::Of(event), event.update_mask(), resource);
  auto* sources = Merging<Resource>::Sources(resource);
  if (!event.source().empty() && !absl::c_linear_search(*sources, event.source()))
    *sources->Add() = event.source();
}

// What a lead, an account or a contact was merged into, and that in turn, to the end; the name
// itself if it was not merged, or in a circle.
std::string SurvivorOf(const std::string& name, const domain::Reader& reader);

}  // namespace leadstream::lead
