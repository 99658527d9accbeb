#include "cli/request_text.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <string>
#include <vector>

#include "common/domain/decimal.h"
#include "common/domain/money.h"

namespace leadstream::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status Bad(absl::string_view path, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, " ", what));
}

bool Read(const std::string& text, google::type::Money* money) {
  const std::vector<std::string> parts = absl::StrSplit(text, ' ', absl::SkipEmpty());
  if (parts.size() != 2) return false;
  const auto amount = domain::Decimal::Parse(parts[1]);
  if (!amount.ok()) return false;
  *money = domain::ToMoney(*amount, parts[0]);
  // Of more digits than the currency has nothing may be lost unsaid.
  return domain::ToDecimal(*money) == *amount;
}

bool Read(const std::string& text, google::type::Date* date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) return false;
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
  return true;
}

bool Read(const std::string& text, google::protobuf::Timestamp* time) {
  absl::Time read;
  std::string wrong;
  if (!absl::ParseTime(absl::RFC3339_full, text, &read, &wrong)) return false;
  time->set_seconds(absl::ToUnixSeconds(read));
  time->set_nanos(
      static_cast<int32_t>((read - absl::FromUnixSeconds(time->seconds())) / absl::Nanoseconds(1)));
  return true;
}

// A message that has a text form.
absl::Status SetMessage(absl::string_view path, const std::string& text, Message* value) {
  if (auto* decimal = dynamic_cast<google::type::Decimal*>(value)) {
    decimal->set_value(text);  // the server says what is wrong with it
    return absl::OkStatus();
  }
  if (auto* mask = dynamic_cast<google::protobuf::FieldMask*>(value)) {
    for (absl::string_view one : absl::StrSplit(text, ',', absl::SkipWhitespace()))
      mask->add_paths(std::string(one));
    return absl::OkStatus();
  }
  if (auto* money = dynamic_cast<google::type::Money*>(value))
    return Read(text, money) ? absl::OkStatus() : Bad(path, "is an amount such as \"EUR 12.50\"");
  if (auto* date = dynamic_cast<google::type::Date*>(value))
    return Read(text, date) ? absl::OkStatus() : Bad(path, "is a day such as 2026-03-01");
  if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(value))
    return Read(text, time) ? absl::OkStatus()
                            : Bad(path, "is a time such as 2026-03-01T09:30:00Z");
  return Bad(path, "has fields of its own: name one of them, behind a dot");
}

absl::Status SetScalar(absl::string_view path, const FieldDescriptor* field,
                       const std::string& text, Message* message) {
  const auto* reflection = message->GetReflection();
  const auto set = [&](auto add, auto set_one, auto value) {
    if (field->is_repeated()) {
      (reflection->*add)(message, field, value);
    } else {
      (reflection->*set_one)(message, field, value);
    }
    return absl::OkStatus();
  };
  using Reflection = google::protobuf::Reflection;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return set(&Reflection::AddString, &Reflection::SetString, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return Bad(path, "is true or false");
      return set(&Reflection::AddBool, &Reflection::SetBool, text == "true");
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t number = 0;
      if (!absl::SimpleAtoi(text, &number)) return Bad(path, "is a whole number");
      return set(&Reflection::AddInt32, &Reflection::SetInt32, number);
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t number = 0;
      if (!absl::SimpleAtoi(text, &number)) return Bad(path, "is a whole number");
      return set(&Reflection::AddInt64, &Reflection::SetInt64, number);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = field->enum_type()->FindValueByName(text);
      if (value == nullptr) {
        std::vector<std::string> names;
        for (int i = 1; i < field->enum_type()->value_count(); ++i)
          names.push_back(field->enum_type()->value(i)->name());
        return Bad(path, absl::StrCat("is one of ", absl::StrJoin(names, ", ")));
      }
      return set(&Reflection::AddEnum, &Reflection::SetEnum, value);
    }
    default:
      return Bad(path, "cannot be typed; give the request as JSON");
  }
}

}  // namespace

absl::Status SetField(absl::string_view assignment, Message* request) {
  const size_t equals = assignment.find('=');
  const absl::string_view path = assignment.substr(0, equals);
  if (equals == assignment.npos) return Bad(path, "is no FIELD=VALUE");
  const std::string text(assignment.substr(equals + 1));
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  Message* message = request;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto* reflection = message->GetReflection();
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(parts[i]);
    if (field == nullptr)
      return Bad(path, absl::StrCat("is no field: ", message->GetDescriptor()->name(), " has no ",
                                    parts[i]));
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      if (i + 1 != parts.size()) return Bad(path, absl::StrCat("goes on behind ", parts[i]));
      return SetScalar(path, field, text, message);
    }
    if (field->is_repeated()) {
      int at = -1;
      const int size = reflection->FieldSize(*message, field);
      if (++i == parts.size() || !absl::SimpleAtoi(parts[i], &at) || at < 0 || at > size)
        return Bad(path, absl::StrCat("needs an element's number, from 0 to ", size, ", behind ",
                                      field->name()));
      message = at == size ? reflection->AddMessage(message, field)
                           : reflection->MutableRepeatedMessage(message, field, at);
    } else {
      message = reflection->MutableMessage(message, field);
    }
  }
  return SetMessage(path, text, message);
}

}  // namespace leadstream::cli
