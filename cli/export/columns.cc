#include "cli/export/columns.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <algorithm>
#include <map>

#include "cli/history/json.h"
#include "common/domain/decimal.h"
#include "common/runtime/resource_types.h"
#include "common/store/ordered_value.h"

namespace leadstream::exporting {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::vector<Column> ColumnsWithin(const Descriptor& message,
                                  std::vector<const Descriptor*>* around);

// Messages that are one value.
const std::map<std::string, Kind>& KnownMessages() {
  static const auto* const known = new std::map<std::string, Kind>{
      {"google.protobuf.Timestamp", Kind::kTime}, {"google.type.Date", Kind::kDate},
      {"google.type.Decimal", Kind::kDecimal},    {"google.type.Money", Kind::kMoney},
      {"google.protobuf.Any", Kind::kJson},       {"google.protobuf.Struct", Kind::kJson},
      {"google.protobuf.Value", Kind::kJson},     {"google.protobuf.ListValue", Kind::kJson},
      {"google.protobuf.Duration", Kind::kJson},
  };
  return *known;
}

std::optional<Column> ColumnOf(const FieldDescriptor& field,
                               std::vector<const Descriptor*>* around) {
  Column column{field.name(), Kind::kText, &field,
                runtime::PrototypeOf(field.containing_type())->GetReflection()};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      column.kind = field.type() == FieldDescriptor::TYPE_BYTES ? Kind::kBytes : Kind::kText;
      return column;
    case FieldDescriptor::CPPTYPE_BOOL:
      column.kind = Kind::kBool;
      return column;
    case FieldDescriptor::CPPTYPE_INT32:
      column.kind = Kind::kInt32;
      return column;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_INT64:
      column.kind = Kind::kInt64;
      return column;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      column.kind = Kind::kDouble;
      return column;
    case FieldDescriptor::CPPTYPE_ENUM:
      column.kind = Kind::kEnum;
      return column;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  auto known = KnownMessages().find(field.message_type()->full_name());
  if (known != KnownMessages().end()) {
    column.kind = known->second;
  } else if (std::find(around->begin(), around->end(), field.message_type()) != around->end()) {
    column.kind = Kind::kJson;
  } else {
    column.kind = Kind::kStruct;
    column.fields = ColumnsWithin(*field.message_type(), around);
    if (column.fields.empty()) return std::nullopt;
  }
  return column;
}

std::vector<Column> ColumnsWithin(const Descriptor& message,
                                  std::vector<const Descriptor*>* around) {
  std::vector<Column> columns;
  around->push_back(&message);
  for (int i = 0; i < message.field_count(); ++i) {
    if (auto column = ColumnOf(*message.field(i), around)) columns.push_back(std::move(*column));
  }
  around->pop_back();
  return columns;
}

// A plain decimal, as nearly all are, without numbers of any size. Nothing: it is not that.
std::optional<absl::int128> PlainDecimal(const std::string& text, int scale) {
  constexpr int kDigitsMax = 27;  // so that scaling cannot overflow
  absl::int128 value = 0;
  int digits = 0, after_point = -1;
  for (size_t i = text[0] == '-' ? 1 : 0; i < text.size(); ++i) {
    if (text[i] == '.' && after_point < 0) {
      after_point = 0;
      continue;
    }
    if (text[i] < '0' || text[i] > '9' || ++digits > kDigitsMax) return std::nullopt;
    value = value * 10 + (text[i] - '0');
    if (after_point >= 0) ++after_point;
  }
  if (digits == 0 || after_point > scale) return std::nullopt;
  for (int i = std::max(after_point, 0); i < scale; ++i) value *= 10;
  return text[0] == '-' ? -value : value;
}

template <typename Known>
const Known& As(const Message& message) {
  return static_cast<const Known&>(message);
}

// Where a map's entries stand, in the order of their keys.
std::vector<int> OrderOf(const Message& map, const Column& column, int size) {
  const Column& key_column = column.fields[0];
  std::vector<std::pair<std::string, int>> order;
  for (int i = 0; i < size; ++i) {
    const Cell entry{map, column, i};
    const Cell key{entry.Value(), key_column};
    std::string scratch;
    order.emplace_back(
        key_column.kind == Kind::kText ? key.Text(&scratch) : absl::StrCat(key.Number()), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<int> indices;
  for (const auto& [key, i] : order) indices.push_back(i);
  return indices;
}

}  // namespace

std::vector<Column> ColumnsOf(const Descriptor& message) {
  std::vector<const Descriptor*> around;
  return ColumnsWithin(message, &around);
}

const std::vector<EventColumn>& EventColumns() {
  using Event = log::LoggedRecord;
  static const auto* const columns = new std::vector<EventColumn>{
      {"id", Kind::kText, [](const Event& e) -> const std::string& { return e.record.id(); }, {}},
      {"time", Kind::kTime, {}, [](const Event& e) -> int64_t { return e.record.time_us(); }},
      {"resource",
       Kind::kText,
       [](const Event& e) -> const std::string& { return e.record.subject(); },
       {}},
      {"revision", Kind::kInt64, {}, [](const Event& e) -> int64_t { return e.record.revision(); }},
      {"actor",
       Kind::kText,
       [](const Event& e) -> const std::string& { return e.record.actor(); },
       {}},
      {"correlation_id",
       Kind::kText,
       [](const Event& e) -> const std::string& { return e.record.correlation_id(); },
       {}},
      {"causation_id",
       Kind::kText,
       [](const Event& e) -> const std::string& { return e.record.causation_id(); },
       {}},
      {"request_id",
       Kind::kText,
       [](const Event& e) -> const std::string& { return e.record.request_id(); },
       {}},
      {"traceparent",
       Kind::kText,
       [](const Event& e) -> const std::string& { return e.record.traceparent(); },
       {}},
      {"epoch", Kind::kInt64, {}, [](const Event& e) -> int64_t { return e.record.epoch(); }},
      {"partition", Kind::kInt32, {}, [](const Event& e) -> int64_t { return e.partition; }},
      {"offset", Kind::kInt64, {}, [](const Event& e) -> int64_t { return e.offset; }},
  };
  return *columns;
}

bool IsList(const Column& column) { return column.field->is_repeated(); }

const google::protobuf::Message& Cell::Value() const {
  const Reflection& reflection = *column.reflection;
  return index < 0 ? reflection.GetMessage(message, column.field)
                   : reflection.GetRepeatedMessage(message, column.field, index);
}

bool Cell::IsSet() const {
  const Reflection& reflection = *column.reflection;
  if (index < 0 && column.field->has_presence() && !reflection.HasField(message, column.field))
    return false;
  switch (column.kind) {
    case Kind::kText:
    case Kind::kBytes: {
      std::string scratch;
      return index >= 0 || column.field->has_presence() || !Text(&scratch).empty();
    }
    case Kind::kEnum: {
      const int value = index < 0 ? reflection.GetEnumValue(message, column.field)
                                  : reflection.GetRepeatedEnumValue(message, column.field, index);
      return value != 0;
    }
    case Kind::kDate: {
      const auto& date = As<google::type::Date>(Value());
      return date.year() != 0 && date.month() != 0 && date.day() != 0;
    }
    case Kind::kDecimal:
      return !As<google::type::Decimal>(Value()).value().empty();
    default:
      return true;
  }
}

bool Cell::Bool() const {
  const Reflection& reflection = *column.reflection;
  return index < 0 ? reflection.GetBool(message, column.field)
                   : reflection.GetRepeatedBool(message, column.field, index);
}

int64_t Cell::Number() const {
  const Reflection& reflection = *column.reflection;
  const FieldDescriptor* field = column.field;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return index < 0 ? reflection.GetInt32(message, field)
                       : reflection.GetRepeatedInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return index < 0 ? reflection.GetUInt32(message, field)
                       : reflection.GetRepeatedUInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return index < 0 ? reflection.GetInt64(message, field)
                       : reflection.GetRepeatedInt64(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<int64_t>(index < 0 ? reflection.GetUInt64(message, field)
                                            : reflection.GetRepeatedUInt64(message, field, index));
    default:
      break;
  }
  if (column.kind == Kind::kTime) return store::Microseconds(Value());
  const auto& date = As<google::type::Date>(Value());
  return absl::CivilDay(date.year(), date.month(), date.day()) - absl::CivilDay(1970, 1, 1);
}

double Cell::Double() const {
  const Reflection& reflection = *column.reflection;
  if (column.field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT)
    return index < 0 ? reflection.GetFloat(message, column.field)
                     : reflection.GetRepeatedFloat(message, column.field, index);
  return index < 0 ? reflection.GetDouble(message, column.field)
                   : reflection.GetRepeatedDouble(message, column.field, index);
}

const std::string& Cell::Text(std::string* scratch) const {
  const Reflection& reflection = *column.reflection;
  if (column.kind == Kind::kJson) return *scratch = history::JsonOf(Value());
  if (column.kind == Kind::kEnum) {
    const int number = index < 0 ? reflection.GetEnumValue(message, column.field)
                                 : reflection.GetRepeatedEnumValue(message, column.field, index);
    const auto* value = column.field->enum_type()->FindValueByNumber(number);
    return value == nullptr ? *scratch = absl::StrCat(number) : value->name();
  }
  return index < 0 ? reflection.GetStringReference(message, column.field, scratch)
                   : reflection.GetRepeatedStringReference(message, column.field, index, scratch);
}

absl::StatusOr<absl::int128> Cell::Unscaled() const {
  if (column.kind == Kind::kMoney) {
    const auto& money = As<google::type::Money>(Value());
    return absl::int128(money.units()) * 1'000'000'000 + money.nanos();
  }
  const std::string& text = As<google::type::Decimal>(Value()).value();
  if (auto plain = PlainDecimal(text, kDecimalScale)) return *plain;
  auto decimal = domain::Decimal::Parse(text);
  if (decimal.ok()) {
    if (auto plain = PlainDecimal(decimal->ToString(), kDecimalScale)) return *plain;
  }
  return absl::OutOfRangeError(absl::StrCat(column.name, " is '", text,
                                            "', which is no decimal of ", kDecimalScale,
                                            " digits after the point"));
}

std::string Cell::Currency() const { return As<google::type::Money>(Value()).currency_code(); }

absl::Status EachOf(const Message& message, const Column& column,
                    absl::FunctionRef<absl::Status(const Cell&)> show) {
  const int size = column.reflection->FieldSize(message, column.field);
  std::vector<int> order;
  if (column.field->is_map() && column.kind == Kind::kStruct)
    order = OrderOf(message, column, size);
  for (int i = 0; i < size; ++i) {
    absl::Status shown = show({message, column, order.empty() ? i : order[static_cast<size_t>(i)]});
    if (!shown.ok()) return shown;
  }
  return absl::OkStatus();
}

std::string DecimalText(absl::int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  std::string digits;
  for (absl::int128 left = negative ? -unscaled : unscaled; left > 0; left /= 10)
    digits.push_back(static_cast<char>('0' + static_cast<int>(left % 10)));
  while (digits.size() <= static_cast<size_t>(scale)) digits.push_back('0');
  std::reverse(digits.begin(), digits.end());
  digits.insert(digits.size() - static_cast<size_t>(scale), ".");
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return negative ? absl::StrCat("-", digits) : digits;
}

}  // namespace leadstream::exporting
