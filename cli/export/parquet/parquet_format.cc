#include "cli/export/parquet/parquet_format.h"

#include <absl/base/thread_annotations.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/base64.h>
#include <parquet/arrow/schema.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/export/parquet/columns_of_arrow.h"

namespace leadstream::exporting {
namespace {

constexpr int64_t kRowsOfGroupMax = 64 << 10;
constexpr int64_t kBytesOfGroupMax = 32 << 20;
constexpr int kZstdLevel = 3;
// A column of so few bytes would only grow by being compressed. Of most days most columns are such.
constexpr int64_t kCompressedFromBytes = 512;

// Of fewer rows each column is one page, whose index would say once more what is said of the
// column.
constexpr int64_t kIndexedFromRows = 1'000;
constexpr int64_t kBufferBytes = 64 << 10;

// A column of Parquet: a leaf of what Arrow nests.
struct Leaf {
  bool of_names = false;  // a dictionary already: an enum's, a currency's
  int64_t bytes = 0;      // that it holds, about; nothing where it is null
};

void AddLeaves(const arrow::ArrayData& data, std::vector<Leaf>* leaves) {
  if (!data.child_data.empty()) {
    for (const auto& child : data.child_data) AddLeaves(*child, leaves);
    return;
  }
  Leaf leaf;
  leaf.of_names = data.dictionary != nullptr;
  if (data.GetNullCount() < data.length) {
    for (const auto& buffer : data.buffers) leaf.bytes += buffer == nullptr ? 0 : buffer->size();
  }
  leaves->push_back(leaf);
}

// What all files of one kind have in common. Events: EventColumns, `data` as a struct, and
// `data_bytes` where that does not say all. Resources: their fields.
struct Layout {
  explicit Layout(const Shape& shape) : of_events(!shape.table.is_resource()) {
    if (shape.prototype != nullptr) columns = ColumnsOf(*shape.prototype->GetDescriptor());
    arrow::FieldVector fields;
    if (of_events) {
      for (const EventColumn& column : EventColumns())
        fields.push_back(arrow::field(column.name, ArrowTypeOf(column.kind)));
      arrow::FieldVector data;
      for (const Column& column : columns) data.push_back(ArrowFieldOf(column));
      if (!data.empty()) fields.push_back(arrow::field("data", arrow::struct_(data)));
      fields.push_back(arrow::field("data_bytes", arrow::binary()));
    } else {
      for (const Column& column : columns) fields.push_back(ArrowFieldOf(column));
    }
    schema = arrow::schema(fields);
    status = Describe();
  }

  const bool of_events;
  std::vector<Column> columns;
  std::shared_ptr<arrow::Schema> schema;
  std::vector<std::string> leaves;  // "data.lead.name"
  // What Parquet has no words for, as Arrow reads it in each file; written once, not for each.
  std::shared_ptr<const arrow::KeyValueMetadata> of_arrow;
  absl::Status status;

 private:
  absl::Status Describe() {
    std::shared_ptr<parquet::SchemaDescriptor> in_parquet;
    absl::Status described = Checked(parquet::arrow::ToParquetSchema(
        schema.get(), *parquet::default_writer_properties(), &in_parquet));
    if (!described.ok()) return described;
    for (int i = 0; i < in_parquet->num_columns(); ++i)
      leaves.push_back(in_parquet->Column(i)->path()->ToDotString());
    auto in_arrow = arrow::ipc::SerializeSchema(*schema);
    if (!in_arrow.ok()) return Checked(in_arrow.status());
    of_arrow = arrow::KeyValueMetadata::Make(
        {"ARROW:schema"}, {arrow::util::base64_encode(std::string_view(**in_arrow))});
    return absl::OkStatus();
  }
};

class ParquetFile : public TableFile {
 public:
  explicit ParquetFile(std::shared_ptr<const Layout> layout) : layout_(std::move(layout)) {}

  absl::Status Open(const std::string& path) {
    if (!layout_->status.ok()) return layout_->status;
    auto file = arrow::io::FileOutputStream::Open(path);
    if (!file.ok()) return Checked(file.status());
    auto out =
        arrow::io::BufferedOutputStream::Create(kBufferBytes, arrow::default_memory_pool(), *file);
    if (!out.ok()) return Checked(out.status());
    out_ = *out;
    for (const auto& field : layout_->schema->fields())
      builders_.push_back(BuilderOf(field->type()));
    return absl::OkStatus();
  }

  absl::Status Add(const Row& row) override {
    absl::Status added = layout_->of_events ? AddEvent(row) : AddFields(*row.message, 0);
    if (!added.ok()) return added;
    ++rows_;
    bytes_ += static_cast<int64_t>(layout_->of_events ? row.event->record.data().size()
                                                      : row.message->ByteSizeLong());
    return rows_ < kRowsOfGroupMax && bytes_ < kBytesOfGroupMax ? absl::OkStatus() : WriteGroup();
  }

  absl::Status Finish() override {
    absl::Status finished = WriteGroup();
    if (finished.ok() && writer_ == nullptr) finished = Begin({});  // without a row
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
    if (!layout_->columns.empty()) {
      auto* data = static_cast<arrow::StructBuilder*>(builders_[at++].get());
      absl::Status added = Checked(row.message == nullptr ? data->AppendNull() : data->Append());
      for (size_t i = 0; row.message != nullptr && i < layout_->columns.size() && added.ok(); ++i)
        added = Append(row.message, layout_->columns[i], data->field_builder(static_cast<int>(i)));
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
    for (const Column& column : layout_->columns) {
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
    if (writer_ == nullptr) {
      absl::Status begun = Begin(arrays);
      if (!begun.ok()) return begun;
    }
    rows_ = 0;
    bytes_ = 0;
    absl::Status written = Checked(writer_->NewRowGroup());
    for (size_t i = 0; i < arrays.size() && written.ok(); ++i)
      written = Checked(writer_->WriteColumnChunk(*arrays[i]));
    return written;
  }

  // How each column is written follows from the first group: enums and currencies have
  // dictionaries, others none (zstd finds what repeats, and ids do not), and what is tiny is
  // neither compressed nor indexed; least and greatest of a few names say nothing.
  absl::Status Begin(const arrow::ArrayVector& first) {
    std::vector<Leaf> leaves;
    for (const auto& array : first) AddLeaves(*array->data(), &leaves);
    const bool is_small = rows_ < kIndexedFromRows;
    parquet::WriterProperties::Builder builder;
    builder.disable_dictionary();
    if (is_small) {
      builder.disable_write_page_index()->set_size_statistics_level(
          parquet::SizeStatisticsLevel::None);
    }
    for (size_t i = 0; i < leaves.size(); ++i) {
      const std::string& path = layout_->leaves[i];
      if (leaves[i].of_names) {
        builder.enable_dictionary(path);
        if (is_small) builder.disable_statistics(path);
      }
      if (leaves[i].bytes >= kCompressedFromBytes)
        builder.compression(path, parquet::Compression::ZSTD)->compression_level(path, kZstdLevel);
    }
    auto writer = parquet::arrow::FileWriter::Open(*layout_->schema, arrow::default_memory_pool(),
                                                   out_, builder.build());
    if (!writer.ok()) return Checked(writer.status());
    writer_ = std::move(*writer);
    return Checked(writer_->AddKeyValueMetadata(layout_->of_arrow));
  }

  const std::shared_ptr<const Layout> layout_;
  std::vector<std::shared_ptr<arrow::ArrayBuilder>> builders_;  // one for each field of the schema
  std::shared_ptr<arrow::io::OutputStream> out_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;  // null: no group was written yet
  int64_t rows_ = 0, bytes_ = 0;                        // of the group that is being built
};

class ParquetFormat : public Format {
 public:
  std::string name() const override { return "parquet"; }
  absl::StatusOr<std::unique_ptr<TableFile>> Create(const std::string& path,
                                                    const Shape& shape) const override {
    auto file = std::make_unique<ParquetFile>(LayoutOf(shape));
    absl::Status opened = file->Open(path);
    if (!opened.ok()) return opened;
    return std::unique_ptr<TableFile>(std::move(file));
  }

 private:
  // The same for all days of an event.
  std::shared_ptr<const Layout> LayoutOf(const Shape& shape) const {
    absl::MutexLock lock(&mutex_);
    auto& layout = layouts_[{shape.table.is_resource(), shape.prototype}];
    if (layout == nullptr) layout = std::make_shared<const Layout>(shape);
    return layout;
  }

  mutable absl::Mutex mutex_;
  mutable std::map<std::pair<bool, const google::protobuf::Message*>, std::shared_ptr<const Layout>>
      layouts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Format> Parquet() { return std::make_unique<ParquetFormat>(); }

}  // namespace leadstream::exporting
