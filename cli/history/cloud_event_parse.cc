#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/time.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <memory>

#include "cli/history/cloud_event.h"
#include "cli/history/json.h"
#include "common/log/position.h"
#include "common/runtime/resource_types.h"

namespace leadstream::history {
namespace {

using google::protobuf::Struct;

std::string TextAt(const Struct& json, const char* name) {
  auto at = json.fields().find(name);
  return at == json.fields().end() ? "" : at->second.string_value();
}

int64_t NumberAt(const Struct& json, const char* name) {
  auto at = json.fields().find(name);
  return at == json.fields().end() ? 0 : static_cast<int64_t>(at->second.number_value());
}

absl::Status ReadData(const Struct& json, log::Record* record) {
  if (json.fields().contains("data_base64")) {
    return absl::Base64Unescape(TextAt(json, "data_base64"), record->mutable_data())
               ? absl::OkStatus()
               : absl::InvalidArgumentError("its data_base64 is none");
  }
  const auto* prototype = runtime::PrototypeOf(record->type());
  if (prototype == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("this version knows no ", record->type()));
  std::unique_ptr<google::protobuf::Message> payload(prototype->New());
  auto data = json.fields().find("data");
  const std::string text = data == json.fields().end() ? "{}" : JsonOf(data->second);
  const auto read = google::protobuf::util::JsonStringToMessage(text, payload.get());
  if (!read.ok())
    return absl::InvalidArgumentError(
        absl::StrCat("its data is no ", record->type(), ": ", std::string(read.message())));
  payload->SerializeToString(record->mutable_data());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::pair<std::string, log::LoggedRecord>> ParseCloudEvent(absl::string_view line) {
  Struct json;
  if (!google::protobuf::util::JsonStringToMessage(std::string(line), &json).ok())
    return absl::InvalidArgumentError("it is no JSON object");
  const auto position = log::ParsePosition(TextAt(json, "position"));
  absl::Time time;
  if (!position || TextAt(json, "specversion") != "1.0" ||
      !absl::ParseTime(absl::RFC3339_full, TextAt(json, "time"), &time, nullptr))
    return absl::InvalidArgumentError("it is no CloudEvent of Leadstream's");
  log::LoggedRecord event;
  event.partition = position->partition;
  event.offset = position->offset;
  log::Record& record = event.record;
  record.set_id(TextAt(json, "id"));
  record.set_type(TextAt(json, "type"));
  record.set_subject(TextAt(json, "subject"));
  record.set_time_us(absl::ToUnixMicros(time));
  record.set_revision(NumberAt(json, "revision"));
  record.set_epoch(NumberAt(json, "epoch"));
  record.set_actor(TextAt(json, "actor"));
  record.set_correlation_id(TextAt(json, "correlationid"));
  record.set_causation_id(TextAt(json, "causationid"));
  record.set_request_id(TextAt(json, "requestid"));
  record.set_traceparent(TextAt(json, "traceparent"));
  absl::Status read = ReadData(json, &record);
  if (!read.ok()) return read;
  return std::pair(position->service, std::move(event));
}

}  // namespace leadstream::history
