// What people answer where somebody asks them, in the languages they write to us in.
#pragma once

#include <absl/strings/string_view.h>

#include <optional>

namespace leadstream::inquiries {

// "yes", "igen", "ja", "1", "x" → true; "no", "nem", "nein", "0" → false.
std::optional<bool> ReadYesNo(absl::string_view text);

// Nobody knows yet: "I don't know yet", "tbd", "még nem tudjuk", "noch offen", "je ne sais pas
// encore", "nie wiem", "未定".
bool IsUndecided(absl::string_view text);

// The writer: "me", "I do", "én", "ich selbst", "moi".
bool MeansTheWriter(absl::string_view text);

}  // namespace leadstream::inquiries
