#include "common/domain/utf8.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <limits>
#include <string>
#include <utility>

#include "common/domain/validation.h"

namespace leadstream::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kDepthMax = 100;  // the parser's own limit

class Walk {
 public:
  explicit Walk(absl::string_view wire)
      : wire_(wire),
        in_(reinterpret_cast<const uint8_t*>(wire.data()), static_cast<int>(wire.size())) {}

  // False: this is not a message of `type`. Reads up to the current limit.
  bool Message(const Descriptor& type, const std::string& path, int depth);
  std::vector<FieldViolation> Take() { return std::move(bad_); }

 private:
  bool Field(const FieldDescriptor& field, const std::string& path, int depth);

  absl::string_view wire_;
  CodedInputStream in_;
  std::vector<FieldViolation> bad_;
};

bool Walk::Message(const Descriptor& type, const std::string& path, int depth) {
  if (depth > kDepthMax) return false;
  absl::flat_hash_map<int, int> counts;  // elements seen, by field number
  while (const uint32_t tag = in_.ReadTag()) {
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool texts =
        field != nullptr &&
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
        (field->type() == FieldDescriptor::TYPE_STRING ||
         field->type() == FieldDescriptor::TYPE_MESSAGE);
    if (!texts) {
      if (!WireFormatLite::SkipField(&in_, tag)) return false;
      continue;
    }
    // An entry of a map, whose key may be what is wrong, goes by its place too.
    std::string below = type.options().map_entry()
                            ? path
                            : absl::StrCat(path, path.empty() ? "" : ".", field->name());
    if (field->is_repeated()) absl::StrAppend(&below, "[", counts[field->number()]++, "]");
    if (!Field(*field, below, depth)) return false;
  }
  return in_.ConsumedEntireMessage();
}

bool Walk::Field(const FieldDescriptor& field, const std::string& path, int depth) {
  uint32_t size = 0;
  if (!in_.ReadVarint32(&size) || size > static_cast<uint32_t>(std::numeric_limits<int>::max()))
    return false;
  const int length = static_cast<int>(size);
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    const int left = in_.BytesUntilLimit();
    if (length > (left >= 0 ? left : static_cast<int>(wire_.size()) - in_.CurrentPosition()))
      return false;
    const CodedInputStream::Limit limit = in_.PushLimit(length);
    const bool whole = Message(*field.message_type(), path, depth + 1);
    in_.PopLimit(limit);
    return whole;
  }
  const auto at = static_cast<size_t>(in_.CurrentPosition());
  if (!in_.Skip(length)) return false;
  if (!IsUtf8(wire_.substr(at, size)) && bad_.size() < kViolationsMax)
    bad_.push_back({path, "is not valid UTF-8"});
  return true;
}

}  // namespace

absl::string_view WholeCharacters(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

bool IsUtf8(absl::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  for (size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const unsigned next = byte(i + 1);
    size_t length = 1;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    if (next < low || next > high) return false;
    for (size_t k = 2; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

std::vector<FieldViolation> FindInvalidUtf8(const Descriptor& type, absl::string_view wire) {
  if (wire.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return {};
  Walk walk(wire);
  return walk.Message(type, "", 1) ? walk.Take() : std::vector<FieldViolation>();
}

}  // namespace leadstream::domain
