#include "common/domain/json_text.h"

#include <absl/strings/str_format.h>

namespace leadstream::domain {

void AppendJsonText(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

std::string JsonText(absl::string_view text) {
  std::string json;
  AppendJsonText(text, &json);
  return json;
}

}  // namespace leadstream::domain
