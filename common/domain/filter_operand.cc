#include "common/domain/filter_operand.h"

#include <utility>

namespace leadstream::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kNanoDigits = 9;

// A field of a message, or an element of it, read by reflection.
struct Element {
  const Message& message;
  const FieldDescriptor& field;
  int index;

  const Reflection& reflection() const { return *message.GetReflection(); }

  const std::string& Text(std::string* scratch) const {
    return index < 0 ? reflection().GetStringReference(message, &field, scratch)
                     : reflection().GetRepeatedStringReference(message, &field, index, scratch);
  }
  int EnumValue() const {
    return index < 0 ? reflection().GetEnumValue(message, &field)
                     : reflection().GetRepeatedEnumValue(message, &field, index);
  }
  bool Bool() const {
    return index < 0 ? reflection().GetBool(message, &field)
                     : reflection().GetRepeatedBool(message, &field, index);
  }
  uint64_t Unsigned() const {
    return index < 0 ? reflection().GetUInt64(message, &field)
                     : reflection().GetRepeatedUInt64(message, &field, index);
  }
  int64_t Integer() const {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return index < 0 ? reflection().GetInt32(message, &field)
                         : reflection().GetRepeatedInt32(message, &field, index);
      case FieldDescriptor::CPPTYPE_UINT32:
        return index < 0 ? reflection().GetUInt32(message, &field)
                         : reflection().GetRepeatedUInt32(message, &field, index);
      default:
        return index < 0 ? reflection().GetInt64(message, &field)
                         : reflection().GetRepeatedInt64(message, &field, index);
    }
  }
  double Float() const {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
      return double{index < 0 ? reflection().GetFloat(message, &field)
                              : reflection().GetRepeatedFloat(message, &field, index)};
    }
    return index < 0 ? reflection().GetDouble(message, &field)
                     : reflection().GetRepeatedDouble(message, &field, index);
  }
  const Message& Part() const {
    return index < 0 ? reflection().GetMessage(message, &field)
                     : reflection().GetRepeatedMessage(message, &field, index);
  }
};

int64_t Int64(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetInt64(message, field);
}
int32_t Int32(const Message& message, const FieldDescriptor* field) {
  return message.GetReflection()->GetInt32(message, field);
}

// Money's units and Duration's seconds, with their nanos.
Decimal WithNanos(const Message& value, const FieldDescriptor* whole,
                  const FieldDescriptor* nanos) {
  const int32_t fraction = Int32(value, nanos);
  const Decimal units(Int64(value, whole));
  return fraction == 0 ? units : units + Decimal::Scaled(fraction, kNanoDigits);
}

}  // namespace

std::partial_ordering Operand::Compare(const Message& message, const FieldDescriptor& field,
                                       int index) const {
  const Element element{message, field, index};
  std::string scratch;
  if (const auto* pattern = std::get_if<TextPattern>(&value_)) {
    return pattern->Matches(element.Text(&scratch)) ? std::partial_ordering::equivalent
                                                    : std::partial_ordering::less;
  }
  if (const auto* text = std::get_if<std::string>(&value_))
    return element.Text(&scratch).compare(*text) <=> 0;
  if (const auto* value = std::get_if<EnumNumber>(&value_))
    return element.EnumValue() <=> value->number;
  if (const auto* truth = std::get_if<bool>(&value_)) return element.Bool() <=> *truth;
  if (const auto* number = std::get_if<int64_t>(&value_)) return element.Integer() <=> *number;
  if (const auto* number = std::get_if<uint64_t>(&value_)) return element.Unsigned() <=> *number;
  if (const auto* number = std::get_if<double>(&value_)) return element.Float() <=> *number;

  const Message& value = element.Part();
  if (const auto* time = std::get_if<absl::Time>(&value_)) {
    const absl::Time at =
        absl::FromUnixSeconds(Int64(value, parts_[0])) + absl::Nanoseconds(Int32(value, parts_[1]));
    return at < *time   ? std::partial_ordering::less
           : at > *time ? std::partial_ordering::greater
                        : std::partial_ordering::equivalent;
  }
  if (const auto* day = std::get_if<absl::CivilDay>(&value_)) {
    const auto key = [](int64_t year, int month, int of_month) {
      return year * 10'000 + month * 100 + of_month;
    };
    return key(Int32(value, parts_[0]), Int32(value, parts_[1]), Int32(value, parts_[2])) <=>
           key(day->year(), day->month(), day->day());
  }
  const Decimal& decimal = std::get<Decimal>(value_);
  if (parts_[1] != nullptr) return WithNanos(value, parts_[0], parts_[1]) <=> decimal;
  const std::string& text = value.GetReflection()->GetStringReference(value, parts_[0], &scratch);
  if (text.empty()) return Decimal() <=> decimal;
  const auto parsed = Decimal::Parse(text);
  return parsed.ok() ? std::partial_ordering(*parsed <=> decimal)
                     : std::partial_ordering::unordered;
}

bool Operand::IsWithin(const Message& message, const FieldDescriptor& field) const {
  std::string scratch;
  return std::get<TextPattern>(value_).IsWithin(Element{message, field, -1}.Text(&scratch));
}

}  // namespace leadstream::domain
