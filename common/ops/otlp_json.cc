// ExportTraceServiceRequest as ProtoJSON: ids in hexadecimal, 64-bit numbers as strings.
#include <absl/strings/str_cat.h>

#include <map>

#include "common/domain/json_text.h"
#include "common/ops/otlp_exporter.h"

namespace leadstream::ops {
namespace {

using telemetry::SpanRecord;

constexpr int kStatusError = 2;

void AddText(absl::string_view text, std::string* out) { domain::AppendJsonText(text, out); }

void AddAttribute(absl::string_view key, absl::string_view value, std::string* out) {
  absl::StrAppend(out, "{\"key\":");
  AddText(key, out);
  absl::StrAppend(out, ",\"value\":{\"stringValue\":");
  AddText(value, out);
  absl::StrAppend(out, "}}");
}

void AddSpan(const SpanRecord& span, std::string* out) {
  absl::StrAppend(out, "{\"traceId\":\"", span.context.trace_id, "\",\"spanId\":\"",
                  span.context.span_id, "\"");
  if (!span.parent_span_id.empty())
    absl::StrAppend(out, ",\"parentSpanId\":\"", span.parent_span_id, "\"");
  absl::StrAppend(out, ",\"name\":");
  AddText(span.name, out);
  absl::StrAppend(out, ",\"kind\":", static_cast<int>(span.kind), ",\"startTimeUnixNano\":\"",
                  absl::ToUnixNanos(span.began), "\",\"endTimeUnixNano\":\"",
                  absl::ToUnixNanos(span.ended), "\",\"attributes\":[");
  for (size_t i = 0; i < span.attributes.size(); ++i) {
    if (i > 0) absl::StrAppend(out, ",");
    AddAttribute(span.attributes[i].first, span.attributes[i].second, out);
  }
  absl::StrAppend(out, "],\"status\":{");
  if (!span.error.empty()) {
    absl::StrAppend(out, "\"code\":", kStatusError, ",\"message\":");
    AddText(span.error, out);
  }
  absl::StrAppend(out, "}}");
}

}  // namespace

std::string OtlpJson(const std::vector<SpanRecord>& spans, const std::string& node,
                     const std::string& version) {
  std::map<std::string, std::vector<const SpanRecord*>> by_service;
  for (const SpanRecord& span : spans) by_service[span.service].push_back(&span);
  std::string out = "{\"resourceSpans\":[";
  const char* comma = "";
  for (const auto& [service, of_it] : by_service) {
    absl::StrAppend(&out, comma, "{\"resource\":{\"attributes\":[");
    comma = ",";
    AddAttribute("service.namespace", "leadstream", &out);
    absl::StrAppend(&out, ",");
    AddAttribute("service.name", service, &out);
    absl::StrAppend(&out, ",");
    AddAttribute("service.instance.id", node, &out);
    absl::StrAppend(&out, ",");
    AddAttribute("service.version", version, &out);
    absl::StrAppend(&out, "]},\"scopeSpans\":[{\"scope\":{\"name\":\"leadstream\"},\"spans\":[");
    for (size_t i = 0; i < of_it.size(); ++i) {
      if (i > 0) absl::StrAppend(&out, ",");
      AddSpan(*of_it[i], &out);
    }
    absl::StrAppend(&out, "]}]}");
  }
  absl::StrAppend(&out, "]}");
  return out;
}

}  // namespace leadstream::ops
