#include "common/domain/validation.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/text_format.h>

#include <cmath>
#include <string>
#include <utility>

#include "common/domain/field_plan.h"
#include "common/domain/formats.h"
#include "common/domain/value_problem.h"

namespace leadstream::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Value = FieldPlan::Value;

constexpr char kRequired[] = "is required";

// Where in the request we are: a path is only written out when something is wrong there.
struct Place {
  const Place* parent = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;
  const Message* map_entry = nullptr;
};

// "lead.emails[1]", `product.labels["hu"]`; from below `root` on.
std::string PathOf(const Place& place, const Place* root = nullptr) {
  std::string path =
      place.parent == nullptr || place.parent == root ? "" : PathOf(*place.parent, root);
  if (place.field->containing_type()->options().map_entry())
    return path;  // the key that stands there says it
  absl::StrAppend(&path, path.empty() ? "" : ".", place.field->name());
  if (place.map_entry != nullptr) {
    std::string key;
    google::protobuf::TextFormat::PrintFieldValueToString(
        *place.map_entry, place.field->message_type()->map_key(), -1, &key);
    absl::StrAppend(&path, "[", key, "]");
  } else if (place.index >= 0) {
    absl::StrAppend(&path, "[", place.index, "]");
  }
  return path;
}

class Validator {
 public:
  void Check(const MessagePlan& plan, const Message& message, const Place* parent);
  std::vector<FieldViolation> Take() { return std::move(violations_); }

 private:
  void CheckSingle(const FieldPlan& plan, const Message& message, const Place& place);
  void CheckList(const FieldPlan& plan, const Message& message, const Place* parent);
  void CheckEnum(const FieldPlan& plan, int number, const Place& place);
  void CheckUpdate(const MessagePlan& plan, const Message& request, const Place* parent);

  void Add(const Place& place, const Problem& problem) {
    if (problem.has_value() && !IsFull()) violations_.push_back({PathOf(place), *problem});
  }
  void Missing(const FieldPlan& plan, const Place& place) {
    if (plan.required && IsWritten(plan, place)) Add(place, kRequired);
  }
  // False in an update for what its mask leaves as it is.
  bool IsWritten(const FieldPlan& plan, const Place& place) const;
  bool IsFull() const { return violations_.size() >= kViolationsMax; }

  std::vector<FieldViolation> violations_;
  std::string scratch_;
  // Of an update: its mask, and where the message is that the mask is of.
  FieldMask mask_;
  const Place* masked_ = nullptr;
};

void Validator::Check(const MessagePlan& plan, const Message& message, const Place* parent) {
  for (const FieldPlan& field : plan.fields) {
    if (field.unchecked) continue;
    if (IsFull()) return;
    if (plan.masked != nullptr && (field.field == plan.masked || field.field == plan.mask)) {
      if (field.field == plan.masked) CheckUpdate(plan, message, parent);
    } else if (field.field->is_repeated()) {
      CheckList(field, message, parent);
    } else {
      CheckSingle(field, message, Place{parent, field.field});
    }
  }
}

void Validator::CheckSingle(const FieldPlan& plan, const Message& message, const Place& place) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = plan.field;
  switch (plan.value) {
    case Value::kString: {
      const std::string& text = reflection.GetStringReference(message, field, &scratch_);
      if (text.empty() || (plan.required && IsBlank(text))) {
        Missing(plan, place);
      } else {
        Add(place, StringProblem(plan, text));
      }
      return;
    }
    case Value::kBytes: {
      const size_t size = reflection.GetStringReference(message, field, &scratch_).size();
      if (size == 0) Missing(plan, place);
      if (size > plan.length_max)
        Add(place, absl::StrCat("is longer than ", plan.length_max, " bytes"));
      return;
    }
    case Value::kEnum: {
      const int number = reflection.GetEnumValue(message, field);
      if (number == 0) {
        Missing(plan, place);
      } else {
        CheckEnum(plan, number, place);
      }
      return;
    }
    case Value::kFloating: {
      const double value = field->cpp_type() == FieldDescriptor::CPPTYPE_FLOAT
                               ? static_cast<double>(reflection.GetFloat(message, field))
                               : reflection.GetDouble(message, field);
      if (!std::isfinite(value)) Add(place, "is not a finite number");
      break;
    }
    default:
      break;
  }
  // A number without `optional` is there even when it is 0.
  if (!field->has_presence()) return;
  if (!reflection.HasField(message, field)) {
    Missing(plan, place);
  } else if (plan.value == Value::kMessage) {
    Check(*plan.nested, reflection.GetMessage(message, field), &place);
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Add(place, ValueProblem(plan, reflection.GetMessage(message, field)));
  }
}

void Validator::CheckList(const FieldPlan& plan, const Message& message, const Place* parent) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = plan.field;
  const int size = reflection.FieldSize(message, field);
  const Place whole{parent, field};
  if (size == 0) return Missing(plan, whole);
  if (size > plan.items_max)
    return Add(whole, absl::StrCat("has more than ", plan.items_max, " elements"));
  for (int i = 0; i < size && !IsFull(); ++i) {
    Place place{parent, field, i};
    switch (plan.value) {
      case Value::kString:
        Add(place, StringProblem(
                       plan, reflection.GetRepeatedStringReference(message, field, i, &scratch_)));
        break;
      case Value::kEnum:
        CheckEnum(plan, reflection.GetRepeatedEnumValue(message, field, i), place);
        break;
      case Value::kMessage: {
        const Message& element = reflection.GetRepeatedMessage(message, field, i);
        if (field->is_map()) place.map_entry = &element;
        Check(*plan.nested, element, &place);
        break;
      }
      default:
        if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
        Add(place, ValueProblem(plan, reflection.GetRepeatedMessage(message, field, i)));
    }
  }
}

void Validator::CheckEnum(const FieldPlan& plan, int number, const Place& place) {
  const auto* type = plan.field->enum_type();
  if (type->FindValueByNumber(number) == nullptr)
    Add(place, absl::StrCat(number, " is not a value of ", type->name()));
}

void Validator::CheckUpdate(const MessagePlan& plan, const Message& request, const Place* parent) {
  const Reflection& reflection = *request.GetReflection();
  const FieldPlan& masked = plan.Of(*plan.masked);
  const Place place{parent, plan.masked};

  const Message& mask = reflection.GetMessage(request, plan.mask);
  mask_.ParsePartialFromString(mask.SerializePartialAsString());
  for (FieldViolation& bad : CheckMask(*masked.nested->type, mask_)) {
    if (!IsFull()) violations_.push_back(std::move(bad));
  }

  if (!reflection.HasField(request, plan.masked)) return Add(place, kRequired);
  const Message& message = reflection.GetMessage(request, plan.masked);
  if (!masked.nested->names.empty()) {
    const FieldDescriptor* name_field = masked.nested->type->FindFieldByName("name");
    const std::string& name =
        message.GetReflection()->GetStringReference(message, name_field, &scratch_);
    const Place name_place{&place, name_field};
    if (name.empty()) {
      Add(name_place, kRequired);
    } else {
      Add(name_place, NameProblem(masked.nested->names, name));
    }
  }
  masked_ = &place;
  Check(*masked.nested, message, &place);
  masked_ = nullptr;
}

bool Validator::IsWritten(const FieldPlan& plan, const Place& place) const {
  if (masked_ == nullptr) return true;
  const std::string path = PathOf(place, masked_);
  // No path: the fields that are there are written, each as a whole. This one is not there, but
  // what it is in may be.
  if (mask_.paths().empty()) return path.find_first_of(".[") != std::string::npos;
  for (const std::string& masked : mask_.paths()) {
    if (masked == "*") return !plan.fixed;
    if (!absl::StartsWith(path, masked)) continue;
    const absl::string_view below = absl::string_view(path).substr(masked.size());
    if (below.empty() || below[0] == '.' || below[0] == '[') return true;
  }
  return false;
}

}  // namespace

std::vector<FieldViolation> Validate(const Message& request) {
  Validator validator;
  validator.Check(PlanOf(*request.GetDescriptor()), request, nullptr);
  return validator.Take();
}

}  // namespace leadstream::domain
