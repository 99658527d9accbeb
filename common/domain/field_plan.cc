#include "common/domain/field_plan.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/match.h>
#include <google/api/field_behavior.pb.h>
#include <google/api/resource.pb.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>

namespace leadstream::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Value = FieldPlan::Value;

constexpr size_t kLengthMax = 1000;
constexpr int kItemsMax = 100;
constexpr int kDecimalsMax = 6;

constexpr std::array<absl::string_view, 6> kMachineryFields = {
    "name", "uid", "etag", "create_time", "update_time", "creator"};

// Messages that are values: looked at, and replaced, as a whole.
constexpr std::array<std::pair<absl::string_view, Value>, 6> kValueTypes = {{
    {"google.type.Money", Value::kMoney},
    {"google.type.Decimal", Value::kDecimal},
    {"google.type.Date", Value::kDate},
    {"google.protobuf.Timestamp", Value::kTimestamp},
    {"google.protobuf.Duration", Value::kDuration},
    {"google.protobuf.FieldMask", Value::kFieldMask},
}};

Value ValueOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
      return Value::kString;
    case FieldDescriptor::TYPE_BYTES:
      return Value::kBytes;
    case FieldDescriptor::TYPE_ENUM:
      return Value::kEnum;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_DOUBLE:
      return Value::kFloating;
    case FieldDescriptor::TYPE_MESSAGE:
      for (const auto& [name, value] : kValueTypes) {
        if (field.message_type()->full_name() == name) return value;
      }
      return absl::StartsWith(field.message_type()->full_name(), "google.") ? Value::kAny
                                                                            : Value::kMessage;
    default:
      return Value::kAny;
  }
}

class Planner {
 public:
  const MessagePlan& Of(const Descriptor& type);

 private:
  const MessagePlan* Build(const Descriptor& type);
  FieldPlan PlanField(const FieldDescriptor& field, bool in_resource);
  void Refer(const FieldDescriptor& field, FieldPlan* plan) const;

  std::shared_mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans_;
  NamePatterns names_;
  bool linked_ = false;
};

const MessagePlan& Planner::Of(const Descriptor& type) {
  {
    std::shared_lock lock(mutex_);
    auto at = plans_.find(&type);
    if (at != plans_.end()) return *at->second;
  }
  std::unique_lock lock(mutex_);
  if (!linked_) names_.AddLinked();
  linked_ = true;
  names_.Add(type.file());
  return *Build(type);
}

const MessagePlan* Planner::Build(const Descriptor& type) {
  auto& slot = plans_[&type];
  if (slot != nullptr) return slot.get();
  slot = std::make_unique<MessagePlan>();
  MessagePlan* plan = slot.get();  // `slot` is gone once nested types are added; a type within
                                   // itself finds this plan unfinished
  plan->type = &type;
  const bool is_resource = type.options().HasExtension(google::api::resource);
  if (is_resource)
    plan->names = names_.Of(type.options().GetExtension(google::api::resource).type());

  bool output_only = false;
  bool fixed = false;
  for (int i = 0; i < type.field_count(); ++i) {
    plan->fields.push_back(PlanField(*type.field(i), is_resource));
    const FieldPlan& field = plan->fields.back();
    output_only |= field.output_only || (field.nested != nullptr && field.nested->has_output_only);
    fixed |= field.fixed || (field.nested != nullptr && field.nested->has_fixed);
  }
  plan->has_output_only = output_only;
  plan->has_fixed = fixed;

  const FieldDescriptor* mask = type.FindFieldByName("update_mask");
  if (mask == nullptr || ValueOf(*mask) != Value::kFieldMask || mask->is_repeated()) return plan;
  for (const FieldPlan& field : plan->fields) {
    if (field.nested == nullptr || field.field->is_repeated()) continue;
    plan->mask = mask;
    plan->masked = field.field;
    if (!field.nested->names.empty())
      break;  // the resource, if there is one; else the last message
  }
  return plan;
}

FieldPlan Planner::PlanField(const FieldDescriptor& field, bool in_resource) {
  FieldPlan plan;
  plan.field = &field;
  plan.value = ValueOf(field);
  const auto& options = field.options();
  bool immutable = false;
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    const auto behavior = options.GetExtension(google::api::field_behavior, i);
    plan.required |= behavior == google::api::REQUIRED;
    plan.output_only |= behavior == google::api::OUTPUT_ONLY;
    plan.identifier |= behavior == google::api::IDENTIFIER;
    immutable |= behavior == google::api::IMMUTABLE;
  }
  plan.identifier |= in_resource && field.name() == "name";
  const bool machinery =
      in_resource && std::count(kMachineryFields.begin(), kMachineryFields.end(), field.name()) > 0;
  plan.fixed = plan.output_only || plan.identifier || immutable || machinery;

  const auto& rules = options.GetExtension(common::v1::rules);
  plan.length_max = rules.max_length() > 0 ? static_cast<size_t>(rules.max_length()) : kLengthMax;
  plan.items_max = rules.max_items() > 0 ? rules.max_items() : kItemsMax;
  plan.format = rules.format();
  plan.negative = rules.negative();
  plan.positive = rules.positive();
  plan.value_max = rules.max_value();
  plan.decimals_max = rules.max_decimals() > 0 ? rules.max_decimals() : kDecimalsMax;

  // Without a limit of its own the message size limits it; whether it is there may matter all the
  // same.
  if (plan.value == Value::kBytes && rules.max_length() == 0) plan.length_max = SIZE_MAX;
  if (plan.value == Value::kString) Refer(field, &plan);
  if (plan.value == Value::kMessage) plan.nested = Build(*field.message_type());
  if (field.is_map()) {  // the limits of a map of strings are those of its values
    FieldPlan& held = plans_.at(field.message_type())->fields[1];
    held.length_max = plan.length_max;
    held.format = plan.format;
  }
  plan.unchecked = plan.output_only || plan.identifier ||
                   (plan.value == Value::kAny && !plan.required && !field.is_repeated());
  return plan;
}

void Planner::Refer(const FieldDescriptor& field, FieldPlan* plan) const {
  if (!field.options().HasExtension(google::api::resource_reference)) return;
  const auto& reference = field.options().GetExtension(google::api::resource_reference);
  plan->is_reference = true;
  plan->patterns = reference.type().empty() ? names_.OfParents(reference.child_type())
                                            : names_.Of(reference.type());
}

}  // namespace

const MessagePlan& PlanOf(const Descriptor& type) {
  static Planner* const planner = new Planner;  // outlives every thread
  return planner->Of(type);
}

}  // namespace leadstream::domain
