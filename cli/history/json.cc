#include "cli/history/json.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include "common/domain/json_text.h"

namespace leadstream::history {
namespace {

constexpr char kTypeUrls[] = "type.googleapis.com";

// A map is serialized in any order unless that is asked for.
std::string InOrder(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

std::string JsonOf(const google::protobuf::Message& message, bool pretty) {
  static auto* const types = google::protobuf::util::NewTypeResolverForDescriptorPool(
      kTypeUrls, google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::BinaryToJsonString(
      types, absl::StrCat(kTypeUrls, "/", message.GetDescriptor()->full_name()), InOrder(message),
      &json, options);
  if (status.ok()) return json;
  json = "{\"unreadable\":";
  domain::AppendJsonText(std::string(status.message()), &json);
  return json + "}";
}

}  // namespace leadstream::history
