#include "cli/export/parquet/parquet_format.h"

#include <absl/strings/str_cat.h>
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <parquet/arrow/writer.h>

#include <utility>
#include <vector>

#include "cli/export/parquet/columns_of_arrow.h"

namespace leadstream::exporting {
namespace {

constexpr int64_t kRowsOfGroupMax = 64 << 10;
constexpr int64_t kBytesOfGroupMax = 32 << 20;
constexpr int kZstdLevel = 3;

// Events: EventColumns, `data` as a struct, and `data_bytes` where that does not say all.
// Resources: their fields.
class ParquetFile : public TableFile {
 public:
  explicit ParquetFile(const Shape& shape) : of_events_(!shape.table.is_resource()) {
    if (shape.prototype != nullptr) columns_ = ColumnsOf(*shape.prototype->GetDescriptor());
  }

  absl::Status Open(const std::string& path) {
    auto out = arrow::io::FileOutputStream::Open(path);
    if (!out.ok()) return Checked(out.status());
    out_ = *out;
    arrow::FieldVector fields;
    if (of_events_) {
      for (const EventColumn& column : EventColumns())
        fields.push_back(arrow::field(column.name, ArrowTypeOf(column.kind)));
      arrow::FieldVector data;
      for (const Column& column : columns_) data.push_back(ArrowFieldOf(column));
      if (!data.empty()) fields.push_back(arrow::field("data", arrow::struct_(data)));
      fields.push_back(arrow::field("data_bytes", arrow::binary()));
    } else {
      for (const Column& column : columns_) fields.push_back(ArrowFieldOf(column));
    }
    schema_ = arrow::schema(fields);
    for (const auto& field : fields) builders_.push_back(BuilderOf(field->type()));
    auto properties = parquet::WriterProperties::Builder()
                          .compression(parquet::Compression::ZSTD)
                          ->compression_level(kZstdLevel)
                          ->max_row_group_length(kRowsOfGroupMax)
                          ->build();
    auto of_arrow = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    auto writer = parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), out_,
                                                   properties, of_arrow);
    if (!writer.ok()) return Checked(writer.status());
    writer_ = std::move(*writer);
    return absl::OkStatus();
  }

  absl::Status Add(const Row& row) override {
    absl::Status added = of_events_ ? AddEvent(row) : AddFields(*row.message, 0);
    if (!added.ok()) return added;
    ++rows_;
    bytes_ += static_cast<int64_t>(of_events_ ? row.event->record.data().size()
                                              : row.message->ByteSizeLong());
    return rows_ < kRowsOfGroupMax && bytes_ < kBytesOfGroupMax ? absl::OkStatus() : WriteGroup();
  }

  absl::Status Finish() override {
    absl::Status finished = WriteGroup();
    if (finished.ok()) finished = Checked(writer_->Close());
    if (finished.ok()) finished = Checked(out_->Close());
    return finished;
  }

 private:
  absl::Status AddEvent(const Row& row) {
    size_t at = 0;
    for (const EventColumn& column : EventColumns()) {
      absl::Status added = AddEventColumn(column, *row.event, builders_[at++].get());
      if (!added.ok()) return added;
    }
    if (!columns_.empty()) {
      auto* data = static_cast<arrow::StructBuilder*>(builders_[at++].get());
      absl::Status added = Checked(row.message == nullptr ? data->AppendNull() : data->Append());
      for (size_t i = 0; row.message != nullptr && i < columns_.size() && added.ok(); ++i)
        added = Append(row.message, columns_[i], data->field_builder(static_cast<int>(i)));
      if (!added.ok()) return added;
    }
    auto* bytes = static_cast<arrow::BinaryBuilder*>(builders_[at].get());
    return Checked(SaysMore(row) ? bytes->Append(row.event->record.data()) : bytes->AppendNull());
  }

  static absl::Status AddEventColumn(const EventColumn& column, const log::LoggedRecord& event,
                                     arrow::ArrayBuilder* builder) {
    switch (column.kind) {
      case Kind::kText: {
        const std::string& text = column.text(event);
        auto* texts = static_cast<arrow::StringBuilder*>(builder);
        return Checked(text.empty() ? texts->AppendNull() : texts->Append(text));
      }
      case Kind::kTime:
        return Checked(
            static_cast<arrow::TimestampBuilder*>(builder)->Append(column.number(event)));
      case Kind::kInt32:
        return Checked(static_cast<arrow::Int32Builder*>(builder)->Append(
            static_cast<int32_t>(column.number(event))));
      default:
        return Checked(static_cast<arrow::Int64Builder*>(builder)->Append(column.number(event)));
    }
  }

  absl::Status AddFields(const google::protobuf::Message& message, size_t at) {
    for (const Column& column : columns_) {
      absl::Status added = Append(&message, column, builders_[at++].get());
      if (!added.ok()) return added;
    }
    return absl::OkStatus();
  }

  absl::Status WriteGroup() {
    if (rows_ == 0) return absl::OkStatus();
    arrow::ArrayVector arrays;
    for (auto& builder : builders_) {
      auto array = builder->Finish();
      if (!array.ok()) return Checked(array.status());
      arrays.push_back(*array);
    }
    auto table = arrow::Table::Make(schema_, arrays, rows_);
    rows_ = 0;
    bytes_ = 0;
    return Checked(writer_->WriteTable(*table, kRowsOfGroupMax));
  }

  const bool of_events_;
  std::vector<Column> columns_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::shared_ptr<arrow::ArrayBuilder>> builders_;  // one for each field of the schema
  std::shared_ptr<arrow::io::FileOutputStream> out_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  int64_t rows_ = 0, bytes_ = 0;  // of the group that is being built
};

class ParquetFormat : public Format {
 public:
  std::string name() const override { return "parquet"; }
  absl::StatusOr<std::unique_ptr<TableFile>> Create(const std::string& path,
                                                    const Shape& shape) const override {
    auto file = std::make_unique<ParquetFile>(shape);
    absl::Status opened = file->Open(path);
    if (!opened.ok()) return opened;
    return std::unique_ptr<TableFile>(std::move(file));
  }
};

}  // namespace

std::unique_ptr<Format> Parquet() { return std::make_unique<ParquetFormat>(); }

}  // namespace leadstream::exporting
