// What a field is compared with: a literal, read once, of the field's own type.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <array>
#include <compare>
#include <string>
#include <variant>

#include "common/domain/decimal.h"
#include "common/domain/filter.h"
#include "common/domain/filter_lexer.h"
#include "common/domain/text_pattern.h"

namespace leadstream::domain {

// `path:*`
struct AnyValue {};
// `*` alone.
bool MeansAny(const FilterToken& word);

class Operand {
 public:
  using Value = std::variant<AnyValue, TextPattern, std::string, EnumNumber, bool, int64_t,
                             uint64_t, double, Decimal, absl::Time, absl::CivilDay>;

  // InvalidArgument: the field cannot be compared so, or not with this; the message is for
  // FilterProblem.
  static absl::StatusOr<Operand> Read(const google::protobuf::FieldDescriptor& field,
                                      Comparator comparator, const FilterToken& word);

  const Value& value() const { return value_; }

  // How the field of `message` (its element `index`, if it is a list; -1 if not) stands to the
  // operand, which is no AnyValue. A text is equal to a pattern, or less. Unordered: it cannot be
  // read, such as a Decimal that is no number.
  std::partial_ordering Compare(const google::protobuf::Message& message,
                                const google::protobuf::FieldDescriptor& field, int index) const;
  // The field's text contains the operand, which is a TextPattern.
  bool IsWithin(const google::protobuf::Message& message,
                const google::protobuf::FieldDescriptor& field) const;

 private:
  Operand(Value value, std::array<const google::protobuf::FieldDescriptor*, 3> parts)
      : value_(std::move(value)), parts_(parts) {}

  Value value_;
  // Of a field that is a message: its units and nanos, seconds and nanos, year, month and day, or
  // value.
  std::array<const google::protobuf::FieldDescriptor*, 3> parts_;
};

}  // namespace leadstream::domain
