#include "common/log/kafka_record.h"

#include <absl/strings/escaping.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <optional>

namespace leadstream::log {
namespace {

using common::v1::Record;

constexpr absl::string_view kTime = "ce_time", kRevision = "ce_revision", kEpoch = "ce_epoch",
                            kRequestHash = "ce_requesthash";
constexpr int64_t kEpochOfNobody = -1;

// The headers that hold a field as it is.
struct TextHeader {
  absl::string_view name;
  const std::string& (Record::*get)() const;
  std::string* (Record::*set)();
};
constexpr TextHeader kTexts[] = {
    {"ce_id", &Record::id, &Record::mutable_id},
    {"ce_type", &Record::type, &Record::mutable_type},
    {"ce_subject", &Record::subject, &Record::mutable_subject},
    {"ce_requestid", &Record::request_id, &Record::mutable_request_id},
    {"ce_actor", &Record::actor, &Record::mutable_actor},
    {"ce_correlationid", &Record::correlation_id, &Record::mutable_correlation_id},
    {"ce_causationid", &Record::causation_id, &Record::mutable_causation_id},
    {"traceparent", &Record::traceparent, &Record::mutable_traceparent},
};

// "2026-03-02T09:23:11.512345Z", as HeadersOf writes it; nothing for what is written otherwise.
std::optional<int64_t> ReadOwnTime(absl::string_view text) {
  constexpr absl::string_view kForm = "0000-00-00T00:00:00.000000Z";
  if (text.size() != kForm.size()) return std::nullopt;
  int64_t numbers[7] = {};  // year, month, day, hour, minute, second, microsecond
  size_t number = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !digit : text[i] != kForm[i]) return std::nullopt;
    if (digit) {
      numbers[number] = numbers[number] * 10 + (text[i] - '0');
    } else {
      ++number;
    }
  }
  const absl::CivilSecond second(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
                                 numbers[5]);
  // The 30th of February would become the 2nd of March.
  if (second.month() != numbers[1] || second.day() != numbers[2] || second.hour() != numbers[3] ||
      second.minute() != numbers[4] || second.second() != numbers[5])
    return std::nullopt;
  return (second - absl::CivilSecond(1970)) * 1'000'000 + numbers[6];
}

// Microseconds since the Unix epoch; 0 for what is no time. Any RFC 3339 is read, the own form in a
// tenth of the time.
int64_t ReadTime(absl::string_view text) {
  if (auto own = ReadOwnTime(text)) return *own;
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return 0;
  return absl::ToUnixMicros(time);
}

void ReadHeader(absl::string_view name, absl::string_view value, Record* record) {
  int64_t number = 0;
  if (name == kEpoch) {
    record->set_epoch(absl::SimpleAtoi(value, &number) ? number : kEpochOfNobody);
  } else if (name == kRevision) {
    if (absl::SimpleAtoi(value, &number)) record->set_revision(number);
  } else if (name == kTime) {
    record->set_time_us(ReadTime(value));
  } else if (name == kRequestHash) {
    record->set_request_hash(absl::HexStringToBytes(value));
  } else {
    for (const TextHeader& text : kTexts) {
      if (name == text.name) (record->*text.set)()->assign(value.data(), value.size());
    }
  }
}

}  // namespace

rd_kafka_headers_t* HeadersOf(const Record& record, const std::string& topic) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(std::size(kTexts) + 8);
  auto add = [headers](absl::string_view name, absl::string_view value) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  };
  add("ce_specversion", "1.0");
  add("ce_source", absl::StrCat("/", topic));
  add("ce_dataschema", absl::StrCat("https://type.googleapis.com/", record.type()));
  add("content-type", "application/protobuf");
  add(kTime, absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromUnixMicros(record.time_us()),
                              absl::UTCTimeZone()));
  add(kRevision, absl::StrCat(record.revision()));
  add(kEpoch, absl::StrCat(record.epoch()));
  if (!record.request_hash().empty())
    add(kRequestHash, absl::BytesToHexString(record.request_hash()));
  for (const TextHeader& text : kTexts) {
    if (const std::string& value = (record.*text.get)(); !value.empty()) add(text.name, value);
  }
  return headers;
}

Record RecordOf(absl::string_view key, absl::string_view value, const rd_kafka_headers_t* headers) {
  Record record;
  ReadRecord(key, value, headers, &record);
  return record;
}

void ReadRecord(absl::string_view key, absl::string_view value, const rd_kafka_headers_t* headers,
                Record* record) {
  record->Clear();
  record->set_epoch(kEpochOfNobody);
  const char* name = nullptr;
  const void* bytes = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       headers != nullptr &&
       rd_kafka_header_get_all(headers, i, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    ReadHeader(name, absl::string_view(static_cast<const char*>(bytes), size), record);
  }
  if (!key.empty()) record->set_subject(key.data(), key.size());
  record->set_data(value.data(), value.size());
}

}  // namespace leadstream::log
