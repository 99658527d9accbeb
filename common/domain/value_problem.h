// What is wrong with one value, given what its field demands. Null: nothing; else words that follow
// the field's name: "is not an e-mail address".
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "common/domain/field_plan.h"

namespace leadstream::domain {

using Problem = std::optional<std::string>;

// Neither empty.
Problem StringProblem(const FieldPlan& field, absl::string_view text);
// A resource name against patterns; with none, it must merely look like a name.
Problem NameProblem(const std::vector<NamePattern>& patterns, absl::string_view name);
// A google.type.Decimal's text. Empty is 0.
Problem DecimalTextProblem(const FieldPlan& field, absl::string_view text);
// A message of a type that is a value: Money, Decimal, Timestamp, Date, Duration, FieldMask.
Problem ValueProblem(const FieldPlan& field, const google::protobuf::Message& value);

}  // namespace leadstream::domain
