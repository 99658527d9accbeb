// An event in the JSON format of CloudEvents 1.0, one line.
//
//   {"specversion":"1.0","id":"0199...","source":"/leadstream.lead","type":"leadstream.lead.v1.LeadCreated",
//    "subject":"leads/4711","time":"2026-03-02T09:23:11.512345Z","datacontenttype":"application/json",
//    "dataschema":"https://type.googleapis.com/leadstream.lead.v1.LeadCreated","revision":1,"epoch":3,
//    "actor":"anna","correlationid":"0199...","position":"lead/3:1041","data":{"lead":{...}}}
//
// Beyond the standard: revision, epoch, actor, correlationid, causationid, requestid, traceparent
// as in the record's headers (common/log/kafka_record.h), and where it stands. Empty ones are left
// out. An event of another version, whose type this one does not know, has its bytes in
// `data_base64` instead.
//
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>
#include <utility>

#include "common/log/event_log.h"

namespace leadstream::history {

// `service` is "lead" and the like.
std::string ToCloudEvent(const std::string& service, const log::LoggedRecord& event);
// The event that such a line tells of, and its service. What the line leaves out (the hash of a
// request) is not in it. InvalidArgument: it is none, or `data` is not what its type says.
absl::StatusOr<std::pair<std::string, log::LoggedRecord>> ParseCloudEvent(absl::string_view line);

}  // namespace leadstream::history
