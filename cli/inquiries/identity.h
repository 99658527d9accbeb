// Which lead an inquiry becomes: an id that depends on nothing but what the inquiry says.
//
// The id is a UUID of version 8 (RFC 9562: made by a rule of one's own), lower case: the first 16
// bytes of the SHA-256 of
//   "message-id" 0 the Message-ID                       for an e-mail that has one
//   "message" 0 its headers and text                    for one that has none
//   "row" 0 {heading 0 cell 0}, sorted [0 n]            for a row of a table
//   "card" 0 {property 0 value 0}, sorted [0 n]         for a business card
// with headings folded, cells in one line and empty ones left out. So neither the file's name,
// encoding, delimiter and order of columns, nor rows before or after it change the id. `n` counts
// equal rows before it in the same file, from 1, and is absent for the first: two people who fill
// in a form alike are two inquiries, and the file read again still leads to the same two. Bytes
// here are never changed: leads in the log carry these ids.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace leadstream::inquiries {

// The id of an e-mail.
std::string IdOfMessage(absl::string_view message_id);
std::string IdOfMessageWithoutId(absl::string_view content);

// The ids of the rows or cards of one file, in order.
class RowIds {
 public:
  explicit RowIds(absl::string_view kind) : kind_(kind) {}

  // `cells`: heading or property, and its text.
  std::string Next(const std::vector<std::pair<absl::string_view, absl::string_view>>& cells);

 private:
  std::string kind_;
  absl::flat_hash_map<std::string, int64_t> seen_;  // hash of a row → how often
};

}  // namespace leadstream::inquiries
