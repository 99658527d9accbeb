// What the annotations of a message type demand, worked out once: the form that validation and
// field masks run on.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/name_pattern.h"
#include "leadstream/common/v1/validation.pb.h"

namespace leadstream::domain {

struct MessagePlan;

struct FieldPlan {
  // How the value is looked at, where it is given.
  enum class Value {
    kAny,
    kString,
    kBytes,
    kEnum,
    kFloating,
    kMoney,
    kDecimal,
    kTimestamp,
    kDate,
    kDuration,
    kFieldMask,
    kMessage
  };

  const google::protobuf::FieldDescriptor* field = nullptr;
  Value value = Value::kAny;
  bool required = false;
  bool output_only = false;
  // An update leaves it alone: OUTPUT_ONLY, IMMUTABLE, IDENTIFIER, or one of the machinery's.
  bool fixed = false;
  // The resource's own name. What may stand there depends on the request, not on the field.
  bool identifier = false;
  // Nothing of it can be wrong.
  bool unchecked = false;

  size_t length_max = 0;
  int items_max = 0;
  common::v1::FieldRules::Format format = common::v1::FieldRules::FORMAT_UNSPECIFIED;
  bool negative = false;
  bool positive = false;
  std::string value_max;
  int decimals_max = 0;

  // It refers to a resource, whose name has one of these patterns; with none, the type is unknown
  // here and any name will do.
  bool is_reference = false;
  std::vector<NamePattern> patterns;

  // Of a message of ours; null for all else.
  const MessagePlan* nested = nullptr;
};

struct MessagePlan {
  const google::protobuf::Descriptor* type = nullptr;
  // By FieldDescriptor::index().
  std::vector<FieldPlan> fields;
  // Of the type itself, if it is a resource.
  std::vector<NamePattern> names;
  // Its `google.protobuf.FieldMask update_mask` and the message that the mask is of; both null if
  // it is no update.
  const google::protobuf::FieldDescriptor* mask = nullptr;
  const google::protobuf::FieldDescriptor* masked = nullptr;
  // At some depth it has OUTPUT_ONLY fields, or fixed ones. True where types contain themselves.
  bool has_output_only = true;
  bool has_fixed = true;

  const FieldPlan& Of(const google::protobuf::FieldDescriptor& field) const {
    return fields[static_cast<size_t>(field.index())];
  }
};

// Thread-safe. Lives as long as the process, and so must the type's descriptor.
const MessagePlan& PlanOf(const google::protobuf::Descriptor& type);

}  // namespace leadstream::domain
