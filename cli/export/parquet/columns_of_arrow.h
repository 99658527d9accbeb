// Columns as Arrow knows them: their types, and how a value is appended to a builder of its type.
#pragma once

#include <absl/status/status.h>
#include <arrow/api.h>

#include <memory>
#include <vector>

#include "cli/export/columns.h"

namespace leadstream::exporting {

std::shared_ptr<arrow::DataType> ArrowTypeOf(Kind kind);
std::shared_ptr<arrow::Field> ArrowFieldOf(const Column& column);

// Builds arrays of exactly that type: Arrow's own builders of dictionaries may choose another
// index.
std::shared_ptr<arrow::ArrayBuilder> BuilderOf(const std::shared_ptr<arrow::DataType>& type);

absl::Status Checked(const arrow::Status& status);

// A field of `message`; null: of a message that is not set.
absl::Status Append(const google::protobuf::Message* message, const Column& column,
                    arrow::ArrayBuilder* builder);

}  // namespace leadstream::exporting
