// What people type, made fit to compare and to keep. All of it takes and gives well-formed UTF-8.
#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>
#include <string>

namespace leadstream::inquiries {

// Lines end in \n; control characters and U+FFFD at the ends, and white space at the ends of lines
// and of the text, are gone.
std::string Clean(absl::string_view text);

// Clean, in one line: runs of white space become one space.
std::string OneLine(absl::string_view text);

// For looking up: letters and digits alone, without case and accents. "E-Mail cím" → "emailcim",
// "Straße" → "strasse".
std::string Fold(absl::string_view text);

// A cell that says there is nothing: "n/a", "k.A.", "-", or only the question marks that an
// encoding left of it.
bool IsNothing(absl::string_view text);

// More than the usual courtesies: false for "demo please" and "Kérem, küldjenek árajánlatot", true
// for "spare parts, monthly". A spreadsheet's formula says nothing either.
bool SaysSomething(absl::string_view text);

// The first sentence that says something, without the full stop; empty if none does. Single line
// breaks are taken as wrapping.
std::string TellingSentence(absl::string_view text);

// "Re: Fwd: pricing?" → "pricing?", also with AW:, WG:, Vá: and the like.
std::string WithoutReplyPrefixes(absl::string_view subject);

// At most so many code points; what was cut ends in "…".
std::string Cut(absl::string_view text, size_t length_max);

}  // namespace leadstream::inquiries
