#include "services/lead/likeness.h"

#include <absl/algorithm/container.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

namespace leadstream::lead {
namespace {

using common::v1::Person;

bool IsAscii(absl::string_view text) { return absl::c_all_of(text, absl::ascii_isascii); }

// One for all threads: its const methods may be used by many at a time, and making one takes 60 ms.
const icu::Transliterator& ToAscii() {
  static const icu::Transliterator& to_ascii = *[] {
    UErrorCode status = U_ZERO_ERROR;
    icu::Transliterator* made = icu::Transliterator::createInstance("Any-Latin; Latin-ASCII; Lower",
                                                                    UTRANS_FORWARD, status);
    if (U_FAILURE(status) || made == nullptr)
      std::abort();  // ICU without its data: nothing could be compared
    return made;
  }();
  return to_ascii;
}

std::string TransliteratedToAscii(absl::string_view text) {
  icu::UnicodeString unicode =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  ToAscii().transliterate(unicode);
  std::string ascii;
  unicode.toUTF8String(ascii);
  return ascii;
}

// The letters of Europe's Latin alphabets, U+00C0 to U+024F, each by itself.
constexpr unsigned kFirstLetter = 0xC0, kLastLetter = 0x24F;
const std::string& LatinLetter(unsigned letter) {
  static const auto& letters = *[] {
    auto* made = new std::array<std::string, kLastLetter - kFirstLetter + 1>;
    for (unsigned one = kFirstLetter; one <= kLastLetter; ++one) {
      const char utf8[] = {static_cast<char>(0xC0 | one >> 6),
                           static_cast<char>(0x80 | (one & 0x3F))};
      (*made)[one - kFirstLetter] = TransliteratedToAscii({utf8, sizeof utf8});
    }
    return made;
  }();
  return letters[letter - kFirstLetter];
}

// What is of ASCII and those letters goes letter by letter, which takes a fiftieth of the time.
std::string LowerAscii(absl::string_view text) {
  std::string ascii;
  ascii.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      ascii += absl::ascii_tolower(byte);
      continue;
    }
    // 110xxxxx 10xxxxxx: all of the letters have two bytes, and nothing else begins so.
    const unsigned letter =
        i + 1 < text.size() && byte >> 5 == 0b110
            ? (byte & 0x1Fu) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3Fu)
            : 0;
    if (letter < kFirstLetter || letter > kLastLetter) return TransliteratedToAscii(text);
    ascii += LatinLetter(letter);
  }
  return ascii;
}

// Dropped from companies' names, wherever they stand: what is left of "Sp. z o.o." is "sp z o o".
const absl::flat_hash_set<absl::string_view>& LegalForms() {
  static const auto& forms = *new absl::flat_hash_set<absl::string_view>{
      "kft",  "bt",          "zrt", "nyrt",    "rt",  "kkt",     "ev",   "gmbh", "ag",  "kg",
      "ohg",  "ug",          "mbh", "ek",      "ltd", "limited", "llc",  "llp",  "plc", "inc",
      "corp", "corporation", "co",  "company", "sa",  "sas",     "sarl", "eurl", "srl", "spa",
      "snc",  "bv",          "nv",  "ab",      "as",  "aps",     "oy",   "oyj",  "sro", "doo",
      "dd",   "ad",          "sp",  "z",       "o",   "oo",      "fpuh", "ppuh", "zoo", "s",
      "c",    "r",           "and", "und",     "es",  "et",      "y",    "i",    "the", "tarsa",
      "e",    "v",           "k",   "g"};
  return forms;
}

const absl::flat_hash_set<absl::string_view>& TitlesAndParticles() {
  static const auto& words = *new absl::flat_hash_set<absl::string_view>{
      "dr",  "prof", "ing", "mr",  "mrs", "ms", "miss", "herr", "frau", "ifj", "ozv",
      "von", "van",  "der", "den", "de",  "la", "le",   "di",   "da",   "el",  "al"};
  return words;
}

// A person's given or family name without titles; all of it if nothing else is there.
std::string NameCore(absl::string_view name) {
  const std::string normalized = Normalized(name);
  std::vector<absl::string_view> words = absl::StrSplit(normalized, ' ', absl::SkipEmpty());
  std::vector<absl::string_view> kept;
  absl::c_copy_if(words, std::back_inserter(kept),
                  [](absl::string_view word) { return !TitlesAndParticles().contains(word); });
  return absl::StrJoin(kept.empty() ? words : kept, " ");
}

absl::string_view FirstWord(absl::string_view words) { return words.substr(0, words.find(' ')); }

// Letters that sound alike, or are typed for one another, as one; 0 is not heard.
char Sound(char letter) {
  switch (letter) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
    case 'y':
    case 'h':
      return 0;
    case 'c':
    case 'q':
    case 'g':
    case 'x':
      return 'k';
    case 'p':
    case 'v':
    case 'w':
      return 'f';
    case 'z':
      return 's';
    case 'd':
      return 't';
    case 'm':
      return 'n';
    case 'j':
      return 'j';
    default:
      return letter;
  }
}

}  // namespace

std::string Normalized(absl::string_view text) {
  std::string words;
  words.reserve(text.size());
  for (char c : LowerAscii(text)) {
    if (absl::ascii_isalnum(c)) {
      words += c;
    } else if (c != '\'' && !words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  if (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

std::string NormalizedEmail(absl::string_view email) {
  email = absl::StripAsciiWhitespace(email);
  if (IsAscii(email)) return absl::AsciiStrToLower(email);
  std::string lower;
  icu::UnicodeString::fromUTF8({email.data(), static_cast<int32_t>(email.size())})
      .foldCase()
      .toUTF8String(lower);
  return lower;
}

std::string EmailDomain(absl::string_view email) {
  const size_t at = email.rfind('@');
  return at == absl::string_view::npos ? "" : NormalizedEmail(email.substr(at + 1));
}

std::string CompanyCore(absl::string_view company) {
  const std::string normalized = Normalized(company);
  std::vector<absl::string_view> words = absl::StrSplit(normalized, ' ', absl::SkipEmpty());
  std::vector<absl::string_view> kept;
  absl::c_copy_if(words, std::back_inserter(kept),
                  [](absl::string_view word) { return !LegalForms().contains(word); });
  return absl::StrJoin(kept.empty() ? words : kept, " ");
}

double JaroWinkler(absl::string_view a, absl::string_view b) {
  if (a.empty() || b.empty()) return 0;
  if (a == b) return 1;
  const size_t longer = std::max(a.size(), b.size());
  const size_t window = longer < 4 ? 0 : longer / 2 - 1;
  std::vector<bool> b_taken(b.size(), false);
  std::string a_matched, b_matched;
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = i < window ? 0 : i - window; j < std::min(b.size(), i + window + 1); ++j) {
      if (b_taken[j] || a[i] != b[j]) continue;
      b_taken[j] = true;
      a_matched += a[i];
      break;
    }
  }
  if (a_matched.empty()) return 0;
  for (size_t j = 0; j < b.size(); ++j) {
    if (b_taken[j]) b_matched += b[j];
  }
  size_t out_of_order = 0;
  for (size_t i = 0; i < a_matched.size(); ++i) out_of_order += a_matched[i] != b_matched[i];
  const double matches = static_cast<double>(a_matched.size());
  const double jaro =
      (matches / static_cast<double>(a.size()) + matches / static_cast<double>(b.size()) +
       (matches - static_cast<double>(out_of_order) / 2) / matches) /
      3;
  size_t prefix = 0;
  while (prefix < 4 && prefix < std::min(a.size(), b.size()) && a[prefix] == b[prefix]) ++prefix;
  return jaro + 0.1 * static_cast<double>(prefix) * (1 - jaro);
}

double NameLikeness(const Person& a, const Person& b) {
  const std::string a_given = NameCore(a.given_name()), a_family = NameCore(a.family_name());
  const std::string b_given = NameCore(b.given_name()), b_family = NameCore(b.family_name());
  // Where one name alone is known, it can only be compared with one name alone.
  const auto part = [](const std::string& x, const std::string& y) {
    return x.empty() && y.empty() ? 1 : JaroWinkler(x, y);
  };
  if ((a_given.empty() && a_family.empty()) || (b_given.empty() && b_family.empty())) return 0;
  return std::max(std::min(part(a_given, b_given), part(a_family, b_family)),
                  std::min(part(a_given, b_family), part(a_family, b_given)));
}

double CompanyLikeness(absl::string_view a, absl::string_view b) {
  const std::string a_core = CompanyCore(a), b_core = CompanyCore(b);
  const double alike = JaroWinkler(a_core, b_core);
  const std::vector<std::string> a_words = absl::StrSplit(a_core, ' ', absl::SkipEmpty());
  const std::vector<std::string> b_words = absl::StrSplit(b_core, ' ', absl::SkipEmpty());
  const auto& fewer = a_words.size() <= b_words.size() ? a_words : b_words;
  const auto& more = a_words.size() <= b_words.size() ? b_words : a_words;
  const bool within = !fewer.empty() && absl::c_all_of(fewer, [&](const std::string& word) {
    return absl::c_linear_search(more, word);
  });
  return within ? std::max(alike, 0.9) : alike;
}

std::string SoundKey(absl::string_view word, size_t length) {
  std::string key;
  for (char letter : word) {
    char sound = Sound(letter);
    if (sound == 0 && key.empty()) sound = letter;  // a first vowel is heard
    if (sound != 0 && (key.empty() || key.back() != sound)) key += sound;
    if (key.size() == length) break;
  }
  return key;
}

std::string SoundKey(const Person& person) {
  constexpr size_t kSounds = 2;
  std::array<std::string, 2> names = {SoundKey(FirstWord(NameCore(person.given_name())), kSounds),
                                      SoundKey(FirstWord(NameCore(person.family_name())), kSounds)};
  std::sort(names.begin(), names.end());
  return std::string(absl::StripAsciiWhitespace(absl::StrCat(names[0], " ", names[1])));
}

}  // namespace leadstream::lead
