#include "cli/inquiries/countries.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/ascii.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include "cli/inquiries/words.h"
#include "common/domain/formats.h"

namespace leadstream::inquiries {
namespace {

using Codes = absl::flat_hash_map<std::string, std::string>;

void AddName(const icu::Locale& country, const icu::Locale& language, Codes* codes) {
  icu::UnicodeString name;
  std::string utf8;
  country.getDisplayCountry(language, name).toUTF8String(utf8);
  if (const std::string key = Fold(utf8); !key.empty())
    codes->try_emplace(key, country.getCountry());
}

const Codes& KnownCountries() {
  static const auto& known = *[] {
    auto* codes = new Codes({{"uk", "GB"},
                             {"england", "GB"},
                             {"anglia", "GB"},
                             {"grossbritannien", "GB"},
                             {"greatbritain", "GB"},
                             {"nagybritannia", "GB"},
                             {"us", "US"},
                             {"usa", "US"},
                             {"america", "US"},
                             {"holland", "NL"},
                             {"hollandia", "NL"},
                             {"czechrepublic", "CZ"},
                             {"csehorszag", "CZ"},
                             {"tschechien", "CZ"},
                             {"korea", "KR"},
                             {"turkey", "TR"}});
    for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
      if (!domain::IsCountry(*code)) continue;  // ICU lists a few that are no longer assigned
      const icu::Locale country("", *code);
      codes->try_emplace(Fold(*code), *code);
      if (const std::string code3 = Fold(country.getISO3Country()); !code3.empty())
        codes->try_emplace(code3, *code);
      for (const char* language : {"en", "hu", "de"})
        AddName(country, icu::Locale(language), codes);
      UErrorCode error = U_ZERO_ERROR;
      icu::Locale own = icu::Locale::createFromName((std::string("und_") + *code).c_str());
      own.addLikelySubtags(error);
      if (U_SUCCESS(error)) AddName(country, own, codes);
    }
    return codes;
  }();
  return known;
}

}  // namespace

std::string CountryCode(absl::string_view country) {
  const auto found = KnownCountries().find(Fold(country));
  return found == KnownCountries().end() ? "" : found->second;
}

}  // namespace leadstream::inquiries
