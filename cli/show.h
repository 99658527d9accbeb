// Resources and events as people read them.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "leadstream/common/v1/record.pb.h"

namespace leadstream::cli {

// Proto3 JSON, over several lines or in one. Fields are called as in the protos, and in filters.
std::string ToJson(const google::protobuf::Message& message, bool pretty);

// One line: when, what it changed, to which revision, what happened, who did it, and what the event
// says, cut to fit.
//   2026-03-02 09:23:11.512  leads/4711  2  LeadQualified  by anna  {"account":"accounts/4711", ...
std::string ToLine(const common::v1::Event& event, size_t details_max);

}  // namespace leadstream::cli
