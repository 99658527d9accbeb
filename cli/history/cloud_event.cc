#include "cli/history/cloud_event.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/time.h>

#include <memory>

#include "cli/history/json.h"
#include "common/domain/json_text.h"
#include "common/log/position.h"
#include "common/runtime/resource_types.h"

namespace leadstream::history {
namespace {

void AddText(absl::string_view name, absl::string_view text, std::string* json) {
  if (text.empty()) return;
  absl::StrAppend(json, json->size() > 1 ? "," : "", "\"", name, "\":");
  domain::AppendJsonText(text, json);
}

void AddData(const log::Record& record, std::string* json) {
  if (const auto* prototype = runtime::PrototypeOf(record.type()); prototype != nullptr) {
    std::unique_ptr<google::protobuf::Message> payload(prototype->New());
    if (payload->ParseFromString(record.data())) {
      AddText("datacontenttype", "application/json", json);
      absl::StrAppend(json, ",\"data\":", JsonOf(*payload));
      return;
    }
  }
  AddText("datacontenttype", "application/protobuf", json);
  absl::StrAppend(json, ",\"data_base64\":\"", absl::Base64Escape(record.data()), "\"");
}

}  // namespace

std::string ToCloudEvent(const std::string& service, const log::LoggedRecord& event) {
  const log::Record& record = event.record;
  std::string json = "{";
  AddText("specversion", "1.0", &json);
  AddText("id", record.id(), &json);
  AddText("source", absl::StrCat("/", log::TopicOf(service)), &json);
  AddText("type", record.type(), &json);
  AddText("subject", record.subject(), &json);
  AddText("time",
          absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(record.time_us()),
                           absl::UTCTimeZone()),
          &json);
  AddText("dataschema", absl::StrCat("https://type.googleapis.com/", record.type()), &json);
  absl::StrAppend(&json, ",\"revision\":", record.revision(), ",\"epoch\":", record.epoch());
  AddText("actor", record.actor(), &json);
  AddText("correlationid", record.correlation_id(), &json);
  AddText("causationid", record.causation_id(), &json);
  AddText("requestid", record.request_id(), &json);
  AddText("traceparent", record.traceparent(), &json);
  AddText("position", log::ToString({service, event.partition, event.offset}), &json);
  AddData(record, &json);
  json.push_back('}');
  return json;
}

}  // namespace leadstream::history
