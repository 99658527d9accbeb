#include "cli/inquiries/answers.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>

#include <string>

#include "cli/inquiries/words.h"

namespace leadstream::inquiries {

std::optional<bool> ReadYesNo(absl::string_view text) {
  static const auto& answers = *new absl::flat_hash_map<std::string, bool>(
      {{"1", true},     {"yes", true},  {"y", true},      {"true", true},   {"x", true},
       {"on", true},    {"igen", true}, {"i", true},      {"ja", true},     {"j", true},
       {"oui", true},   {"tak", true},  {"はい", true},   {"✓", true},      {"0", false},
       {"no", false},   {"n", false},   {"false", false}, {"off", false},   {"nem", false},
       {"nein", false}, {"non", false}, {"nie", false},   {"いいえ", false}});
  const std::string line = OneLine(text);
  const auto found = answers.find(line == "✓" ? line : Fold(line));
  if (found == answers.end()) return std::nullopt;
  return found->second;
}

bool IsUndecided(absl::string_view text) {
  // As the whole answer, and anywhere in it. (The short ones are parts of other words:
  // "Offenbach".)
  static const auto& whole = *new absl::flat_hash_set<std::string>(
      {"unknown", "open",       "tbd",   "tba",      "tbc",       "none",  "nobody", "nincs",
       "nyitott", "ismeretlen", "offen", "unklar",   "unbekannt", "keine", "keiner", "niemand",
       "aucun",   "inconnu",    "brak",  "nieznany", "未定",      "不明"});
  constexpr absl::string_view kAnywhere[] = {
      "dontknow",       "donotknow",     "notknown",    "notyet",      "notsure",
      "notdecided",     "undecided",     "unsure",      "noidea",      "tobedetermined",
      "tobedefined",    "tobedecided",   "nemtudom",    "nemtudjuk",   "nemismert",
      "nemdolt",        "megnincs",      "eldontetlen", "weissnicht",  "weissnochnicht",
      "wissenwirnicht", "wissennoch",    "wissennicht", "nochnicht",   "nochoffen",
      "nichtbekannt",   "unentschieden", "nesaispas",   "nesavonspas", "nesaitpas",
      "pasencore",      "adefinir",      "niewiem",     "niewiadomo",  "jeszczenie",
      "まだ",           "わかりません"};
  const std::string key = Fold(text);
  if (whole.contains(key)) return true;
  for (const absl::string_view words : kAnywhere) {
    if (absl::StrContains(key, Fold(words))) return true;
  }
  return false;
}

bool MeansTheWriter(absl::string_view text) {
  static const auto& answers = *new absl::flat_hash_set<std::string>(
      {"me", "i", "ido", "iam", "iamthedecisionmaker", "myself", "self", "en", "enmagam", "magam",
       "ich", "ichselbst", "binich", "moi", "moimeme", "ja", "jasam"});
  return answers.contains(Fold(text));
}

}  // namespace leadstream::inquiries
