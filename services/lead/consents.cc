#include "services/lead/consents.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>

#include <string>
#include <vector>

#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using common::v1::Consents;
using domain::Context;

Consents ConsentsOf(const std::string& name, const Context& context) {
  if (const auto* lead = context.Find<Lead>(name)) return lead->consents();
  if (const auto* contact = context.Find<Contact>(name)) return contact->consents();
  return {};
}

std::vector<std::string> NewlyConcerned(const Activity& before, const Activity& after) {
  std::vector<std::string> names;
  if (after.regarding() != before.regarding()) names.push_back(after.regarding());
  for (const std::string& contact : after.contacts()) {
    if (!absl::c_linear_search(before.contacts(), contact)) names.push_back(contact);
  }
  return names;
}

}  // namespace

std::optional<domain::Refusal> Unwanted(const Activity& before, const Activity& after,
                                        const Context& context) {
  if (after.direction() == Activity::INCOMING) return std::nullopt;
  for (const std::string& name : NewlyConcerned(before, after)) {
    const Consents consents = ConsentsOf(name, context);
    if (after.type() == Activity::CALL && consents.do_not_call())
      return domain::Refuse(ACTIVITY_DO_NOT_CALL, absl::StrCat(name, " asked not to be called"));
    if (after.type() == Activity::EMAIL && consents.do_not_email())
      return domain::Refuse(ACTIVITY_DO_NOT_EMAIL,
                            absl::StrCat(name, " asked not to be sent e-mail"));
  }
  return std::nullopt;
}

}  // namespace leadstream::lead
