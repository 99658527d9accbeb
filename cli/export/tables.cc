#include "cli/export/tables.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>

namespace leadstream::exporting {
namespace {

bool HasUnknownFields(const google::protobuf::Message& message) {
  const auto& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (HasUnknownFields(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasUnknownFields(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace

std::string ShortType(const std::string& type) {
  const std::vector<std::string> parts = absl::StrSplit(type, '.');
  const std::string version = parts.size() > 1 ? parts[parts.size() - 2] : "v1";
  return version == "v1" ? parts.back() : absl::StrCat(parts.back(), ".", version);
}

std::string Table::Path() const {
  if (is_resource()) {
    // services/lead/parkedReactions is one of each service.
    return absl::StrCat(
        "resources/", absl::StrContains(collection, '/')
                          ? absl::StrCat(context, "_", collection.substr(collection.rfind('/') + 1))
                          : collection);
  }
  return absl::StrCat("events/context=", context, "/type=", ShortType(type),
                      "/day=", absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + day));
}

bool SaysMore(const Row& row) { return row.message == nullptr || HasUnknownFields(*row.message); }

}  // namespace leadstream::exporting
