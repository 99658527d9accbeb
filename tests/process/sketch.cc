#include "tests/process/sketch.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>
#include <absl/time/clock.h>
#include <google/api/field_behavior.pb.h>
#include <google/api/resource.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <vector>

#include "common/runtime/resource_types.h"
#include "leadstream/common/v1/validation.pb.h"

namespace leadstream::process {
namespace {

using common::v1::FieldRules;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool Is(const FieldDescriptor* field, google::api::FieldBehavior behavior) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

const FieldRules& RulesOf(const FieldDescriptor* field) {
  return field->options().GetExtension(common::v1::rules);
}

template <size_t n>
const char* OneOf(const char* const (&words)[n], Dice& dice) {
  return words[dice.Roll(static_cast<int64_t>(n))];
}

// Of a resource, what an update may name.
bool IsEditable(const FieldDescriptor* field) {
  return !Is(field, google::api::OUTPUT_ONLY) && !Is(field, google::api::IDENTIFIER) &&
         !Is(field, google::api::IMMUTABLE) && field->name() != "etag";
}

}  // namespace

std::string Sketcher::AnyOf(const std::string& type) {
  std::vector<const std::vector<std::string>*> kinds;
  for (const runtime::ResourceType& known : runtime::ResourceTypes()) {
    const auto& names = world_->Names(known.collection);
    const std::string& full = known.resource->options().GetExtension(google::api::resource).type();
    if (!names.empty() && (type == "*" || type == full)) kinds.push_back(&names);
  }
  if (kinds.empty()) return "";
  const auto& names = *kinds[dice_->Roll(static_cast<int64_t>(kinds.size()))];
  return names[dice_->Roll(static_cast<int64_t>(names.size()))];
}

void Sketcher::Fill(const std::string& target, Message* request) {
  target_ = target;
  FillFields(0, absl::StartsWith(request->GetDescriptor()->name(), "Create"), request);
}

void Sketcher::FillFields(int depth, bool creates, Message* message) {
  const auto* type = message->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (Is(field, google::api::OUTPUT_ONLY)) continue;
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) continue;
    // The resource of a request, and what names it, are its point.
    const bool is_point =
        depth == 0 && (field->name() == "name" || (field->message_type() != nullptr &&
                                                   runtime::ResourceTypeOf(field->message_type())));
    // An id that the server makes up would be another one in the next walk of the same seed.
    const bool is_id = depth == 0 && creates && RulesOf(field).format() == FieldRules::ID;
    const bool is_name = Is(field, google::api::IDENTIFIER);
    const int64_t percent = is_id                                                     ? 100
                            : is_point || is_name || Is(field, google::api::REQUIRED) ? 98
                            : depth < 2                                               ? 35
                                                                                      : 20;
    if (dice_->Roll(100) < percent) FillField(field, depth, creates, message);
  }
}

void Sketcher::FillField(const FieldDescriptor* field, int depth, bool creates, Message* message) {
  const auto* reflection = message->GetReflection();
  if (field->name() == "name" && (Is(field, google::api::IDENTIFIER) || depth == 0)) {
    if (!creates) reflection->SetString(message, field, target_);
    return;
  }
  if (field->message_type() == google::protobuf::FieldMask::descriptor())
    return FillMask(field, message);
  // For each moment the log would be folded anew.
  if (field->name() == "read_time" && message->GetDescriptor()->FindFieldByName("name") == nullptr)
    return;
  if (depth > 4) return;
  const int64_t times = field->is_repeated() ? 1 + dice_->Roll(3) : 1;
  for (int64_t i = 0; i < times; ++i) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* value = field->is_repeated() ? reflection->AddMessage(message, field)
                                              : reflection->MutableMessage(message, field);
        FillMessage(field, depth, creates, value);
        break;
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string text = Text(field);
        if (text.empty()) return;
        if (field->is_repeated()) {
          reflection->AddString(message, field, text);
        } else {
          reflection->SetString(message, field, text);
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = static_cast<int>(dice_->Roll(field->enum_type()->value_count()));
        if (!field->is_repeated())
          reflection->SetEnum(message, field, field->enum_type()->value(value));
        break;
      }
      case FieldDescriptor::CPPTYPE_BOOL:
        reflection->SetBool(message, field, dice_->OneIn(2));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        if (field->is_repeated()) {
          reflection->AddInt32(message, field, static_cast<int32_t>(dice_->Roll(60)));
        } else {
          reflection->SetInt32(message, field, static_cast<int32_t>(dice_->Roll(60)));
        }
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection->SetInt64(message, field, dice_->Roll(4));
        break;
      default:
        break;
    }
  }
}

void Sketcher::FillMessage(const FieldDescriptor* field, int depth, bool creates, Message* value) {
  if (auto* decimal = dynamic_cast<google::type::Decimal*>(value)) {
    decimal->set_value(Number(field));
  } else if (auto* money = dynamic_cast<google::type::Money*>(value)) {
    money->set_currency_code(dice_->OneIn(8) ? "USD" : "EUR");
    money->set_units(1 + dice_->Roll(5000));
    if (dice_->OneIn(2)) money->set_nanos(static_cast<int32_t>(dice_->Roll(100)) * 10'000'000);
  } else if (auto* date = dynamic_cast<google::type::Date*>(value)) {
    const absl::CivilDay day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) +
                               (dice_->OneIn(6) ? -1 : 1) * dice_->Roll(60);
    date->set_year(static_cast<int32_t>(day.year()));
    date->set_month(day.month());
    date->set_day(day.day());
  } else if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(value)) {
    time->set_seconds(absl::ToUnixSeconds(absl::Now()) + dice_->Roll(7200) - 5400);
  } else {
    FillFields(depth + 1, creates, value);
  }
}

// Some of the fields that may be edited, of the resource in the same request.
void Sketcher::FillMask(const FieldDescriptor* field, Message* message) {
  auto* mask = dynamic_cast<google::protobuf::FieldMask*>(
      message->GetReflection()->MutableMessage(message, field));
  const auto* type = message->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* edited = type->field(i)->message_type();
    if (edited == nullptr || edited == google::protobuf::FieldMask::descriptor()) continue;
    for (int j = 0; j < edited->field_count(); ++j) {
      if (IsEditable(edited->field(j)) && dice_->OneIn(6))
        mask->add_paths(edited->field(j)->name());
    }
  }
}

std::string Sketcher::Number(const FieldDescriptor* field) {
  if (RulesOf(field).max_value() == "100")
    return dice_->OneIn(12) ? "100" : absl::StrCat(dice_->Roll(31));
  const int64_t whole = 1 + dice_->Roll(dice_->OneIn(4) ? 400 : 12);
  return dice_->OneIn(3) ? absl::StrCat(whole, ".", dice_->Roll(10), dice_->Roll(10))
                         : absl::StrCat(whole);
}

std::string Sketcher::Text(const FieldDescriptor* field) {
  static constexpr const char* kWords[] = {"seats",       "anna", "béla",
                                           "Kovács Kft.", "oak",  "a table"};
  static constexpr const char* kEmails[] = {"anna@kovacs.example", "bela@nagy.example",
                                            "Anna@Kovacs.example", "info@oak.example"};
  static constexpr const char* kUnits[] = {"pcs", "box", "day"};
  const std::string& type = field->options().GetExtension(google::api::resource_reference).type();
  if (!type.empty()) return AnyOf(type);
  switch (RulesOf(field).format()) {
    case FieldRules::EMAIL:
      return OneOf(kEmails, *dice_);
    case FieldRules::CURRENCY:
      return dice_->OneIn(8) ? "USD" : "EUR";
    case FieldRules::COUNTRY:
      return dice_->OneIn(2) ? "HU" : "DE";
    case FieldRules::LANGUAGE:
      return "hu";
    case FieldRules::URI:
      return "https://oak.example/";
    case FieldRules::ID:
    case FieldRules::REQUEST_ID:
      return absl::EndsWith(field->name(), "_id") && field->name() != "line_id" ? NewId() : "";
    default:
      break;
  }
  if (field->name() == "etag")
    return dice_->OneIn(4) ? absl::StrCat(world_->RevisionOf(target_)) : "";
  if (field->name() == "filter") return "create_time > \"2020-01-01T00:00:00Z\"";
  if (field->name() == "order_by") return "create_time desc";
  if (field->name() == "unit") return OneOf(kUnits, *dice_);
  if (absl::StartsWith(field->name(), "page_") || field->name() == "position" ||
      field->name() == "tax_category")
    return "";
  return OneOf(kWords, *dice_);
}

// The id of a resource of the kind that a request creates; empty: there is none.
std::string Sketcher::TakenId(const google::protobuf::Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const auto* resource = request.field(i)->message_type();
    if (resource == nullptr || runtime::ResourceTypeOf(resource) == nullptr) continue;
    const std::string name = AnyOf(resource->options().GetExtension(google::api::resource).type());
    return name.substr(name.rfind('/') + 1);
  }
  return "";
}

// Fields that are text or numbers, however deep, and one of them made worse.
void Sketcher::Damage(Message* request) {
  const auto* type = request->GetDescriptor();
  const FieldDescriptor* field = type->field(static_cast<int>(dice_->Roll(type->field_count())));
  const auto* reflection = request->GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated() &&
      reflection->HasField(*request, field) && field->message_type()->field_count() > 0 &&
      !dice_->OneIn(4))
    return Damage(reflection->MutableMessage(request, field));
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || field->is_repeated())
    return reflection->ClearField(request, field);
  // Not an id of something else: what follows from a resource takes its id, and would find it
  // taken.
  if (RulesOf(field).format() == FieldRules::ID && absl::StartsWith(type->name(), "Create"))
    return reflection->SetString(request, field, dice_->OneIn(2) ? "Not An Id" : TakenId(*type));
  static constexpr const char* kWorse[] = {
      "",  "-1",     "nothing/like/it", "leads/nobody", "0", "99999999999999999",
      "9", "ß€\n\"", "UPPER CASE"};
  reflection->SetString(request, field,
                        dice_->OneIn(9) ? std::string(3'000, 'x') : OneOf(kWorse, *dice_));
}

}  // namespace leadstream::process
