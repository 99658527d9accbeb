#include "cli/inquiries/letter.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "cli/inquiries/words.h"
#include "common/domain/formats.h"

namespace leadstream::inquiries {
namespace {

using Lines = std::vector<std::string>;

// What follows the signature's start is a card, not a letter.
constexpr size_t kSignatureLinesMax = 12;
constexpr size_t kClosingMax = 30;

// "Hello,", "Tisztelt Hölgyem/Uram,", "Sehr geehrte Damen und Herren," alone on their line.
bool IsGreeting(absl::string_view line) {
  static const auto& openings = *new absl::flat_hash_set<std::string>(
      {"hello",    "hi",         "hey",       "dear",     "good",   "greetings", "tisztelt",
       "kedves",   "szia",       "sziasztok", "udvozlom", "jo",     "udv",       "guten",
       "sehr",     "hallo",      "liebe",     "lieber",   "servus", "bonjour",   "madame",
       "monsieur", "dziendobry", "dzien",     "szanowni"});
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" ,!"), absl::SkipEmpty());
  if (words.empty() || words.size() > 12 || !openings.contains(Fold(words[0]))) return false;
  const char last = line.back();
  return last == ',' || last == '!' || last == ':' ||
         (words.size() <= 4 && last != '.' && last != '?');
}

bool IsQuoted(absl::string_view line) {
  return absl::StartsWith(line, ">") || absl::StartsWith(line, "|");
}

// Where somebody else's letter starts that this one answers or forwards.
bool StartsOtherLetter(absl::string_view line) {
  return absl::StartsWith(line, "-----") || absl::StartsWith(line, "_____") ||
         (absl::EndsWith(line, ":") &&
          (absl::StrContains(line, "wrote") || absl::StrContains(line, "schrieb") ||
           absl::StrContains(line, "írta")));
}

// The number in "Tel: +36 1 550 6514" or in a line of nothing but digits and what stands between
// them. Empty if there is none.
std::string PhoneIn(absl::string_view line) {
  const size_t first = line.find_first_of("+(0123456789");
  if (first == absl::string_view::npos) return "";
  static const auto& labels = *new absl::flat_hash_set<std::string>(
      {"", "tel", "telefon", "telefonszam", "phone", "mobil", "mobile", "cell", "handy", "t", "m",
       "p", "direct", "office", "mob"});
  if (!labels.contains(Fold(line.substr(0, first)))) return "";
  const std::string number = OneLine(line.substr(first));
  const auto digits = std::count_if(number.begin(), number.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (digits < 5 || digits > 20 ||
      number.find_first_not_of("+()0123456789 -/.") != std::string::npos)
    return "";
  return number;
}

bool HasLegalForm(absl::string_view line) {
  static const auto& forms = *new absl::flat_hash_set<std::string>(
      {"kft",  "zrt", "nyrt", "rt",  "bt",   "kkt", "kht",   "gmbh",     "ag",  "kg",
       "ohg",  "ug",  "kgaa", "gbr", "ev",   "ltd", "plc",   "inc",      "llc", "llp",
       "corp", "co",  "sa",   "sas", "sarl", "srl", "spa",   "spzoo",    "zoo", "sc",
       "bv",   "nv",  "ab",   "as",  "oy",   "sro", "group", "kabushiki"});
  for (const absl::string_view word :
       absl::StrSplit(line, absl::ByAnyChar(" ,"), absl::SkipEmpty())) {
    if (forms.contains(Fold(word))) return true;
  }
  return absl::StrContains(line, "会社");
}

// "Best regards," or "Thanks!" alone on its line. ("5 pumps, thanks" is none.)
bool IsClosing(absl::string_view line) {
  static const auto& thanks = *new absl::flat_hash_set<std::string>(
      {"thanks", "manythanks", "thankyou", "thanksinadvance", "danke", "vielendank", "koszonom",
       "koszonjuk", "koszi", "merci", "dziekuje"});
  const std::string key = Fold(line);
  if (thanks.contains(key)) return true;
  if (key.size() > kClosingMax) return false;
  for (const absl::string_view closing :
       {"udvozlettel", "koszonettel", "regards", "sincerely", "grussen", "grusse", "gruss",
        "cordialement", "salutations", "pozdrawiam", "udv"}) {
    if (absl::EndsWith(key, closing)) return true;
  }
  return false;
}

bool CanBeName(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  return words.size() >= 2 && words.size() <= 5 && !HasLegalForm(line) &&
         line.find_first_of("0123456789@:/|") == absl::string_view::npos;
}

void ReadSignature(const Lines& lines, absl::string_view writer, Letter* letter) {
  Lines texts;
  for (const std::string& line : lines) {
    if (line.empty() || IsClosing(line)) continue;
    if (const std::string phone = PhoneIn(line); !phone.empty()) {
      letter->phones.push_back(phone);
    } else if (absl::StartsWithIgnoreCase(line, "www.") ||
               absl::StartsWithIgnoreCase(line, "http://") ||
               absl::StartsWithIgnoreCase(line, "https://")) {
      if (domain::IsUri(line)) letter->website = line;
    } else if (!absl::StrContains(line, '@') &&
               line.find_first_of("0123456789") == std::string::npos) {
      texts.push_back(line);
    }
  }
  // A first line that only may be a name is the company if nothing follows it and the writer is
  // called otherwise.
  const bool is_writer = !texts.empty() && !writer.empty() && Fold(texts[0]) == Fold(writer);
  if (is_writer ||
      (!texts.empty() && CanBeName(texts[0]) && (writer.empty() || texts.size() > 1))) {
    letter->name = texts[0];
    texts.erase(texts.begin());
  }
  if (texts.empty()) return;
  auto company = std::find_if(texts.begin(), texts.end(), HasLegalForm);
  if (company == texts.end()) company = texts.begin() + (texts.size() > 1 ? 1 : 0);
  letter->company = *company;
  if (company != texts.begin()) letter->job_title = texts[0];
}

}  // namespace

Letter ReadLetter(absl::string_view text, absl::string_view writer) {
  Letter letter;
  Lines body;
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  size_t at = 0;
  bool closed = false;
  for (; at < lines.size() && !closed; ++at) {
    const absl::string_view line = absl::StripAsciiWhitespace(lines[at]);
    closed = line == "--" || (!body.empty() && IsClosing(line));
    if (closed || IsQuoted(line)) continue;
    if (StartsOtherLetter(line)) break;
    if (body.empty() && (line.empty() || IsGreeting(line))) continue;
    body.emplace_back(line);
  }
  letter.body = Clean(absl::StrJoin(body, "\n"));
  if (!closed) return letter;
  // Without "--" only the next lines are the signature: a postscript may follow.
  const bool marked = absl::StripAsciiWhitespace(lines[at - 1]) == "--";
  Lines signature;
  for (; at < lines.size() && signature.size() < kSignatureLinesMax; ++at) {
    const std::string line = OneLine(lines[at]);
    if (StartsOtherLetter(line) || IsQuoted(line) ||
        (!marked && line.empty() && !signature.empty()))
      break;
    if (!line.empty() && line != "--") signature.push_back(line);
  }
  ReadSignature(signature, writer, &letter);
  return letter;
}

}  // namespace leadstream::inquiries
