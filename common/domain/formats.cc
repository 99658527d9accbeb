#include "common/domain/formats.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>

#include <algorithm>

namespace leadstream::domain {
namespace {

bool IsLetterOrDigit(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlpha(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsInternational(char c) { return static_cast<unsigned char>(c) >= 0x80; }

template <typename Predicate>
bool All(absl::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

// Takes the part before the next `separator` off the front of `rest`; false when there is none
// left.
bool NextPart(char separator, absl::string_view* rest, absl::string_view* part, bool* more) {
  if (!*more) return false;
  const size_t end = rest->find(separator);
  *more = end != absl::string_view::npos;
  *part = rest->substr(0, end);
  rest->remove_prefix(*more ? end + 1 : rest->size());
  return true;
}

// Characters that no address holds, though their bytes look like letters': the C1 controls and
// no-break space (U+0080 to U+00A0), spaces, zero-width and direction marks and line separators
// (U+2000 to U+200F, U+2028 to U+202F, U+205F to U+206F), U+3000, U+FEFF.
bool HasInvisible(absl::string_view text) {
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const auto a = static_cast<unsigned char>(text[i]);
    const auto b = static_cast<unsigned char>(text[i + 1]);
    const auto c = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0;
    if (a == 0xC2 && b <= 0xA0) return true;
    if (a == 0xE2 && b == 0x80 && (c <= 0x8F || (c >= 0xA8 && c <= 0xAF))) return true;
    if (a == 0xE2 && b == 0x81 && c >= 0x9F && c <= 0xAF) return true;
    if (a == 0xE3 && b == 0x80 && c == 0x80) return true;
    if (a == 0xEF && b == 0xBB && c == 0xBF) return true;
  }
  return false;
}

// ISO 3166-1: the codes assigned today, sorted.
constexpr absl::string_view kCountries =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM"
    "CNCOCRCUCVCWCXCYCZ"
    "DEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEIL"
    "IMINIOIQIRISITJEJM"
    "JOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZ"
    "NANCNENFNGNINLNONP"
    "NRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTD"
    "TFTGTHTJTKTLTMTNTO"
    "TRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";
static_assert(kCountries.size() == 2 * 249);

}  // namespace

size_t CodePoints(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool IsBlank(absl::string_view text) {
  return All(text, [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); });
}

bool IsHostName(absl::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  absl::string_view rest = text;
  absl::string_view label;
  int labels = 0;
  for (bool more = true; NextPart('.', &rest, &label, &more); ++labels) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!All(label, [](char c) { return IsLetterOrDigit(c) || c == '-' || IsInternational(c); }))
      return false;
  }
  return labels >= 2 && !All(label, IsDigit) && !HasInvisible(text);
}

bool IsEmail(absl::string_view text) {
  const size_t at = text.find('@');
  if (at == absl::string_view::npos || at > 64 || text.size() > 254) return false;
  absl::string_view local = text.substr(0, at);
  if (HasInvisible(local) || !IsHostName(text.substr(at + 1))) return false;
  absl::string_view atom;
  for (bool more = true; NextPart('.', &local, &atom, &more);) {
    if (atom.empty()) return false;
    if (!All(atom, [](char c) {
          return IsLetterOrDigit(c) || IsInternational(c) ||
                 absl::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != absl::string_view::npos;
        })) {
      return false;
    }
  }
  return true;
}

bool IsCountry(absl::string_view text) {
  if (text.size() != 2) return false;
  size_t low = 0;
  size_t high = kCountries.size() / 2;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const int order = text.compare(kCountries.substr(middle * 2, 2));
    if (order == 0) return true;
    (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
  }
  return false;
}

bool IsLanguage(absl::string_view text) {
  // language [-extlang] [-script] [-region] {-variant} {-singleton 2to8 {2to8}} [-x 1to8 {1to8}]:
  // each part may only be followed by later kinds.
  enum Stage { kStart, kLanguage, kExtLang, kScript, kRegion, kVariant, kExtension, kPrivate };
  Stage stage = kStart;
  bool needs_more = false;  // a singleton must be followed by something
  absl::string_view part;
  for (bool more = true; NextPart('-', &text, &part, &more);) {
    const size_t size = part.size();
    if (size == 0 || size > 8 || !All(part, IsLetterOrDigit)) return false;
    const bool letters = All(part, IsAlpha);
    if (stage == kPrivate) {
      needs_more = false;
    } else if (size == 1) {
      if (needs_more) return false;
      const bool is_private = absl::ascii_tolower(static_cast<unsigned char>(part[0])) == 'x';
      if (stage == kStart && !is_private) return false;
      stage = is_private ? kPrivate : kExtension;
      needs_more = true;
    } else if (stage == kStart) {
      if (!letters) return false;
      stage =
          size <= 3 ? kLanguage : kExtLang;  // a language of more than three letters has no extlang
    } else if (stage == kExtension) {
      needs_more = false;
    } else if (stage == kLanguage && letters && size == 3) {
      stage = kExtLang;
    } else if (stage < kScript && letters && size == 4) {
      stage = kScript;
    } else if (stage < kRegion && ((letters && size == 2) || (size == 3 && All(part, IsDigit)))) {
      stage = kRegion;
    } else if (stage <= kVariant && (size >= 5 || (size == 4 && IsDigit(part[0])))) {
      stage = kVariant;
    } else {
      return false;
    }
  }
  return stage != kStart && !needs_more;
}

bool IsUri(absl::string_view text) {
  const auto allowed = [](char c) {
    return IsLetterOrDigit(c) || IsInternational(c) ||
           absl::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != absl::string_view::npos;
  };
  if (text.empty() || !All(text, allowed) || HasInvisible(text)) return false;
  const size_t host_end = std::min(text.find_first_of(":/?#"), text.size());
  if (IsHostName(text.substr(0, host_end))) {
    absl::string_view rest = text.substr(host_end);
    if (rest.empty() || rest[0] != ':') return true;
    rest.remove_prefix(1);
    const size_t port_end = std::min(rest.find_first_of("/?#"), rest.size());
    return port_end >= 1 && port_end <= 5 && All(rest.substr(0, port_end), IsDigit);
  }
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos || colon == 0 || !IsAlpha(text[0])) return false;
  if (!All(text.substr(0, colon),
           [](char c) { return IsLetterOrDigit(c) || c == '+' || c == '-' || c == '.'; }))
    return false;
  absl::string_view rest = text.substr(colon + 1);
  if (rest.substr(0, 2) != "//") return !rest.empty();
  rest.remove_prefix(2);
  return !rest.empty() && absl::string_view("/?#").find(rest[0]) == absl::string_view::npos;
}

bool IsAddress(absl::string_view text) {
  const size_t colon = text.rfind(':');
  int port = -1;
  return colon != absl::string_view::npos && absl::SimpleAtoi(text.substr(colon + 1), &port) &&
         port >= 0 && port <= 65'535;
}

bool IsId(absl::string_view text, size_t length_max) {
  const auto lower_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); };
  return !text.empty() && text.size() <= length_max && lower_or_digit(text.front()) &&
         lower_or_digit(text.back()) &&
         All(text, [&](char c) { return lower_or_digit(c) || c == '-' || c == '.'; });
}

bool IsRequestId(absl::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         All(text, [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
}

}  // namespace leadstream::domain
