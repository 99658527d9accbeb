// When are two names the same, or nearly? Names of people and companies, freed of case, accents,
// script and punctuation.
#pragma once

#include <absl/strings/string_view.h>

#include <string>

#include "leadstream/common/v1/party.pb.h"

namespace leadstream::lead {

// "Kovács-Nagy, János" -> "kovacs nagy janos": Latin letters without accents (other scripts
// transliterated), lower case, and digits, in words separated by one space. An apostrophe separates
// nothing: "O'Brien" -> "obrien".
std::string Normalized(absl::string_view text);

// An e-mail address for comparison: lower case.
std::string NormalizedEmail(absl::string_view email);
// What stands after its @, lower case; empty if there is none.
std::string EmailDomain(absl::string_view email);

// A company's normalised name without its legal form: "ACME Hungary Kft." -> "acme hungary".
std::string CompanyCore(absl::string_view company);

// Jaro-Winkler of two normalised strings, by bytes: 0 nothing in common, 1 the same. Two empty ones
// are alike in nothing: 0.
double JaroWinkler(absl::string_view a, absl::string_view b);

// From 0 to 1; given and family name are compared each, also the other way round, as forms mix them
// up. The less alike of the two counts, so that brothers are not the same person. A person without
// a name is like nobody.
double NameLikeness(const common::v1::Person& a, const common::v1::Person& b);
// From 0 to 1; a company whose name has all the words of the other's counts as alike.
double CompanyLikeness(absl::string_view a, absl::string_view b);

// From here on names are alike enough to ask a person.
inline constexpr double kAlike = 0.85;

// How a word sounds, roughly: its first letter and the consonants after it, those that are often
// mixed up made one, at most `length`. Words that are alike nearly always have the same beginning
// of it, so that it can stand in a key: "kovacs" -> "kf".
std::string SoundKey(absl::string_view normalized_word, size_t length);
// The same for a person, in whichever order the names were given: "an kf". Empty without a name.
std::string SoundKey(const common::v1::Person& person);

}  // namespace leadstream::lead
