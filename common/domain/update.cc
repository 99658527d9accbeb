#include "common/domain/update.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <google/api/field_behavior.pb.h>
#include <google/protobuf/util/field_mask_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <memory>
#include <string>
#include <utility>

#include "common/domain/validation.h"
#include "leadstream/common/v1/error_reason.pb.h"

namespace leadstream::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::MessageDifferencer;

bool IsImmutable(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::IMMUTABLE) return true;
  }
  return false;
}

bool Holds(const Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  return field.is_repeated() ? reflection->FieldSize(message, &field) > 0
                             : reflection->HasField(message, &field);
}

bool IsSame(const Message& a, const Message& b, const FieldDescriptor& field) {
  // Named fields are compared by value, as if each side had them.
  if (Holds(a, field) != Holds(b, field)) return false;
  MessageDifferencer differencer;
  return differencer.CompareWithFields(a, b, {&field}, {&field});
}

std::unique_ptr<Message> CopyOf(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

// "PriceList" is `price_list` in its update request.
std::string FieldNameOf(const std::string& type_name) {
  std::string name;
  for (const char letter : type_name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(letter)) && !name.empty()) name += '_';
    name += absl::ascii_tolower(static_cast<unsigned char>(letter));
  }
  return name;
}

// What a client sends back as it read it is no change, though the fields that only the server
// writes were taken from it.
std::vector<FieldViolation> ImmutableChanges(const Message& given, const Message& state) {
  std::vector<FieldViolation> bad;
  const std::unique_ptr<Message> written = CopyOf(state);
  ClearOutputOnly(written.get());
  const auto& type = *state.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsImmutable(field) || !Holds(given, field) || IsSame(given, *written, field)) continue;
    bad.push_back({absl::StrCat(FieldNameOf(type.name()), ".", field.name()),
                   "no update changes it once it is created"});
  }
  return bad;
}

}  // namespace

std::vector<FieldViolation> ApplyUpdate(const Message& given, const FieldMask& mask, Message* state,
                                        FieldMask* differs) {
  const std::unique_ptr<Message> before = CopyOf(*state);
  ApplyMask(mask, given, state);
  *differs = ChangedFields(*before, *state);
  const bool whole = mask.paths().empty() || (mask.paths_size() == 1 && mask.paths(0) == "*");
  return whole ? ImmutableChanges(given, *before) : std::vector<FieldViolation>();
}

std::optional<Refusal> RefuseUpdate(const Message& given, const FieldMask& mask, Message* state,
                                    FieldMask* differs) {
  auto bad = ApplyUpdate(given, mask, state, differs);
  if (bad.empty()) return std::nullopt;
  return RefuseFields(common::v1::INVALID_FIELD, "some fields cannot be changed", std::move(bad));
}

FieldMask ChangedFields(const Message& before, const Message& after) {
  FieldMask changed;
  const auto& type = *before.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (!IsSame(before, after, *type.field(i))) changed.add_paths(type.field(i)->name());
  }
  return changed;
}

void CopyFields(const Message& from, const FieldMask& top_level_paths, Message* to) {
  FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  for (const std::string& path : top_level_paths.paths()) {
    const FieldDescriptor* field = to->GetDescriptor()->FindFieldByName(path);
    if (field == nullptr) continue;
    // Merging a field without a value would write the default, and so make an `optional` one
    // present.
    to->GetReflection()->ClearField(to, field);
    FieldMask one;
    one.add_paths(path);
    if (Holds(from, *field)) FieldMaskUtil::MergeMessageTo(from, one, replace, to);
  }
}

}  // namespace leadstream::domain
