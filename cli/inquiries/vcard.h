// Business cards: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), also mixed in one file.
#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/inquiries/inquiry.h"

namespace leadstream::inquiries {

struct CardProperty {
  std::string name;  // upper case, without its group: "EMAIL" of item1.EMAIL
  std::vector<std::pair<std::string, std::string>>
      parameters;     // names in upper case; a bare one of 2.1, such as WORK, is a TYPE
  std::string value;  // UTF-8, unfolded, out of quoted-printable; still escaped

  // The parameter's value, empty if there is none. Of several, the first.
  std::string Parameter(absl::string_view parameter) const;
  // Some TYPE is `type`, whatever its case, alone or in a list.
  bool HasType(absl::string_view type) const;
};

struct Card {
  int64_t line = 0;  // of BEGIN:VCARD
  std::string version;
  std::vector<CardProperty> properties;
  std::string fault;  // why it cannot be used; empty: it can
};

// The cards of a file. Pictures and sounds are passed over, and so is a card within a card (AGENT).
// A card that does not end is faulty; the next one is not.
class CardReader {
 public:
  // `bytes` must outlive the reader. `encoding` is for values that name no CHARSET of their own;
  // empty: found out.
  CardReader(absl::string_view bytes, absl::string_view encoding);

  bool Next(Card* card);

 private:
  // The next logical line: unfolded, soft line breaks of quoted-printable joined. False at the end.
  bool NextLine(std::string* line, int64_t* number);
  bool PeekLine(absl::string_view* line, size_t* next) const;
  std::string DecodeValue(const CardProperty& property, std::string raw) const;
  // False if the line is no property, or one that is passed over.
  bool ParseProperty(const std::string& line, CardProperty* property) const;

  std::string converted_;  // of a UTF-16 file
  absl::string_view bytes_;
  std::string encoding_;
  size_t offset_ = 0;
  int64_t line_ = 1;
};

// The parts of a value, unescaped: {"Kovács", "Anna"} of "Kovács;Anna;;;". Empty ones at the end
// are left out.
std::vector<std::string> Components(absl::string_view value, char separator);

// The whole value as one text, unescaped.
std::string PlainText(absl::string_view value);

// The number of a TEL, also if it is a URI: "tel:+36-20-703-0715;ext=5" → "+36-20-703-0715".
std::string TelephoneOf(absl::string_view value);

absl::Status ReadCards(absl::string_view bytes, const std::string& name, const Options& options,
                       const Sink& sink);

}  // namespace leadstream::inquiries
