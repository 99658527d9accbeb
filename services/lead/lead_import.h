// ImportLeads: what a row becomes, as the leads stand when its turn comes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::lead {

// Rows that may be the same inquiry, or are the same lead, share a key.
std::vector<std::string> ImportKeys(const v1::ImportLeadsRequest& row);

// The command that a row is: CreateLead, or UpdateLead with what an open lead lacks. Null: there is
// nothing to be done, and `result` says why. A row that comes again finds its own lead, by the id
// that it gives or that its request id is; or fills what is filled already.
std::unique_ptr<google::protobuf::Message> PlanImport(const v1::ImportLeadsRequest& row,
                                                      const domain::Reader& reader,
                                                      v1::ImportLeadsResponse::Result* result);

domain::Intake LeadImport();

}  // namespace leadstream::lead
