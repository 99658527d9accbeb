// From the bytes of a file to UTF-8.
//
//   auto text = Decode(bytes, /*encoding=*/"");   // {"Rácz Sándor", "windows-1250"}
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

namespace leadstream::inquiries {

// Where the writer sits, as far as something else gives it away (the language of a table's
// headings, say). Windows-1250 and Windows-1252 put different letters on the same bytes, and in a
// short text only this tells them apart.
enum class Region { kUnknown, kCentralEurope, kWesternEurope };

struct Text {
  std::string utf8;      // well-formed, without a byte order mark
  std::string encoding;  // what the bytes were read as
};

// Finds out what the bytes are: a byte order mark; UTF-16 by its zero bytes; UTF-8 if it is
// well-formed, or all but (a cut or damaged file); else one of windows-1250, ISO-8859-2 and
// windows-1252, by ICU's statistics, telling letters and `region`.
std::string DetectEncoding(absl::string_view bytes, Region region = Region::kUnknown);

// An encoding of one byte per letter, which can only be guessed. (What is not is certain.)
bool IsGuess(absl::string_view encoding);

// Reads the bytes as `encoding`, any name or alias that ICU knows, or as what they seem to be if it
// is empty. What the encoding has no letter for becomes U+FFFD. An unknown name: INVALID_ARGUMENT.
absl::StatusOr<Text> Decode(absl::string_view bytes, absl::string_view encoding,
                            Region region = Region::kUnknown);

}  // namespace leadstream::inquiries
