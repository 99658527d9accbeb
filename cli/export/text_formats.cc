#include "cli/export/text_formats.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdio>

#include "cli/history/cloud_event.h"
#include "cli/history/json.h"
#include "common/domain/json_text.h"

namespace leadstream::exporting {
namespace {

using google::protobuf::Message;

class TextFile : public TableFile {
 public:
  TextFile(FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
  ~TextFile() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  absl::Status Finish() override {
    const bool written = std::fflush(file_) == 0 && std::ferror(file_) == 0;
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    return written && closed ? absl::OkStatus() : CannotWrite();
  }

 protected:
  absl::Status Write(const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), file_) == text.size() ? absl::OkStatus()
                                                                          : CannotWrite();
  }
  absl::Status CannotWrite() const {
    return absl::UnavailableError(absl::StrCat("cannot write to ", path_));
  }

 private:
  FILE* file_;
  const std::string path_;
};

// Of a time, a day, a number, a text or JSON.
std::string PlainText(const Cell& cell) {
  std::string scratch;
  switch (cell.column.kind) {
    case Kind::kBool:
      return cell.Bool() ? "true" : "false";
    case Kind::kInt32:
    case Kind::kInt64:
      return absl::StrCat(cell.Number());
    case Kind::kDouble:
      return absl::StrCat(cell.Double());
    case Kind::kTime:
      return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(cell.Number()),
                              absl::UTCTimeZone());
    case Kind::kDate:
      return absl::FormatCivilTime(absl::CivilDay(1970, 1, 1) + cell.Number());
    case Kind::kBytes:
      return absl::Base64Escape(cell.Text(&scratch));
    default:
      return cell.Text(&scratch);
  }
}

absl::Status AppendJson(const Cell& cell, std::string* json);

absl::Status AppendFields(const Message& message, const std::vector<Column>& columns,
                          std::string* json) {
  json->push_back('{');
  for (const Column& column : columns) {
    const bool list = IsList(column);
    if (list ? message.GetReflection()->FieldSize(message, column.field) == 0
             : !Cell{message, column}.IsSet())
      continue;
    if (json->back() != '{') json->push_back(',');
    absl::StrAppend(json, "\"", column.name, "\":");
    absl::Status status;
    if (list) {
      json->push_back('[');
      status = EachOf(message, column, [&](const Cell& element) {
        if (json->back() != '[') json->push_back(',');
        return AppendJson(element, json);
      });
      json->push_back(']');
    } else {
      status = AppendJson({message, column}, json);
    }
    if (!status.ok()) return status;
  }
  json->push_back('}');
  return absl::OkStatus();
}

absl::Status AppendJson(const Cell& cell, std::string* json) {
  switch (cell.column.kind) {
    case Kind::kBool:
    case Kind::kInt32:
    case Kind::kInt64:
    case Kind::kJson:
      json->append(PlainText(cell));
      break;
    case Kind::kStruct:
      return AppendFields(cell.Value(), cell.column.fields, json);
    case Kind::kDecimal:
    case Kind::kMoney: {
      auto unscaled = cell.Unscaled();
      if (!unscaled.ok()) return unscaled.status();
      const bool money = cell.column.kind == Kind::kMoney;
      const std::string amount = DecimalText(*unscaled, money ? kMoneyScale : kDecimalScale);
      absl::StrAppend(json, money ? absl::StrCat("{\"currency_code\":\"", cell.Currency(),
                                                 "\",\"amount\":\"", amount, "\"}")
                                  : absl::StrCat("\"", amount, "\""));
      break;
    }
    default:
      domain::AppendJsonText(PlainText(cell), json);
  }
  return absl::OkStatus();
}

// A line is ended by "\n" in place of its last comma.
void AppendCsv(const std::string& text, std::string* line) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    absl::StrAppend(line, text, ",");
    return;
  }
  line->push_back('"');
  for (const char c : text) {
    if (c == '"') line->push_back('"');
    line->push_back(c);
  }
  line->append("\",");
}

class CsvFile : public TextFile {
 public:
  CsvFile(FILE* file, std::string path, const Shape& shape)
      : TextFile(file, std::move(path)), of_events_(!shape.table.is_resource()) {
    if (shape.prototype != nullptr) columns_ = ColumnsOf(*shape.prototype->GetDescriptor());
  }

  absl::Status WriteNames() {
    std::string line;
    if (of_events_) {
      for (const EventColumn& column : EventColumns()) AppendCsv(column.name, &line);
    }
    AppendNames(of_events_ ? "data." : "", columns_, &line);
    if (of_events_) AppendCsv("data_base64", &line);
    line.back() = '\n';
    return Write(line);
  }

  absl::Status Add(const Row& row) override {
    std::string line;
    if (of_events_) AppendEvent(*row.event, &line);
    absl::Status status = AppendValues(row.message, columns_, &line);
    if (!status.ok()) return status;
    if (of_events_)
      AppendCsv(SaysMore(row) ? absl::Base64Escape(row.event->record.data()) : "", &line);
    line.back() = '\n';
    return Write(line);
  }

 private:
  static void AppendEvent(const log::LoggedRecord& event, std::string* line) {
    for (const EventColumn& column : EventColumns()) {
      if (column.kind == Kind::kText) {
        AppendCsv(column.text(event), line);
      } else if (column.kind == Kind::kTime) {
        AppendCsv(absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ",
                                   absl::FromUnixMicros(column.number(event)), absl::UTCTimeZone()),
                  line);
      } else {
        AppendCsv(absl::StrCat(column.number(event)), line);
      }
    }
  }

  static void AppendNames(const std::string& within, const std::vector<Column>& columns,
                          std::string* line) {
    for (const Column& column : columns) {
      const std::string name = within + column.name;
      if (!IsList(column) && column.kind == Kind::kStruct) {
        AppendNames(name + ".", column.fields, line);
      } else if (!IsList(column) && column.kind == Kind::kMoney) {
        AppendCsv(name + ".currency_code", line);
        AppendCsv(name + ".amount", line);
      } else {
        AppendCsv(name, line);
      }
    }
  }

  // `message` may be null: then all of it is.
  static absl::Status AppendValues(const Message* message, const std::vector<Column>& columns,
                                   std::string* line) {
    for (const Column& column : columns) {
      absl::Status status;
      if (IsList(column)) {
        std::string json;
        if (message != nullptr && message->GetReflection()->FieldSize(*message, column.field) > 0) {
          json = "[";
          status = EachOf(*message, column, [&](const Cell& element) {
            if (json.size() > 1) json.push_back(',');
            return AppendJson(element, &json);
          });
          json.push_back(']');
        }
        AppendCsv(json, line);
      } else {
        status = AppendValue(message, column, line);
      }
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  static absl::Status AppendValue(const Message* message, const Column& column, std::string* line) {
    const bool set = message != nullptr && Cell{*message, column}.IsSet();
    if (column.kind == Kind::kStruct) {
      return AppendValues(set ? &Cell{*message, column}.Value() : nullptr, column.fields, line);
    }
    if (column.kind == Kind::kMoney || column.kind == Kind::kDecimal) {
      std::string currency, amount;
      if (set) {
        const Cell cell{*message, column};
        auto unscaled = cell.Unscaled();
        if (!unscaled.ok()) return unscaled.status();
        if (column.kind == Kind::kMoney) currency = cell.Currency();
        amount = DecimalText(*unscaled, column.kind == Kind::kMoney ? kMoneyScale : kDecimalScale);
      }
      if (column.kind == Kind::kMoney) AppendCsv(currency, line);
      AppendCsv(amount, line);
      return absl::OkStatus();
    }
    AppendCsv(set ? PlainText({*message, column}) : "", line);
    return absl::OkStatus();
  }

  const bool of_events_;
  std::vector<Column> columns_;
};

class NdJsonFile : public TextFile {
 public:
  NdJsonFile(FILE* file, std::string path, const Shape& shape)
      : TextFile(file, std::move(path)), context_(shape.table.context) {}

  absl::Status Add(const Row& row) override {
    return Write((row.event == nullptr ? history::JsonOf(*row.message)
                                       : history::ToCloudEvent(context_, *row.event)) +
                 "\n");
  }

 private:
  const std::string context_;
};

absl::StatusOr<FILE*> OpenFile(const std::string& path) {
  FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return absl::UnavailableError(absl::StrCat("cannot write to ", path));
  return file;
}

class CsvFormat : public Format {
 public:
  std::string name() const override { return "csv"; }
  absl::StatusOr<std::unique_ptr<TableFile>> Create(const std::string& path,
                                                    const Shape& shape) const override {
    auto file = OpenFile(path);
    if (!file.ok()) return file.status();
    auto csv = std::make_unique<CsvFile>(*file, path, shape);
    absl::Status begun = csv->WriteNames();
    if (!begun.ok()) return begun;
    return std::unique_ptr<TableFile>(std::move(csv));
  }
};

class NdJsonFormat : public Format {
 public:
  std::string name() const override { return "ndjson"; }
  absl::StatusOr<std::unique_ptr<TableFile>> Create(const std::string& path,
                                                    const Shape& shape) const override {
    auto file = OpenFile(path);
    if (!file.ok()) return file.status();
    return std::unique_ptr<TableFile>(std::make_unique<NdJsonFile>(*file, path, shape));
  }
};

}  // namespace

std::unique_ptr<Format> Csv() { return std::make_unique<CsvFormat>(); }
std::unique_ptr<Format> NdJson() { return std::make_unique<NdJsonFormat>(); }

}  // namespace leadstream::exporting
