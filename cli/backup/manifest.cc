#include "cli/backup/manifest.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/json_util.h>

#include "cli/export/manifest.h"

namespace leadstream::backup {
namespace {

std::string PathIn(const std::string& directory) { return directory + "/manifest.json"; }

}  // namespace

absl::StatusOr<BackupManifest> ReadManifest(const std::string& directory) {
  auto json = exporting::ReadFile(PathIn(directory));
  if (!json.ok()) return json.status();
  BackupManifest manifest;
  if (!google::protobuf::util::JsonStringToMessage(*json, &manifest).ok() ||
      manifest.format_version() != kFormatVersion)
    return absl::DataLossError(absl::StrCat(PathIn(directory), ": that is no manifest of a backup",
                                            " in form ", kFormatVersion));
  return manifest;
}

absl::Status WriteManifest(const std::string& directory, const BackupManifest& manifest) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(manifest, &json, options).ok())
    return absl::InternalError("the manifest cannot be written as JSON");
  return exporting::ReplaceFile(PathIn(directory), json);
}

std::map<PartitionName, int64_t> EndsOf(const BackupManifest& manifest) {
  std::map<PartitionName, int64_t> ends;
  for (const auto& topic : manifest.topics())
    for (const auto& partition : topic.partitions())
      ends[{topic.service(), partition.partition()}] = partition.end();
  return ends;
}

Size SizeOf(const BackupManifest& manifest) {
  Size size;
  for (const BackupFile& file : manifest.files()) {
    size.records += file.records();
    size.bytes += file.bytes();
  }
  return size;
}

}  // namespace leadstream::backup
