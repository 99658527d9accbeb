// A message as columns of a table, worked out from its descriptor alone, so that a kind of event or
// resource that is new has its table without a word here.
//
//   string, bytes, bool, int32, int64, double
//                     themselves; a text that is not set is null
//   enum              the value's name, null if it is not set; a number that has no name, in digits
//   Timestamp, Date   microseconds since the Unix epoch, UTC; a day
//   Decimal           decimal, 10 digits after the point
//   Money             currency_code, and amount: decimal, 9 digits after the point
//   another message   a struct of its fields, null if it is not set; nothing if it has no field
//   repeated, map     a list; a map's entries in the order of their keys
//   Any, Struct, Duration, a message within itself
//                     as JSON
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/numeric/int128.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::exporting {

// Digits of decimals: what decimal128 can hold, and those of them after the point. More than any
// field that was validated has.
inline constexpr int kPrecision = 38;
inline constexpr int kDecimalScale = 10;
inline constexpr int kMoneyScale = 9;

enum class Kind {
  kText,
  kBytes,
  kBool,
  kInt32,
  kInt64,
  kDouble,
  kEnum,
  kTime,
  kDate,
  kDecimal,
  kMoney,
  kStruct,
  kJson,
};

struct Column {
  std::string name;
  Kind kind = Kind::kText;
  const google::protobuf::FieldDescriptor* field = nullptr;
  // Of the message with that field, which itself would look each time whether it is there yet.
  const google::protobuf::Reflection* reflection = nullptr;
  std::vector<Column> fields = {};  // of a struct
};

std::vector<Column> ColumnsOf(const google::protobuf::Descriptor& message);

// What every event has beside what it says.
struct EventColumn {
  const char* name;
  Kind kind;                                             // kText, kInt32, kInt64 or kTime
  const std::string& (*text)(const log::LoggedRecord&);  // of kText
  int64_t (*number)(const log::LoggedRecord&);           // of the others
};
const std::vector<EventColumn>& EventColumns();

// A field's value, or element `index` of a list.
struct Cell {
  const google::protobuf::Message& message;
  const Column& column;
  int index = -1;

  // There is something other than null.
  bool IsSet() const;
  bool Bool() const;
  int64_t Number() const;  // of integers, times (microseconds) and dates (days since 1970)
  double Double() const;
  // Of texts, bytes, enums and JSON. It stands in the message, or is made in `scratch`.
  const std::string& Text(std::string* scratch) const;
  const google::protobuf::Message& Value() const;
  // The value times ten to the power of the kind's scale. OutOfRange: it has more digits.
  absl::StatusOr<absl::int128> Unscaled() const;
  std::string Currency() const;
};

// Each element of a list; false: it is none, and there is one value or nothing.
bool IsList(const Column& column);
absl::Status EachOf(const google::protobuf::Message& message, const Column& column,
                    absl::FunctionRef<absl::Status(const Cell&)> show);

// "-12.345": a decimal as people write it, without zeros that say nothing.
std::string DecimalText(absl::int128 unscaled, int scale);

}  // namespace leadstream::exporting
