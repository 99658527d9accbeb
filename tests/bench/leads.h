// Leads as they come in from web forms, fairs and calls. The same number makes the same lead, and
// its e-mail is its own.
#pragma once

#include <cstdint>
#include <string>

#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::bench {

inline constexpr char kCreateLead[] = "/leadstream.lead.v1.LeadService/CreateLead";
inline constexpr char kGetLead[] = "/leadstream.lead.v1.LeadService/GetLead";
inline constexpr char kListLeads[] = "/leadstream.lead.v1.LeadService/ListLeads";

// The request id is that of the number and of the run, so that two runs make two leads.
lead::v1::CreateLeadRequest CreateLead(uint64_t number, const std::string& run);

}  // namespace leadstream::bench
