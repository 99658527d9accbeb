#include "common/server/redaction.h"

#include <re2/re2.h>

#include <array>

namespace leadstream::server {
namespace {

struct Rule {
  const RE2 pattern;
  const char* instead;
};

const std::array<Rule, 6>& Rules() {
  static const auto* const kRules = new std::array<Rule, 6>{{
      // A JSON Web Token, wherever it stands, and what is presented as a token.
      {RE2(R"(\beyJ[\w-]+\.[\w-]+\.[\w-]*)"), "[token]"},
      {RE2(R"((?i)\b(bearer|basic)\s+[\w.~+/=-]{8,})"), "\\1 [token]"},
      // key=value and "key": "value", where the key says that nobody should know.
      {RE2(R"((?i)\b([\w.-]*(?:password|passwd|secret|token|api[_-]?key|credential)[\w.-]*"?\s*[=:]\s*"?)[^\s"',;&]+)"),
       "\\1[secret]"},
      {RE2(R"([\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+)"), "[e-mail]"},
      // With the country's code, or as it is dialled there: nine digits or more, in groups.
      {RE2(R"((^|[\s"'(=:,;])\+\(?\d(?:[\s./()-]{0,2}\d){6,14}\b)"), "\\1[phone]"},
      {RE2(R"((^|[\s"'(=:,;])\(?0(?:[\s/()-]{0,2}\d){8,14}\b)"), "\\1[phone]"},
  }};
  return *kRules;
}

// Cheap, and false of nearly every line: no "@", no key's name, no long number.
bool MayTell(absl::string_view text) {
  size_t digits = 0;
  for (const char c : text) {
    if (c == '@') return true;
    digits += c >= '0' && c <= '9';
  }
  if (digits >= 7) return true;
  static const RE2 kWords("(?i)eyJ|bearer|basic|passw|secret|token|key|credential");
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kWords);
}

}  // namespace

std::string Redacted(absl::string_view text) {
  std::string redacted(text);
  if (!MayTell(text)) return redacted;
  for (const Rule& rule : Rules()) RE2::GlobalReplace(&redacted, rule.pattern, rule.instead);
  return redacted;
}

}  // namespace leadstream::server
