#pragma once

#include <absl/strings/string_view.h>

#include <string>

namespace leadstream::inquiries {

// The ISO 3166-1 alpha-2 code of a country given as a code ("hu", "HUN") or by its name in English,
// Hungarian, German or its own language, as ICU knows them ("Ungarn", "Magyarország"). Empty if
// there is no such country.
std::string CountryCode(absl::string_view country);

}  // namespace leadstream::inquiries
