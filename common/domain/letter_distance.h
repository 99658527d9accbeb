// How alike two words are, to guess what was meant by a name that is none.
#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>

namespace leadstream::domain {

// How many letters must be added, dropped or changed to make one of the other (Levenshtein's
// distance); the case of ASCII letters counts for nothing. Takes time as the product of both sizes.
size_t LetterDistance(absl::string_view a, absl::string_view b);

}  // namespace leadstream::domain
