#include "cli/export/manifest.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "common/domain/json_text.h"

namespace leadstream::exporting {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value& At(const Struct& json, const std::string& name) {
  auto at = json.fields().find(name);
  return at == json.fields().end() ? Value::default_instance() : at->second;
}

int64_t IntAt(const Struct& json, const std::string& name) {
  return static_cast<int64_t>(At(json, name).number_value());
}

Reached ReachedIn(const Struct& json) {
  Reached reached;
  for (const auto& [service, partitions] : json.fields()) {
    for (const auto& [partition, at] : partitions.struct_value().fields()) {
      int number = 0;
      if (!absl::SimpleAtoi(partition, &number)) continue;
      reached[service][number] = {IntAt(at.struct_value(), "offset"),
                                  IntAt(at.struct_value(), "epoch")};
    }
  }
  return reached;
}

}  // namespace

std::string Manifest::ToJson() const {
  std::string json = absl::StrCat("{\n\"format\":", domain::JsonText(format),
                                  ",\n\"as_of\":", domain::JsonText(as_of), ",\n\"exports\":[");
  const char* comma = "\n";
  for (const ExportedRange& range : exports) {
    absl::StrAppend(&json, comma, "{\"number\":", range.number, ",\"events\":", range.events,
                    ",\"to\":{");
    const char* service_comma = "";
    for (const auto& [service, partitions] : range.to) {
      absl::StrAppend(&json, service_comma, domain::JsonText(service), ":{");
      const char* partition_comma = "";
      for (const auto& [partition, at] : partitions) {
        absl::StrAppend(&json, partition_comma, "\"", partition, "\":{\"offset\":", at.next_offset,
                        ",\"epoch\":", at.epoch, "}");
        partition_comma = ",";
      }
      json += "}";
      service_comma = ",";
    }
    json += "}}";
    comma = ",\n";
  }
  json += "],\n\"files\":[";
  comma = "\n";
  for (const ExportedFile& file : files) {
    absl::StrAppend(&json, comma, "{\"path\":", domain::JsonText(file.path),
                    ",\"export\":", file.number, ",\"rows\":", file.rows, ",\"bytes\":", file.bytes,
                    ",\"sha256\":\"", file.sha256, "\"}");
    comma = ",\n";
  }
  return json + "]\n}\n";
}

absl::StatusOr<Manifest> Manifest::Parse(const std::string& json) {
  Struct parsed;
  if (!google::protobuf::util::JsonStringToMessage(json, &parsed).ok() ||
      At(parsed, "exports").list_value().values().empty())
    return absl::InvalidArgumentError("that is no manifest of an export");
  Manifest manifest;
  manifest.format = At(parsed, "format").string_value();
  manifest.as_of = At(parsed, "as_of").string_value();
  for (const Value& range : At(parsed, "exports").list_value().values()) {
    const Struct& fields = range.struct_value();
    manifest.exports.push_back({IntAt(fields, "number"), IntAt(fields, "events"),
                                ReachedIn(At(fields, "to").struct_value())});
  }
  for (const Value& file : At(parsed, "files").list_value().values()) {
    const Struct& fields = file.struct_value();
    manifest.files.push_back({At(fields, "path").string_value(), IntAt(fields, "export"),
                              IntAt(fields, "rows"), IntAt(fields, "bytes"),
                              At(fields, "sha256").string_value()});
  }
  return manifest;
}

}  // namespace leadstream::exporting
