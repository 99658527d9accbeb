#include "cli/inquiries/numbers.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "cli/inquiries/words.h"
#include "common/domain/currency.h"

namespace leadstream::inquiries {
namespace {

constexpr size_t kDigitsMax = 15;

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// Takes 1 to 3 digits, then groups of exactly three.
bool Ungroup(absl::string_view text, char separator, std::string* digits) {
  const std::vector<absl::string_view> groups = absl::StrSplit(text, separator);
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!AllDigits(groups[i]) || (i > 0 && groups[i].size() != 3) ||
        (i == 0 && groups.size() > 1 && groups[i].size() > 3))
      return false;
  }
  *digits = absl::StrJoin(groups, "");
  return true;
}

struct Digits {
  std::string whole;
  std::string fraction;
};

// A number with at most one decimal separator; which of '.' and ',' it is shows in how often and
// where they stand.
std::optional<Digits> Split(absl::string_view text) {
  Digits digits;
  for (const char space : {' ', '\''}) {
    const size_t first = text.find(space);
    if (first == absl::string_view::npos) continue;
    const size_t end = std::min(text.find_first_of(".,", first), text.size());
    if (!Ungroup(text.substr(0, end), space, &digits.whole)) return std::nullopt;
    if (end == text.size()) return digits;
    digits.fraction = std::string(text.substr(end + 1));
    if (!AllDigits(digits.fraction)) return std::nullopt;
    return digits;
  }
  const size_t point = text.rfind('.');
  const size_t comma = text.rfind(',');
  if (point == absl::string_view::npos && comma == absl::string_view::npos) {
    digits.whole = std::string(text);
    return AllDigits(text) ? std::make_optional(digits) : std::nullopt;
  }
  const bool both = point != absl::string_view::npos && comma != absl::string_view::npos;
  const size_t last = both ? std::max(point, comma) : std::min(point, comma);
  const char separator = text[last];
  const bool grouping =
      !both && (text.find(separator) != last || (text.size() - last == 4 && text[0] != '0'));
  if (grouping)
    return Ungroup(text, separator, &digits.whole) ? std::make_optional(digits) : std::nullopt;
  digits.fraction = std::string(text.substr(last + 1));
  if (!AllDigits(digits.fraction) ||
      !Ungroup(text.substr(0, last), separator == '.' ? ',' : '.', &digits.whole))
    return std::nullopt;
  return digits;
}

// How many zeros a word after the number adds; -1: it is no such word.
int ZerosOf(absl::string_view word) {
  static const auto& zeros = *new absl::flat_hash_map<std::string, int>({{"", 0},
                                                                         {"k", 3},
                                                                         {"e", 3},
                                                                         {"ezer", 3},
                                                                         {"tsd", 3},
                                                                         {"tausend", 3},
                                                                         {"thousand", 3},
                                                                         {"m", 6},
                                                                         {"mio", 6},
                                                                         {"mill", 6},
                                                                         {"millio", 6},
                                                                         {"million", 6},
                                                                         {"millions", 6},
                                                                         {"millionen", 6}});
  word = absl::StripAsciiWhitespace(word);
  absl::ConsumeSuffix(&word, ".");
  const auto found =
      zeros.find(absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"ó", "o"}, {"Ó", "o"}}));
  return found == zeros.end() ? -1 : found->second;
}

std::string Canonical(const Digits& digits, int zeros) {
  std::string all = absl::StrCat(digits.whole, digits.fraction);
  const size_t moved = std::min(digits.fraction.size(), static_cast<size_t>(zeros));
  size_t scale = digits.fraction.size() - moved;
  all.append(static_cast<size_t>(zeros) - moved, '0');
  std::string whole = all.substr(0, all.size() - scale);
  const std::string fraction = all.substr(all.size() - scale);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  return absl::StrCat(whole.empty() ? "0" : whole, fraction.empty() ? "" : ".", fraction);
}

// One kind of space, and Hungarian and Swiss habits at the end: "5000,-".
std::string Plain(absl::string_view text) {
  std::string plain = OneLine(text);
  plain = absl::StrReplaceAll(plain, {{"\u00A0", " "},
                                      {"\u202F", " "},
                                      {"\u2009", " "},
                                      {"\u2019", "'"},
                                      {"\u2212", "-"},
                                      {"\u2013", "-"}});
  absl::string_view view = plain;
  if (!absl::ConsumeSuffix(&view, ",-")) absl::ConsumeSuffix(&view, ".-");
  return OneLine(view);
}

// The ISO 4217 code that a sign or code at either end of an amount means.
std::string CurrencyOf(absl::string_view word) {
  static const auto& signs = *new absl::flat_hash_map<std::string, std::string>({{"€", "EUR"},
                                                                                 {"EURO", "EUR"},
                                                                                 {"$", "USD"},
                                                                                 {"US$", "USD"},
                                                                                 {"£", "GBP"},
                                                                                 {"¥", "JPY"},
                                                                                 {"FT", "HUF"},
                                                                                 {"FT.", "HUF"},
                                                                                 {"FORINT", "HUF"},
                                                                                 {"ZŁ", "PLN"},
                                                                                 {"ZL", "PLN"},
                                                                                 {"KČ", "CZK"},
                                                                                 {"FR.", "CHF"},
                                                                                 {"SFR", "CHF"}});
  std::string upper = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(word));
  upper = absl::StrReplaceAll(upper, {{"ł", "Ł"}, {"č", "Č"}});
  const auto sign = signs.find(upper);
  if (sign != signs.end()) return sign->second;
  return domain::IsCurrency(upper) ? upper : "";
}

// "about", "up to": the amount stands as it is.
bool IsAbout(absl::string_view word) {
  static const auto& words = *new absl::flat_hash_set<std::string>(
      {"about",      "approx",  "approximately", "around", "ca",       "cca", "circa",
       "max",        "maximum", "roughly",       "up",     "to",       "kb",  "korulbelul",
       "legfeljebb", "maximum", "etwa",          "rund",   "ungefahr", "bis", "zu",
       "environ",    "jusqua",  "okolo",         "do"});
  return words.contains(Fold(word));
}

// What is left of the words before an amount.
std::string WithoutAbout(absl::string_view text) {
  std::vector<absl::string_view> words = absl::StrSplit(text, ' ', absl::SkipEmpty());
  words.erase(std::remove_if(words.begin(), words.end(), IsAbout), words.end());
  return absl::StrJoin(words, " ");
}

struct Date {
  int64_t year = 0;
  int month = 0;
  int day = 0;
};

std::optional<Date> ReadDate(absl::string_view text) {
  absl::ConsumeSuffix(&text, ".");
  std::vector<std::string> parts = absl::StrSplit(text, absl::ByAnyChar("-./ "), absl::SkipEmpty());
  const bool slashes = text.find('/') != absl::string_view::npos;
  if (parts.size() == 1 && AllDigits(text) && text.size() == 8) {
    parts = {std::string(text.substr(0, 4)), std::string(text.substr(4, 2)),
             std::string(text.substr(6, 2))};
  }
  if (parts.size() != 3 || !std::all_of(parts.begin(), parts.end(), AllDigits)) return std::nullopt;
  if (parts[0].size() != 4) {
    if (parts[2].size() != 4 || slashes) return std::nullopt;  // 03/02/2026: February or March
    std::swap(parts[0], parts[2]);
  }
  Date date;
  if (!absl::SimpleAtoi(parts[0], &date.year) || !absl::SimpleAtoi(parts[1], &date.month) ||
      !absl::SimpleAtoi(parts[2], &date.day))
    return std::nullopt;
  if (date.year < 1900 || date.year > 2200)
    return std::nullopt;  // not a day on which anybody asked for anything
  return date;
}

}  // namespace

std::optional<std::string> ReadNumber(absl::string_view text) {
  const std::string plain = Plain(text);
  const size_t end = plain.find_last_of("0123456789");
  if (end == std::string::npos) return std::nullopt;
  const int zeros = ZerosOf(absl::string_view(plain).substr(end + 1));
  if (zeros < 0) return std::nullopt;
  std::optional<Digits> digits = Split(absl::string_view(plain).substr(0, end + 1));
  if (!digits) return std::nullopt;
  std::string number = Canonical(*digits, zeros);
  if (std::min(number.find('.'), number.size()) > kDigitsMax || number.size() > 2 * kDigitsMax)
    return std::nullopt;
  return number;
}

std::optional<google::type::Money> ReadMoney(absl::string_view text, absl::string_view currency) {
  const std::string plain = Plain(text);
  absl::string_view amount = plain;
  std::string code = CurrencyOf(currency);
  const size_t first = std::min(amount.find_first_of("0123456789"), amount.size());
  if (const std::string before = WithoutAbout(amount.substr(0, first)); !before.empty()) {
    code = CurrencyOf(before);
    if (code.empty()) return std::nullopt;  // "-5", "not before 2027"
  }
  amount.remove_prefix(first);
  std::optional<std::string> number = ReadNumber(amount);
  // From the end: the longest word that is a currency, so that "5 millió Ft" and "100k€" leave the
  // multiplier.
  for (size_t i = amount.find_last_of("0123456789") + 1; !number && i < amount.size(); ++i) {
    if ((static_cast<unsigned char>(amount[i]) & 0xC0) == 0x80) continue;
    if (const std::string behind = CurrencyOf(amount.substr(i)); !behind.empty()) {
      number = ReadNumber(Plain(amount.substr(0, i)));
      if (number) code = behind;
    }
  }
  if (!number || code.empty()) return std::nullopt;
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(*number, absl::MaxSplits('.', 1));
  std::string fraction = parts.second;
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  if (static_cast<int>(fraction.size()) > domain::CurrencyDigits(code)) return std::nullopt;
  fraction.append(9 - fraction.size(), '0');
  int64_t units = 0;
  int32_t nanos = 0;
  if (!absl::SimpleAtoi(parts.first, &units) || !absl::SimpleAtoi(fraction, &nanos))
    return std::nullopt;
  google::type::Money money;
  money.set_currency_code(code);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

std::optional<absl::Time> ReadTime(absl::string_view text, absl::TimeZone zone) {
  std::string plain = OneLine(text);
  std::string clock;
  // The time starts after the 'T' or the last space before a colon.
  const size_t colon = plain.find(':');
  const size_t split =
      colon == std::string::npos ? plain.find('T') : plain.find_last_of("T ", colon);
  if (split != std::string::npos) {
    clock = std::string(absl::StripAsciiWhitespace(absl::string_view(plain).substr(split + 1)));
    plain.resize(split);
  } else if (colon != std::string::npos) {
    return std::nullopt;
  }
  const std::optional<Date> date = ReadDate(absl::StripAsciiWhitespace(plain));
  if (!date) return std::nullopt;
  const std::string day = absl::StrCat(date->year, "-", date->month, "-", date->day);
  for (const char* format :
       {"%H:%M:%E*S%Ez", "%H:%M%Ez", "%H:%M:%E*S", "%H:%M", "%H%M%S%Ez", "%H%M%S", ""}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(absl::StrCat("%Y-%m-%d ", format), absl::StrCat(day, " ", clock), zone,
                        &time, &error))
      return time;
  }
  return std::nullopt;
}

}  // namespace leadstream::inquiries
