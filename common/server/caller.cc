#include "common/server/caller.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/any.pb.h>

#include <memory>

#include "common/runtime/command.h"
#include "common/runtime/resource_types.h"
#include "leadstream/common/v1/change.pb.h"

namespace leadstream::server {

using google::protobuf::Any;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

void RedactAny(const Caller& caller, Any* any) {
  const std::string& url = any->type_url();
  const Message* prototype = runtime::PrototypeOf(url.substr(url.rfind('/') + 1));
  std::unique_ptr<Message> held(prototype == nullptr ? nullptr : prototype->New());
  if (held == nullptr || !held->ParseFromString(any->value())) return any->clear_value();
  Redact(caller, held.get());
  any->set_value(held->SerializeAsString());
}

// Values as text: those of a field, and of what holds fields of its own.
void RedactChange(const Caller& caller, common::v1::Change* change) {
  bool is_shown = true;
  for (const absl::string_view part : absl::StrSplit(change->field(), absl::ByAnyChar(".[]")))
    is_shown &= !caller.redacted.contains(std::string(part));
  for (const std::string& value : {change->old_value(), change->new_value()})
    is_shown &= !absl::StartsWith(value, "{");
  if (is_shown) return;
  change->clear_old_value();
  change->clear_new_value();
}

}  // namespace

bool MaySee(const Caller& caller, const Message& resource) {
  return !caller.owners || runtime::IsOwnedBy(*caller.owners, resource);
}

void Redact(const Caller& caller, Message* message) {
  if (caller.redacted.empty()) return;
  if (auto* any = dynamic_cast<Any*>(message)) return RedactAny(caller, any);
  if (auto* change = dynamic_cast<common::v1::Change*>(message))
    return RedactChange(caller, change);
  const auto* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (caller.redacted.contains(field->name())) {
      reflection->ClearField(message, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
        Redact(caller, reflection->MutableRepeatedMessage(message, field, i));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Redact(caller, reflection->MutableMessage(message, field));
    }
  }
}

std::optional<std::string> WithinRows(const Caller& caller, const std::string& filter) {
  if (!caller.owners) return filter;
  for (const std::string& owner : *caller.owners) {
    if (owner.find_first_of("\"\\") != owner.npos) return std::nullopt;
  }
  const std::string rows =
      absl::StrCat("(",
                   absl::StrJoin(*caller.owners, " OR ",
                                 [](std::string* out, const std::string& owner) {
                                   absl::StrAppend(out, "owner = \"", owner, "\"");
                                 }),
                   ")");
  return filter.empty() ? rows : absl::StrCat("(", filter, ") AND ", rows);
}

}  // namespace leadstream::server
