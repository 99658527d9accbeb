// Literals, by the type of the field that they are compared with.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/strip.h>

#include <cmath>
#include <utility>

#include "common/domain/field_names.h"
#include "common/domain/filter_operand.h"

namespace leadstream::domain {
namespace {

using google::protobuf::FieldDescriptor;
using Value = Operand::Value;

absl::Status Problem(absl::string_view problem) { return absl::InvalidArgumentError(problem); }

std::string Quoted(absl::string_view text) { return absl::StrCat("`", Excerpt(text), "`"); }

bool IsOrdering(Comparator comparator) {
  return comparator >= Comparator::kLess && comparator <= Comparator::kGreaterOrEqual;
}

absl::StatusOr<Value> ReadText(const FieldDescriptor&, Comparator comparator,
                               const FilterToken& word) {
  if (!IsOrdering(comparator)) {
    return TextPattern(word.pieces, comparator == Comparator::kHas ? TextPattern::Case::kIgnored
                                                                   : TextPattern::Case::kMatters);
  }
  if (word.pieces.size() > 1)
    return Problem("wildcards go with =, != and : only; a star itself is `\\*`");
  return word.pieces.front();
}

absl::StatusOr<Value> ReadEnum(const FieldDescriptor& field, const std::string& text) {
  std::string problem;
  const auto* value = FindValue(*field.enum_type(), text, &problem);
  if (value == nullptr) return Problem(problem);
  return EnumNumber{value->number()};
}

absl::StatusOr<Value> ReadBool(const FieldDescriptor& field, const std::string& text) {
  if (text != "true" && text != "false")
    return Problem(absl::StrCat("`", field.name(), "` is true or false, not ", Quoted(text)));
  return text == "true";
}

absl::StatusOr<Value> ReadInteger(const FieldDescriptor& field, const std::string& text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value))
    return Problem(
        absl::StrCat("`", field.name(), "` is a whole number of 64 bits, not ", Quoted(text)));
  return value;
}

absl::StatusOr<Value> ReadUnsigned(const FieldDescriptor& field, const std::string& text) {
  uint64_t value = 0;
  if (!absl::SimpleAtoi(text, &value))
    return Problem(absl::StrCat("`", field.name(),
                                "` is a whole number of 64 bits, not below 0, not ", Quoted(text)));
  return value;
}

absl::StatusOr<Value> ReadFloat(const FieldDescriptor& field, const std::string& text) {
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value))
    return Problem(absl::StrCat("`", field.name(), "` is a number, not ", Quoted(text)));
  return value;
}

absl::StatusOr<Value> ReadDecimal(const FieldDescriptor& field, const std::string& text) {
  auto value = Decimal::Parse(text);
  if (value.ok()) return *std::move(value);
  if (absl::IsOutOfRange(value.status()))
    return Problem(absl::StrCat(Quoted(text), " ", value.status().message()));
  return Problem(
      absl::StrCat("`", field.name(), "` is a number, such as 1234.50, not ", Quoted(text)));
}

absl::StatusOr<Value> ReadDuration(const FieldDescriptor& field, const std::string& text) {
  absl::string_view seconds = text;
  if (absl::ConsumeSuffix(&seconds, "s")) {
    auto value = Decimal::Parse(seconds);
    if (value.ok()) return *std::move(value);
  }
  return Problem(absl::StrCat("`", field.name(), "` is a duration in seconds, such as 90s, not ",
                              Quoted(text)));
}

// "2026-03-01"; false if it is no day of the years 1 to 9999.
bool ParseDay(absl::string_view text, absl::CivilDay* day) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int number[3] = {0, 0, 0};
  const absl::string_view parts[3] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
  for (int i = 0; i < 3; ++i) {
    for (char c : parts[i]) {
      if (c < '0' || c > '9') return false;
      number[i] = number[i] * 10 + (c - '0');
    }
  }
  *day = absl::CivilDay(number[0], number[1], number[2]);
  // CivilDay carries what is too much over into the next month or year.
  return number[0] >= 1 && day->year() == number[0] && day->month() == number[1] &&
         day->day() == number[2];
}

absl::StatusOr<Value> ReadTime(const FieldDescriptor& field, const std::string& text) {
  absl::CivilDay day;
  absl::Time time;
  if (ParseDay(text, &day)) return absl::FromCivil(day, absl::UTCTimeZone());
  // The day first: ParseTime alone would take "infinite-future", and years of any length.
  if (ParseDay(text.substr(0, 10), &day) &&
      absl::ParseTime(absl::RFC3339_full, text, &time, nullptr))
    return time;
  return Problem(absl::StrCat(
      "`", field.name(), "` is a time, such as \"2026-03-01T09:30:00Z\" or \"2026-03-01\", not ",
      Quoted(text)));
}

absl::StatusOr<Value> ReadDay(const FieldDescriptor& field, const std::string& text) {
  absl::CivilDay day;
  if (ParseDay(text, &day)) return day;
  return Problem(
      absl::StrCat("`", field.name(), "` is a day, such as \"2026-03-01\", not ", Quoted(text)));
}

using Reader = absl::StatusOr<Value> (*)(const FieldDescriptor&, const std::string& text);

// A kind of value that is no text.
struct ValueKind {
  Reader read = nullptr;
  bool ordered = true;
  std::array<const char*, 3> parts = {nullptr, nullptr, nullptr};
};

// Without `read`: of no kind that a literal has.
ValueKind MessageKind(absl::string_view type) {
  if (type == "google.type.Money") return {ReadDecimal, true, {"units", "nanos", nullptr}};
  if (type == "google.type.Decimal") return {ReadDecimal, true, {"value", nullptr, nullptr}};
  if (type == "google.protobuf.Timestamp") return {ReadTime, true, {"seconds", "nanos", nullptr}};
  if (type == "google.protobuf.Duration")
    return {ReadDuration, true, {"seconds", "nanos", nullptr}};
  if (type == "google.type.Date") return {ReadDay, true, {"year", "month", "day"}};
  return {};
}

ValueKind KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return {ReadEnum, false};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {ReadBool, false};
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
      return {ReadInteger};
    case FieldDescriptor::CPPTYPE_UINT64:
      return {ReadUnsigned};
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {ReadFloat};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageKind(field.message_type()->full_name());
    default:
      return {};
  }
}

}  // namespace

bool MeansAny(const FilterToken& word) {
  return word.pieces.size() == 2 && word.pieces[0].empty() && word.pieces[1].empty();
}

absl::StatusOr<Operand> Operand::Read(const FieldDescriptor& field, Comparator comparator,
                                      const FilterToken& word) {
  if (comparator == Comparator::kHas && MeansAny(word)) return Operand(AnyValue{}, {});
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    auto text = ReadText(field, comparator, word);
    if (!text.ok()) return text.status();
    return Operand(*std::move(text), {});
  }
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    return Problem(absl::StrCat("`", field.name(), "` holds bytes; only `", field.name(),
                                ":*` can be asked of it"));
  }
  const ValueKind kind = KindOf(field);
  if (kind.read == nullptr) {
    return Problem(absl::StrCat(
        "`", field.name(), "` is no single value: compare a field of it, such as `", field.name(),
        ".", field.message_type()->field_count() > 0 ? field.message_type()->field(0)->name() : "*",
        "`"));
  }
  if (IsOrdering(comparator) && !kind.ordered)
    return Problem(absl::StrCat("`", field.name(), "` has no order; compare it with = or !="));
  // No such value has a star: it goes back in, and the message shows it.
  auto value = kind.read(field, absl::StrJoin(word.pieces, "*"));
  if (!value.ok()) return value.status();
  std::array<const FieldDescriptor*, 3> parts = {nullptr, nullptr, nullptr};
  for (size_t i = 0; i < parts.size(); ++i) {
    if (kind.parts[i] != nullptr) parts[i] = field.message_type()->FindFieldByName(kind.parts[i]);
  }
  return Operand(*std::move(value), parts);
}

}  // namespace leadstream::domain
