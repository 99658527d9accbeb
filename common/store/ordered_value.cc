#include "common/store/ordered_value.h"

#include <absl/base/internal/endian.h>
#include <absl/strings/str_split.h>

namespace leadstream::store {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kStringBytesMax = 128;

bool IsMessage(const FieldDescriptor& field, absl::string_view name) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == name;
}

bool HasOrder(const FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsMessage(field, "google.protobuf.Timestamp") || IsMessage(field, "google.type.Date");
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return false;
    default:
      return true;
  }
}

int64_t Number(const Message& message, int number) {
  const auto* field = message.GetDescriptor()->FindFieldByNumber(number);
  return field->cpp_type() == FieldDescriptor::CPPTYPE_INT64
             ? message.GetReflection()->GetInt64(message, field)
             : message.GetReflection()->GetInt32(message, field);
}

}  // namespace

std::string EncodeOrdered(int64_t value) {
  char bytes[8];
  absl::big_endian::Store64(bytes, static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
  return std::string(bytes, sizeof bytes);
}

std::string EncodeOrdered(absl::string_view value) {
  return EncodeWhole(value.substr(0, kStringBytesMax));
}

std::string EncodeWhole(absl::string_view value) {
  std::string bytes;
  for (char c : value) {
    bytes.push_back(c);
    if (c == '\0') bytes.push_back('\xFF');
  }
  bytes.append("\0\1", 2);
  return bytes;
}

int64_t Microseconds(const Message& timestamp) {
  return Number(timestamp, 1) * 1'000'000 + Number(timestamp, 2) / 1'000;
}

std::optional<FieldPath> FieldPath::Resolve(const google::protobuf::Descriptor& message,
                                            absl::string_view path) {
  FieldPath resolved;
  const google::protobuf::Descriptor* at = &message;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (at == nullptr) return std::nullopt;
    const FieldDescriptor* field = at->FindFieldByName(std::string(part));
    if (field == nullptr || field->is_repeated()) return std::nullopt;
    resolved.fields_.push_back(field);
    at = field->message_type();
  }
  if (!HasOrder(*resolved.fields_.back())) return std::nullopt;
  return resolved;
}

std::string FieldPath::Encode(const Message& message) const {
  const Message* at = &message;
  for (size_t i = 0; i + 1 < fields_.size(); ++i)
    at = &at->GetReflection()->GetMessage(*at, fields_[i]);
  const FieldDescriptor* field = fields_.back();
  const auto* reflection = at->GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return EncodeOrdered(int64_t{reflection->GetInt32(*at, field)});
    case FieldDescriptor::CPPTYPE_INT64:
      return EncodeOrdered(reflection->GetInt64(*at, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return EncodeOrdered(int64_t{reflection->GetUInt32(*at, field)});
    case FieldDescriptor::CPPTYPE_UINT64:
      return EncodeOrdered(static_cast<int64_t>(reflection->GetUInt64(*at, field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return EncodeOrdered(int64_t{reflection->GetBool(*at, field)});
    case FieldDescriptor::CPPTYPE_ENUM:
      return EncodeOrdered(int64_t{reflection->GetEnumValue(*at, field)});
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      return EncodeOrdered(reflection->GetStringReference(*at, field, &scratch));
    }
    default: {
      const Message& value = reflection->GetMessage(*at, field);
      if (IsMessage(*field, "google.type.Date"))
        return EncodeOrdered(Number(value, 1) * 10'000 + Number(value, 2) * 100 + Number(value, 3));
      return EncodeOrdered(Microseconds(value));
    }
  }
}

}  // namespace leadstream::store
