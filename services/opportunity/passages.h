// How an opportunity comes through its stages: what a funnel counts. Part of folding its events.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/opportunity/v1/process.pb.h"

namespace leadstream::opportunity {

// Since then it stands at its stage.
void EnterStage(const google::protobuf::Timestamp& since, v1::Opportunity* opportunity);
// Until then it stood at its stage; it may go on to a later one.
void LeaveStage(const google::protobuf::Timestamp& until, bool advances,
                v1::Opportunity* opportunity);

// Whether `to` lies behind `from` in the process.
bool Advances(const v1::ProcessDefinition& process, const std::string& from, const std::string& to);

}  // namespace leadstream::opportunity
