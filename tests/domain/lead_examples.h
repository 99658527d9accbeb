// Leads, and commands on them, for the tests of the lead service: Anna Kovács of Malom Kft. wants
// 40 seats.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "services/lead/lead_context.h"
#include "tests/domain/story.h"
#include "tests/message_of.h"

namespace leadstream::lead {

using namespace leadstream::lead::v1;  // NOLINT(google-build-using-namespace)
using testing::Story;

using testing::Of;

inline CreateLeadRequest CreateLead(const std::string& more = "") {
  auto create = Of<CreateLeadRequest>(R"pb(lead {
                                             topic: "40 seats"
                                             person { given_name: "Anna" family_name: "Kovács" }
                                             company: "Malom Kft."
                                             emails: "Anna@Malom.example"
                                             source: WEB
                                             address { country: "HU" }
                                           })pb");
  create.mutable_lead()->MergeFrom(Of<Lead>(more));
  return create;
}

// All that a lead needs to be qualified.
inline QualifyLeadRequest QualifyLead(const std::string& more = "") {
  return Of<QualifyLeadRequest>(R"pb(need: "annual plan"
                                     budget { currency_code: "HUF" units: 5000000 })pb" +
                                more);
}

inline DisqualifyLeadRequest DisqualifyLead(const std::string& reason = "LOST") {
  return Of<DisqualifyLeadRequest>("reason: " + reason);
}
inline MergeLeadsRequest MergeInto(const std::string& name) {
  return Of<MergeLeadsRequest>("into: '" + name + "'");
}
inline AssignLeadRequest AssignTo(const std::string& owner) {
  return Of<AssignLeadRequest>("owner: '" + owner + "'");
}

inline UpdateLeadRequest UpdateLead(const std::string& lead, const std::string& mask = "") {
  UpdateLeadRequest request;
  *request.mutable_lead() = Of<Lead>(lead);
  if (!mask.empty()) request.mutable_update_mask()->add_paths(mask);
  return request;
}

inline RecordOpportunityStateRequest Opportunity(const std::string& state, int revision,
                                                 const std::string& name = "opportunities/anna") {
  return Of<RecordOpportunityStateRequest>("opportunity: '" + name +
                                           "' opportunity_state: OPPORTUNITY_" + state +
                                           " opportunity_revision: " + std::to_string(revision));
}

inline opportunity::v1::Opportunity OpportunityThatIs(opportunity::v1::Opportunity::State state) {
  opportunity::v1::Opportunity opportunity;
  opportunity.set_state(state);
  return opportunity;
}

// leads/anna, to whom all this happened.
template <typename... Given>
Story LeadAfter(const Given&... given) {
  Story story(LeadAggregate());
  story.Named("leads/anna").Knows("leads/other", Of<Lead>("state: OPEN"));
  (story.Given(given), ...);
  return story;
}

inline Story NoLead() { return LeadAfter(); }
inline Story OpenLead(const std::string& more = "") { return LeadAfter(CreateLead(more)); }
inline Story QualifiedLead() { return LeadAfter(CreateLead(), QualifyLead()); }
inline Story DisqualifiedLead() { return LeadAfter(CreateLead(), DisqualifyLead()); }

}  // namespace leadstream::lead
