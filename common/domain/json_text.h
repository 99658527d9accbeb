// A text as JSON writes it, RFC 8259.
#pragma once

#include <absl/strings/string_view.h>

#include <string>

namespace leadstream::domain {

// With its quotes. `text` is UTF-8, and stays it.
void AppendJsonText(absl::string_view text, std::string* out);
std::string JsonText(absl::string_view text);

}  // namespace leadstream::domain
