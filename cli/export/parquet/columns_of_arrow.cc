#include "cli/export/parquet/columns_of_arrow.h"

#include <string>

namespace leadstream::exporting {
namespace {

using google::protobuf::Message;

// Enums and currencies.
std::shared_ptr<arrow::DataType> NamesType() {
  return arrow::dictionary(arrow::int32(), arrow::utf8());
}
using NamesBuilder = arrow::StringDictionary32Builder;

std::shared_ptr<arrow::DataType> ValueTypeOf(const Column& column) {
  if (column.kind != Kind::kStruct) return ArrowTypeOf(column.kind);
  arrow::FieldVector fields;
  for (const Column& field : column.fields) fields.push_back(ArrowFieldOf(field));
  return arrow::struct_(fields);
}

arrow::Decimal128 ToArrow(absl::int128 unscaled) {
  return arrow::Decimal128(absl::Int128High64(unscaled), absl::Int128Low64(unscaled));
}

template <typename Builder>
Builder* As(arrow::ArrayBuilder* builder) {
  return static_cast<Builder*>(builder);
}

absl::Status AppendDecimal(const Cell& cell, arrow::ArrayBuilder* builder) {
  auto unscaled = cell.Unscaled();
  if (!unscaled.ok()) return unscaled.status();
  return Checked(As<arrow::Decimal128Builder>(builder)->Append(ToArrow(*unscaled)));
}

absl::Status AppendFields(const Cell& cell, arrow::StructBuilder* builder) {
  absl::Status appended = Checked(builder->Append());
  for (size_t i = 0; i < cell.column.fields.size() && appended.ok(); ++i)
    appended =
        Append(&cell.Value(), cell.column.fields[i], builder->field_builder(static_cast<int>(i)));
  return appended;
}

absl::Status AppendMoney(const Cell& cell, arrow::StructBuilder* builder) {
  absl::Status appended = Checked(builder->Append());
  if (appended.ok())
    appended = Checked(As<NamesBuilder>(builder->field_builder(0))->Append(cell.Currency()));
  return appended.ok() ? AppendDecimal(cell, builder->field_builder(1)) : appended;
}

absl::Status AppendValue(const Cell& cell, arrow::ArrayBuilder* builder) {
  std::string scratch;
  switch (cell.column.kind) {
    case Kind::kText:
    case Kind::kJson:
      return Checked(As<arrow::StringBuilder>(builder)->Append(cell.Text(&scratch)));
    case Kind::kBytes:
      return Checked(As<arrow::BinaryBuilder>(builder)->Append(cell.Text(&scratch)));
    case Kind::kBool:
      return Checked(As<arrow::BooleanBuilder>(builder)->Append(cell.Bool()));
    case Kind::kInt32:
      return Checked(As<arrow::Int32Builder>(builder)->Append(static_cast<int32_t>(cell.Number())));
    case Kind::kInt64:
      return Checked(As<arrow::Int64Builder>(builder)->Append(cell.Number()));
    case Kind::kDouble:
      return Checked(As<arrow::DoubleBuilder>(builder)->Append(cell.Double()));
    case Kind::kEnum:
      return Checked(As<NamesBuilder>(builder)->Append(cell.Text(&scratch)));
    case Kind::kTime:
      return Checked(As<arrow::TimestampBuilder>(builder)->Append(cell.Number()));
    case Kind::kDate:
      return Checked(
          As<arrow::Date32Builder>(builder)->Append(static_cast<int32_t>(cell.Number())));
    case Kind::kDecimal:
      return AppendDecimal(cell, builder);
    case Kind::kMoney:
      return AppendMoney(cell, As<arrow::StructBuilder>(builder));
    case Kind::kStruct:
      return AppendFields(cell, As<arrow::StructBuilder>(builder));
  }
  return absl::InternalError("unreachable");
}

}  // namespace

std::shared_ptr<arrow::ArrayBuilder> BuilderOf(const std::shared_ptr<arrow::DataType>& type) {
  arrow::MemoryPool* pool = arrow::default_memory_pool();
  if (type->id() == arrow::Type::DICTIONARY) return std::make_shared<NamesBuilder>(pool);
  if (type->id() == arrow::Type::LIST)
    return std::make_shared<arrow::ListBuilder>(pool, BuilderOf(type->field(0)->type()), type);
  if (type->id() == arrow::Type::STRUCT) {
    std::vector<std::shared_ptr<arrow::ArrayBuilder>> fields;
    for (const auto& field : type->fields()) fields.push_back(BuilderOf(field->type()));
    return std::make_shared<arrow::StructBuilder>(type, pool, std::move(fields));
  }
  std::unique_ptr<arrow::ArrayBuilder> builder;
  return arrow::MakeBuilder(pool, type, &builder).ok() ? std::move(builder) : nullptr;
}

absl::Status Checked(const arrow::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.ToString());
}

std::shared_ptr<arrow::DataType> ArrowTypeOf(Kind kind) {
  switch (kind) {
    case Kind::kText:
    case Kind::kJson:
      return arrow::utf8();
    case Kind::kBytes:
      return arrow::binary();
    case Kind::kBool:
      return arrow::boolean();
    case Kind::kInt32:
      return arrow::int32();
    case Kind::kInt64:
      return arrow::int64();
    case Kind::kDouble:
      return arrow::float64();
    case Kind::kEnum:
      return NamesType();
    case Kind::kTime:
      return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
    case Kind::kDate:
      return arrow::date32();
    case Kind::kDecimal:
      return arrow::decimal128(kPrecision, kDecimalScale);
    case Kind::kMoney:
      return arrow::struct_({arrow::field("currency_code", NamesType()),
                             arrow::field("amount", arrow::decimal128(kPrecision, kMoneyScale))});
    case Kind::kStruct:
      break;
  }
  return arrow::null();
}

std::shared_ptr<arrow::Field> ArrowFieldOf(const Column& column) {
  auto type = ValueTypeOf(column);
  return arrow::field(column.name, IsList(column) ? arrow::list(type) : type);
}

absl::Status Append(const Message* message, const Column& column, arrow::ArrayBuilder* builder) {
  if (message == nullptr) return Checked(builder->AppendNull());
  if (!IsList(column)) {
    const Cell cell{*message, column};
    return cell.IsSet() ? AppendValue(cell, builder) : Checked(builder->AppendNull());
  }
  auto* list = As<arrow::ListBuilder>(builder);
  absl::Status appended = Checked(list->Append());
  if (!appended.ok()) return appended;
  return EachOf(*message, column, [list](const Cell& element) {
    return element.IsSet() ? AppendValue(element, list->value_builder())
                           : Checked(list->value_builder()->AppendNull());
  });
}

}  // namespace leadstream::exporting
