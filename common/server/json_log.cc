#include "common/server/json_log.h"

#include <absl/strings/str_cat.h>
#include <absl/time/time.h>

#include "common/domain/json_text.h"
#include "common/server/redaction.h"
#include "common/telemetry/trace.h"

namespace leadstream::server {
namespace {

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string line =
        absl::StrCat("{\"time\":\"",
                     absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::FromChrono(message.time),
                                      absl::UTCTimeZone()),
                     "\",\"level\":\"",
                     absl::string_view(spdlog::level::to_string_view(message.level).data(),
                                       spdlog::level::to_string_view(message.level).size()),
                     "\",\"message\":");
    domain::AppendJsonText(Redacted({message.payload.data(), message.payload.size()}), &line);
    if (const auto trace = telemetry::ParseTraceparent(telemetry::ScopedTrace::Current())) {
      absl::StrAppend(&line, ",\"trace_id\":\"", trace->trace_id, "\",\"span_id\":\"",
                      trace->span_id, "\"");
    }
    line.append("}\n");
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

}  // namespace

std::unique_ptr<spdlog::formatter> NewJsonFormatter() { return std::make_unique<JsonFormatter>(); }

}  // namespace leadstream::server
