// What a client may write: ClearOutputOnly, CheckMask, ApplyMask of validation.h.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/util/field_mask_util.h>

#include <memory>

#include "common/domain/field_plan.h"
#include "common/domain/validation.h"

namespace leadstream::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;

void ClearOutputOnlyOf(const MessagePlan& plan, Message* message) {
  if (!plan.has_output_only) return;
  const Reflection& reflection = *message->GetReflection();
  for (const FieldPlan& field : plan.fields) {
    if (field.output_only) {
      reflection.ClearField(message, field.field);
    } else if (field.nested == nullptr || !field.nested->has_output_only) {
      continue;
    } else if (field.field->is_repeated()) {
      const int size = reflection.FieldSize(*message, field.field);
      for (int i = 0; i < size; ++i)
        ClearOutputOnlyOf(*field.nested,
                          reflection.MutableRepeatedMessage(message, field.field, i));
    } else if (reflection.HasField(*message, field.field)) {
      ClearOutputOnlyOf(*field.nested, reflection.MutableMessage(message, field.field));
    }
  }
}

bool IsEmpty(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  return set.empty();
}

bool Holds(const Message& message, const FieldDescriptor* field) {
  const Reflection& reflection = *message.GetReflection();
  return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                              : reflection.HasField(message, field);
}

// The message in `field` of `given`; null where `source` has none.
Message* Part(const Message& source, const FieldDescriptor* field, Message* given) {
  const Reflection& reflection = *source.GetReflection();
  return reflection.HasField(source, field) ? reflection.MutableMessage(given, field) : nullptr;
}

// Makes one field of `target` that of `source`. `given` is a copy of `source` to take from, without
// its OUTPUT_ONLY fields; null where `source` is the empty message.
void Replace(const FieldPlan& plan, const Message& source, Message* given, Message* target) {
  if (plan.fixed) return;
  const FieldDescriptor* field = plan.field;
  const Reflection& reflection = *target->GetReflection();
  const bool keeps_some = plan.nested != nullptr && plan.nested->has_fixed &&
                          !field->is_repeated() && reflection.HasField(*target, field);
  if (keeps_some) {
    const Message& source_part = reflection.GetMessage(source, field);
    Message* given_part = Part(source, field, given);
    Message* target_part = reflection.MutableMessage(target, field);
    for (const FieldPlan& part : plan.nested->fields)
      Replace(part, source_part, given_part, target_part);
    if (!reflection.HasField(source, field) && IsEmpty(*target_part))
      reflection.ClearField(target, field);
  } else if (Holds(source, field)) {
    // Of a oneof, all members are swapped at once; that is why `source` is asked, not `given`,
    // which then holds the target's.
    reflection.SwapFields(given, target, {field});
  } else {
    reflection.ClearField(target, field);
  }
}

// Null if the path leads nowhere, or where a mask must not lead; then `problem` says why.
const FieldPlan* Step(const MessagePlan& plan, absl::string_view name, bool last,
                      std::string* problem) {
  const FieldDescriptor* field = plan.type->FindFieldByName(std::string(name));
  if (field == nullptr) {
    *problem = absl::StrCat(plan.type->name(), " has no field \"", name.substr(0, 100), "\"");
    return nullptr;
  }
  const FieldPlan& found = plan.Of(*field);
  if (found.fixed) {
    *problem = absl::StrCat("\"", name, "\" cannot be changed by an update");
  } else if (!last && (found.nested == nullptr || field->is_repeated())) {
    *problem = absl::StrCat("\"", name, "\" is written as a whole: end the path there");
  } else {
    return &found;
  }
  return nullptr;
}

std::string PathProblem(const MessagePlan& plan, absl::string_view path) {
  std::string problem;
  const MessagePlan* at = &plan;
  const std::vector<absl::string_view> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldPlan* field = Step(*at, names[i], i + 1 == names.size(), &problem);
    if (field == nullptr) return problem;
    at = field->nested;
  }
  return "";
}

void ApplyPath(const MessagePlan& plan, absl::string_view path, const Message& source,
               Message* given, Message* target) {
  std::string ignored;
  const size_t dot = path.find('.');
  const bool last = dot == absl::string_view::npos;
  const FieldPlan* field = Step(plan, path.substr(0, dot), last, &ignored);
  if (field == nullptr) return;
  if (last) return Replace(*field, source, given, target);
  const Reflection& reflection = *target->GetReflection();
  if (!reflection.HasField(source, field->field) && !reflection.HasField(*target, field->field))
    return;
  ApplyPath(*field->nested, path.substr(dot + 1), reflection.GetMessage(source, field->field),
            Part(source, field->field, given), reflection.MutableMessage(target, field->field));
}

}  // namespace

void ClearOutputOnly(Message* request) {
  ClearOutputOnlyOf(PlanOf(*request->GetDescriptor()), request);
}

std::vector<FieldViolation> CheckMask(const Descriptor& resource, const FieldMask& mask) {
  const MessagePlan& plan = PlanOf(resource);
  std::vector<FieldViolation> bad;
  for (int i = 0; i < mask.paths_size() && bad.size() < kViolationsMax; ++i) {
    const std::string& path = mask.paths(i);
    if (path == "*" && mask.paths_size() == 1) continue;
    const std::string problem = path == "*" ? "\"*\" stands alone" : PathProblem(plan, path);
    if (!problem.empty()) bad.push_back({absl::StrCat("update_mask.paths[", i, "]"), problem});
  }
  return bad;
}

void ApplyMask(const FieldMask& mask, const Message& source, Message* target) {
  const MessagePlan& plan = PlanOf(*target->GetDescriptor());
  std::unique_ptr<Message> given(source.New());
  given->CopyFrom(source);
  ClearOutputOnlyOf(plan, given.get());

  const bool everything = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (!everything && !mask.paths().empty()) {
    // Without paths within other paths: each field is taken from `given` once.
    FieldMask canonical;
    google::protobuf::util::FieldMaskUtil::ToCanonicalForm(mask, &canonical);
    for (const std::string& path : canonical.paths())
      ApplyPath(plan, path, source, given.get(), target);
    return;
  }
  for (const FieldPlan& field : plan.fields) {
    if (everything || Holds(source, field.field)) Replace(field, source, given.get(), target);
  }
}

}  // namespace leadstream::domain
