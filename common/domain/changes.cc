#include "common/domain/changes.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/time_util.h>
#include <google/type/date.pb.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "common/domain/utf8.h"

namespace leadstream::domain {
namespace {

using common::v1::Change;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr size_t kTextMax = 200;
constexpr std::array<absl::string_view, 6> kUnsaid = {"name",        "uid",         "etag",
                                                      "create_time", "update_time", "creator"};

std::string Cut(std::string text) {
  if (text.size() <= kTextMax) return text;
  return absl::StrCat(WholeCharacters(text, kTextMax), "…");
}

std::string TextOf(const google::type::Money& money) {
  return absl::StrCat(money.currency_code(), money.currency_code().empty() ? "" : " ",
                      AmountText(ToDecimal(money), money.currency_code()));
}

// Nothing for a message that is gone into.
std::optional<std::string> ValueOf(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.type.Money") return TextOf(static_cast<const google::type::Money&>(message));
  if (type == "google.type.Decimal")
    return static_cast<const google::type::Decimal&>(message).value();
  if (type == "google.type.Date") return DateText(static_cast<const google::type::Date&>(message));
  if (type == "google.protobuf.Timestamp") {
    return google::protobuf::util::TimeUtil::ToString(
        static_cast<const google::protobuf::Timestamp&>(message));
  }
  return std::nullopt;
}

std::string Json(const Message& message) {
  if (auto value = ValueOf(message)) return *std::move(value);
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  const auto printed = google::protobuf::util::MessageToJsonString(message, &json, options);
  return printed.ok() ? json : "";
}

// One value of a field; `index` -1: of a field that is no list.
std::string TextOf(const Message& message, const FieldDescriptor& field, int index) {
  const auto* reflection = message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Json(one ? reflection->GetMessage(message, &field)
                      : reflection->GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return (one ? reflection->GetEnum(message, &field)
                  : reflection->GetRepeatedEnum(message, &field, index))
          ->name();
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return "";
      return one ? reflection->GetString(message, &field)
                 : reflection->GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? reflection->GetBool(message, &field)
                  : reflection->GetRepeatedBool(message, &field, index))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? reflection->GetInt32(message, &field)
                              : reflection->GetRepeatedInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? reflection->GetInt64(message, &field)
                              : reflection->GetRepeatedInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? reflection->GetUInt32(message, &field)
                              : reflection->GetRepeatedUInt32(message, &field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? reflection->GetUInt64(message, &field)
                              : reflection->GetRepeatedUInt64(message, &field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(one ? reflection->GetDouble(message, &field)
                              : reflection->GetRepeatedDouble(message, &field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(one ? reflection->GetFloat(message, &field)
                              : reflection->GetRepeatedFloat(message, &field, index));
  }
  return "";
}

class Comparison {
 public:
  explicit Comparison(std::vector<Change>* changes) : changes_(changes) {}

  void Compare(const Message& before, const Message& after, const std::string& path) {
    const auto& type = *before.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const bool unsaid =
          path.empty() && std::find(kUnsaid.begin(), kUnsaid.end(), field.name()) != kUnsaid.end();
      if (unsaid) continue;
      const std::string at = absl::StrCat(path, path.empty() ? "" : ".", field.name());
      if (field.is_repeated()) {
        CompareLists(before, after, field, at);
      } else {
        CompareOne(before, after, field, at);
      }
    }
  }

 private:
  void CompareOne(const Message& before, const Message& after, const FieldDescriptor& field,
                  const std::string& path) {
    const auto* reflection = before.GetReflection();
    if (field.message_type() != nullptr) {
      const Message& old_one = reflection->GetMessage(before, &field);
      if (!ValueOf(old_one)) return Compare(old_one, reflection->GetMessage(after, &field), path);
    }
    Add(path, reflection->HasField(before, &field) ? TextOf(before, field, -1) : "",
        reflection->HasField(after, &field) ? TextOf(after, field, -1) : "");
  }

  static bool Same(const Message& before, int i, const Message& after, int j,
                   const FieldDescriptor& field) {
    if (field.message_type() == nullptr) return TextOf(before, field, i) == TextOf(after, field, j);
    return MessageDifferencer::Equals(before.GetReflection()->GetRepeatedMessage(before, &field, i),
                                      after.GetReflection()->GetRepeatedMessage(after, &field, j));
  }

  void CompareLists(const Message& before, const Message& after, const FieldDescriptor& field,
                    const std::string& path) {
    const auto* reflection = before.GetReflection();
    int begin = 0;
    int old_end = reflection->FieldSize(before, &field);
    int new_end = reflection->FieldSize(after, &field);
    while (begin < old_end && begin < new_end && Same(before, begin, after, begin, field)) ++begin;
    while (old_end > begin && new_end > begin &&
           Same(before, old_end - 1, after, new_end - 1, field)) {
      --old_end;
      --new_end;
    }
    const bool one_for_one = old_end == new_end;
    for (int i = begin; i < std::max(old_end, new_end); ++i) {
      const std::string at = absl::StrCat(path, "[", i, "]");
      if (one_for_one && field.message_type() != nullptr &&
          !ValueOf(reflection->GetRepeatedMessage(before, &field, i))) {
        Compare(reflection->GetRepeatedMessage(before, &field, i),
                reflection->GetRepeatedMessage(after, &field, i), at);
      } else {
        Add(at, i < old_end ? TextOf(before, field, i) : "",
            i < new_end ? TextOf(after, field, i) : "");
      }
    }
  }

  void Add(const std::string& path, std::string old_value, std::string new_value) {
    if (old_value == new_value || changes_->size() == kChangesMax) return;
    Change& change = changes_->emplace_back();
    change.set_field(path);
    change.set_old_value(Cut(std::move(old_value)));
    change.set_new_value(Cut(std::move(new_value)));
  }

  std::vector<Change>* const changes_;
};

}  // namespace

std::vector<Change> ChangesBetween(const Message& before, const Message& after) {
  std::vector<Change> changes;
  Comparison(&changes).Compare(before, after, "");
  return changes;
}

}  // namespace leadstream::domain
