#include "cli/inquiries/vcard.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "cli/inquiries/encoding.h"

namespace leadstream::inquiries {
namespace {

constexpr size_t kNone = absl::string_view::npos;

bool IsLine(absl::string_view line, absl::string_view expected) {
  return absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(line), expected);
}

bool IsQuotedPrintable(absl::string_view head) {
  return absl::StrContains(absl::AsciiStrToUpper(head), "QUOTED-PRINTABLE");
}

// Where the value starts: the first colon outside quotes.
size_t FindColon(absl::string_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == ':' && !quoted) return i;
  }
  return line.find(':');  // a quote that is never closed
}

// "=C3=A1" or "%C3%A1", by `escape`; what is no such pair stays.
std::string Unescape(absl::string_view text, char escape) {
  const auto is_hex = [&](size_t i) {
    return i < text.size() && absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
  };
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == escape && is_hex(i + 1) && is_hex(i + 2) &&
        absl::SimpleHexAtoi(text.substr(i + 1, 2), &byte)) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

}  // namespace

std::string CardProperty::Parameter(absl::string_view parameter) const {
  for (const auto& [key, text] : parameters) {
    if (key == parameter) return text;
  }
  return "";
}

bool CardProperty::HasType(absl::string_view type) const {
  return std::any_of(parameters.begin(), parameters.end(), [&](const auto& parameter) {
    if (parameter.first != "TYPE") return false;
    const std::vector<absl::string_view> types = absl::StrSplit(parameter.second, ',');
    return std::any_of(types.begin(), types.end(),
                       [&](absl::string_view one) { return absl::EqualsIgnoreCase(one, type); });
  });
}

CardReader::CardReader(absl::string_view bytes, absl::string_view encoding)
    : bytes_(bytes), encoding_(encoding) {
  // A line may be folded between the bytes of one letter.
  const auto unfolded = [&] {
    return absl::StrReplaceAll(bytes, {{"\r\n ", ""}, {"\n ", ""}, {"\r\n\t", ""}, {"\n\t", ""}});
  };
  const std::string detected =
      encoding.empty() ? DetectEncoding(unfolded()) : std::string(encoding);
  if (absl::StrContains(detected, "16") ||
      absl::StrContains(detected, "32")) {  // no way to find lines in these
    if (absl::StatusOr<Text> text = Decode(bytes, detected); text.ok()) {
      converted_ = std::move(text->utf8);
      bytes_ = converted_;
      encoding_ = "UTF-8";
    }
  } else if (encoding.empty() && IsGuess(detected)) {
    encoding_ = detected;
  }
  absl::ConsumePrefix(&bytes_, "\xEF\xBB\xBF");
}

bool CardReader::PeekLine(absl::string_view* line, size_t* next) const {
  if (offset_ >= bytes_.size()) return false;
  const size_t end = std::min(bytes_.find_first_of("\r\n", offset_), bytes_.size());
  *line = bytes_.substr(offset_, end - offset_);
  *next = end;
  if (end < bytes_.size()) *next += bytes_.substr(end, 2) == "\r\n" ? 2 : 1;
  return true;
}

bool CardReader::NextLine(std::string* line, int64_t* number) {
  absl::string_view part;
  size_t next = 0;
  if (!PeekLine(&part, &next)) return false;
  *number = line_;
  line->assign(part.data(), part.size());
  const bool quoted_printable =
      IsQuotedPrintable(part.substr(0, std::min(FindColon(part), part.size())));
  while (true) {
    offset_ = next;
    ++line_;
    if (!PeekLine(&part, &next)) return true;
    if (quoted_printable && absl::EndsWith(*line, "=") && !IsLine(part, "END:VCARD")) {
      line->pop_back();
      absl::StrAppend(line, part);
    } else if (!part.empty() && (part[0] == ' ' || part[0] == '\t')) {
      absl::StrAppend(line, part.substr(1));
    } else {
      return true;
    }
  }
}

std::string CardReader::DecodeValue(const CardProperty& property, std::string raw) const {
  const std::string charset = property.Parameter("CHARSET");
  if (!charset.empty()) {
    if (absl::StatusOr<Text> text = Decode(raw, charset); text.ok()) return text->utf8;
  }
  absl::StatusOr<Text> text = Decode(raw, encoding_);
  if (!text.ok()) text = Decode(raw, "");
  return text.ok() ? text->utf8 : "";
}

bool CardReader::ParseProperty(const std::string& line, CardProperty* property) const {
  const absl::string_view view = line;
  const size_t colon = FindColon(view);
  if (colon == kNone) return false;
  const std::vector<std::string> head = absl::StrSplit(view.substr(0, colon), ';');
  property->name = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(
      absl::string_view(head[0]).substr(head[0].rfind('.') == kNone ? 0 : head[0].rfind('.') + 1)));
  property->parameters.clear();
  for (size_t i = 1; i < head.size(); ++i) {
    std::pair<std::string, std::string> parameter =
        absl::StrSplit(head[i], absl::MaxSplits('=', 1));
    parameter.first = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(parameter.first));
    if (!absl::StrContains(head[i], '=')) {
      const bool encoding = parameter.first == "QUOTED-PRINTABLE" || parameter.first == "BASE64" ||
                            parameter.first == "8BIT" || parameter.first == "7BIT";
      parameter = {encoding ? "ENCODING" : "TYPE", parameter.first};
    }
    parameter.second.erase(std::remove(parameter.second.begin(), parameter.second.end(), '"'),
                           parameter.second.end());
    property->parameters.push_back(std::move(parameter));
  }
  const std::string encoding = absl::AsciiStrToUpper(property->Parameter("ENCODING"));
  const std::string& name = property->name;
  if (encoding == "B" || encoding == "BASE64" || name == "PHOTO" || name == "LOGO" ||
      name == "SOUND" || name == "KEY")
    return false;
  const absl::string_view raw = view.substr(colon + 1);
  property->value = DecodeValue(
      *property, encoding == "QUOTED-PRINTABLE" ? Unescape(raw, '=') : std::string(raw));
  return true;
}

bool CardReader::Next(Card* card) {
  *card = {};
  std::string line;
  int64_t number = 0;
  do {
    if (!NextLine(&line, &number)) return false;
  } while (absl::StripAsciiWhitespace(line).empty());
  card->line = number;
  absl::string_view next_line;
  size_t next = 0;
  if (!IsLine(line, "BEGIN:VCARD")) {
    card->fault = "text outside of a card: BEGIN:VCARD is missing";
    while (PeekLine(&next_line, &next) && !IsLine(next_line, "BEGIN:VCARD"))
      NextLine(&line, &number);
    return true;
  }
  int inner = 0;
  bool after_agent = false;
  while (true) {
    if (PeekLine(&next_line, &next) && IsLine(next_line, "BEGIN:VCARD") && !after_agent &&
        inner == 0)
      break;
    if (!NextLine(&line, &number)) break;
    if (IsLine(line, "BEGIN:VCARD")) {
      ++inner;
    } else if (IsLine(line, "END:VCARD")) {
      if (inner-- == 0) return true;
    } else if (CardProperty property; inner == 0 && ParseProperty(line, &property)) {
      after_agent = property.name == "AGENT" && absl::StripAsciiWhitespace(property.value).empty();
      if (property.name == "VERSION") card->version = property.value;
      if (property.name != "AGENT") card->properties.push_back(std::move(property));
      continue;
    }
    after_agent = false;
  }
  card->fault = "the card does not end: END:VCARD is missing";
  return true;
}

std::vector<std::string> Components(absl::string_view value, char separator) {
  std::vector<std::string> components(1);
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == separator) {
      components.emplace_back();
    } else if (value[i] == '\\' && i + 1 < value.size()) {
      ++i;
      // In 2.1 a backslash before anything but a semicolon stands for itself: "C:\temp".
      if (absl::string_view(";,:\\nN").find(value[i]) == kNone) components.back() += '\\';
      components.back() += value[i] == 'n' || value[i] == 'N' ? '\n' : value[i];
    } else {
      components.back() += value[i];
    }
  }
  while (!components.empty() && absl::StripAsciiWhitespace(components.back()).empty())
    components.pop_back();
  return components;
}

std::string PlainText(absl::string_view value) {
  const std::vector<std::string> whole = Components(value, '\0');
  return whole.empty() ? "" : whole[0];
}

std::string TelephoneOf(absl::string_view value) {
  const std::string text = PlainText(value);
  if (!absl::StartsWithIgnoreCase(text, "tel:")) return text;
  const Text number =
      Decode(Unescape(absl::string_view(text).substr(4, text.find(';') - 4), '%'), "")
          .value_or(Text{});
  return number.utf8;
}

}  // namespace leadstream::inquiries
