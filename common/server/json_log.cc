#include "common/server/json_log.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/time.h>

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
                     "\",\"message\":\"");
    for (const char c : message.payload) {
      if (c == '"' || c == '\\') {
        line.push_back('\\');
        line.push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        absl::StrAppendFormat(&line, "\\u%04x", static_cast<unsigned>(c));
      } else {
        line.push_back(c);
      }
    }
    line.append("\"}\n");
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

}  // namespace

std::unique_ptr<spdlog::formatter> NewJsonFormatter() { return std::make_unique<JsonFormatter>(); }

}  // namespace leadstream::server
