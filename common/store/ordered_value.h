// A field's value as bytes whose order is the value's order: what index keys are made of.
//
//   integers, enums, booleans, times, dates   8 bytes, big-endian, sign bit flipped
//                                             (times in microseconds)
//   strings                                   NUL as 00 FF, ended by 00 01; at most 128 bytes of
//                                             it, so that longer ones tie
//
// No encoding is a proper prefix of another of its kind, so what follows in a key does not disturb
// the order.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace leadstream::store {

std::string EncodeOrdered(int64_t value);
std::string EncodeOrdered(absl::string_view value);
// A string that is not cut short, so that it can be read back.
std::string EncodeWhole(absl::string_view value);
// Microseconds since the Unix epoch.
int64_t Microseconds(const google::protobuf::Message& timestamp);

// A path of fields, "budget.currency_code", resolved once.
class FieldPath {
 public:
  // Nothing if there is no such field, or if it is repeated or of a type that has no order here.
  static std::optional<FieldPath> Resolve(const google::protobuf::Descriptor& message,
                                          absl::string_view path);
  // An unset field has its type's zero value.
  std::string Encode(const google::protobuf::Message& message) const;
  const google::protobuf::FieldDescriptor& field() const { return *fields_.back(); }

 private:
  std::vector<const google::protobuf::FieldDescriptor*> fields_;
};

}  // namespace leadstream::store
