#include "cli/inquiries/words.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace leadstream::inquiries {
namespace {

constexpr UChar32 kReplacement = 0xFFFD;

void Append(UChar32 c, std::string* out) {
  char buffer[U8_MAX_LENGTH];
  int32_t length = 0;
  UBool failed = false;
  U8_APPEND(reinterpret_cast<uint8_t*>(buffer), length, U8_MAX_LENGTH, c, failed);
  if (!failed) out->append(buffer, static_cast<size_t>(length));
}

// Calls `take` with every code point; U+FFFD for what is none.
template <typename Take>
void ForEach(absl::string_view text, Take take) {
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    int32_t next = 0;
    UChar32 c = 0;
    U8_NEXT(data + i, next, static_cast<int32_t>(std::min<size_t>(text.size() - i, 4)), c);
    take(c < 0 ? kReplacement : c);
    i += static_cast<size_t>(next);
  }
}

bool IsSpace(UChar32 c) {
  return c == ' ' || c == '\t' || c == '\n' || (c > 0x7F && u_isUWhiteSpace(c));
}
// Invisible ones too, such as zero-width spaces and direction marks; but not the joiners that some
// scripts need.
bool IsControl(UChar32 c) {
  return c < 0x20 || c == 0x7F ||
         (c > 0x7F && c != 0x200C && c != 0x200D &&
          (u_iscntrl(c) || u_charType(c) == U_FORMAT_CHAR));
}

// The words people say whatever they want.
const absl::flat_hash_set<std::string>& Courtesies() {
  static const auto& words = *new absl::flat_hash_set<std::string>(absl::StrSplit(
      "a about after again all am an and any as asap at available back be box by call can contact "
      "could day days delivery demo demonstration details do email "
      "for from get give good hello hi i in incl including info information interest interested is "
      "it let like list looking mail me message more morning need no "
      "none of offer ok on our phone please pm possible price prices pricing product products "
      "quotation quote regards request send some soon sure "
      "talk test thank thanks that the this to today tomorrow us want we with would yes you your "
      "ajanlat ajanlatot aret arat arak arlista arlistat arajanlat arajanlatot az bemutato "
      "bemutatot cimzett erdekel erdeklodes erdeklodom es hatarido hivjon "
      "hivjanak igen informacio informaciot jo kedves kerek kerem kerjuk koszonom koszonettel "
      "kuldjenek kuldjon legyen nap napot nem szeretnek szeretnenk tisztelt "
      "tajekoztatast udvozlettel uram vissza hetfo kedd szerda csutortok pentek "
      "anfrage angebot auf bitte bitten danke das dem den der die ein eine einen gerne grusse "
      "grussen gruss guten hallo haben ich informationen interesse ja mehr "
      "mit mochte mochten nein preis preise preisliste schicken senden sie tag uber um und uns von "
      "vorfuhrung wir zu zum zur "
      // and what is typed only to try a form out
      "line one two three comma lorem ipsum dolor amet asdf foo bar",
      ' '));
  return words;
}

// "=SUM(A1:A9)": somebody's spreadsheet spoke, not they.
bool IsFormula(absl::string_view text) {
  return absl::StartsWith(text, "=") && absl::StrContains(text, "(");
}

bool IsCjk(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) || (c >= 0x3040 && c <= 0x30FF);
}

}  // namespace

std::string Clean(absl::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  std::string spaces;  // held back until something follows in the same line
  bool after_return = false;
  ForEach(text, [&](UChar32 c) {
    const bool line_feed_of_return = after_return && c == '\n';
    after_return = c == '\r';
    if (line_feed_of_return) return;
    if (c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x85 || c == 0x0B || c == 0x0C) c = '\n';
    if (c == '\n') {
      spaces.clear();
      if (!clean.empty()) clean += '\n';
    } else if (IsSpace(c)) {
      if (!clean.empty()) Append(c, &spaces);
    } else if (!IsControl(c)) {
      clean += spaces;
      spaces.clear();
      Append(c, &clean);
    }
  });
  absl::string_view end = clean;
  while (absl::ConsumeSuffix(&end, "\n") || absl::ConsumeSuffix(&end, "\xEF\xBF\xBD")) continue;
  while (absl::ConsumePrefix(&end, "\xEF\xBF\xBD")) continue;
  return std::string(end);
}

std::string OneLine(absl::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool space = false;
  ForEach(Clean(text), [&](UChar32 c) {
    if (IsSpace(c)) {
      space = true;
      return;
    }
    if (space && !line.empty()) line += ' ';
    space = false;
    Append(c, &line);
  });
  return line;
}

std::string Fold(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* compatible = icu::Normalizer2::getNFKDInstance(error);
  icu::UnicodeString folded = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  if (U_SUCCESS(error)) folded = compatible->normalize(folded, error);
  folded.foldCase();
  std::string key;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (u_isalnum(c))
      Append(c == 0x142   ? 'l'
             : c == 0xF8  ? 'o'
             : c == 0x111 ? 'd'
                          : c,
             &key);  // ł ø đ have no decomposition
  }
  return key;
}

bool IsNothing(absl::string_view text) {
  const std::string line = OneLine(text);
  bool has_content = false;
  ForEach(line, [&](UChar32 c) {
    has_content |= c != '?' && c != '-' && c != '.' && c != '/' && c != kReplacement &&
                   c != 0x2013 && c != 0x2014;
  });
  if (!has_content) return true;
  if (line.size() > 8) return false;
  static const auto& none = *new absl::flat_hash_set<std::string>(
      {"n/a", "#n/a", "n.a.", "n. a.", "k.a.", "k. a.", "(null)", "(none)"});
  std::string lower = line;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return none.contains(lower);
}

bool SaysSomething(absl::string_view text) {
  const std::string line = OneLine(text);
  if (IsNothing(line) || IsFormula(line)) return false;
  // Japanese has no spaces: only its own courtesies, "a quotation, please" and "information,
  // please", are known.
  if (const std::string key = Fold(line);
      absl::EndsWith(key, "お願いします") &&
      (absl::StrContains(key, "見積") || absl::StrContains(key, "資料")))
    return false;
  bool something = false;
  std::string word;
  const auto end_word = [&] {
    const std::string key = Fold(word);
    const bool has_letter =
        std::any_of(key.begin(), key.end(), [](char c) { return c < '0' || c > '9'; });
    something |= has_letter && key.size() > 1 && !Courtesies().contains(key);
    word.clear();
  };
  ForEach(line, [&](UChar32 c) {
    if (IsCjk(c)) something = true;
    if (u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK) return Append(c, &word);
    end_word();
  });
  end_word();
  return something;
}

std::string TellingSentence(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> sentences(
      icu::BreakIterator::createSentenceInstance(icu::Locale::getRoot(), error));
  if (U_FAILURE(error)) return "";
  const std::string clean = Clean(text);
  for (const absl::string_view paragraph : absl::StrSplit(clean, "\n\n")) {
    const icu::UnicodeString characters = icu::UnicodeString::fromUTF8(OneLine(paragraph));
    sentences->setText(characters);
    for (int32_t start = 0, end = sentences->next(); end != icu::BreakIterator::DONE;
         start = end, end = sentences->next()) {
      std::string sentence;
      characters.tempSubStringBetween(start, end).toUTF8String(sentence);
      if (!SaysSomething(sentence)) continue;
      sentence = OneLine(sentence);
      if (!absl::EndsWith(sentence, "..") && absl::EndsWith(sentence, ".")) sentence.pop_back();
      return sentence;
    }
  }
  return "";
}

std::string WithoutReplyPrefixes(absl::string_view subject) {
  static const auto& prefixes =
      *new absl::flat_hash_set<std::string>({"re", "fw", "fwd", "aw", "wg", "antw", "va", "valasz",
                                             "tov", "tovabbitas", "tr", "odp", "ref", "sv"});
  std::string rest = OneLine(subject);
  while (true) {
    const size_t colon = rest.find(':');
    if (colon == std::string::npos || colon > 16) break;
    std::string word = Fold(rest.substr(0, colon));
    while (!word.empty() && word.back() >= '0' && word.back() <= '9') word.pop_back();  // Re[2]:
    if (!prefixes.contains(word)) break;
    rest = OneLine(absl::string_view(rest).substr(colon + 1));
  }
  return rest;
}

std::string Cut(absl::string_view text, size_t length_max) {
  size_t length = 0;
  size_t last = 0;  // where the last code point that may stay ends
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++length == length_max) last = i;
    if (length > length_max) return absl::StrCat(text.substr(0, last), "…");
  }
  return std::string(text);
}

}  // namespace leadstream::inquiries
