#include "cli/inquiries/names.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <string>
#include <vector>

#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

using Words = std::vector<std::string>;

bool IsTitle(absl::string_view word) {
  static const auto& titles = *new absl::flat_hash_set<std::string>(
      {"dr", "prof", "mr", "mrs", "ms", "miss", "herr", "frau", "dipl", "ing", "ifj", "id", "ozv"});
  return titles.contains(Fold(word));
}

bool IsParticle(absl::string_view word) {
  static const auto& particles = *new absl::flat_hash_set<absl::string_view>(
      {"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "zu",
       "ter"});
  return particles.contains(word);
}

}  // namespace

void SplitName(absl::string_view full_name, bool family_name_first, common::v1::Person* person) {
  const std::string name = OneLine(full_name);
  if (const size_t comma = name.find(','); comma != std::string::npos) {
    person->set_family_name(OneLine(absl::string_view(name).substr(0, comma)));
    person->set_given_name(OneLine(absl::string_view(name).substr(comma + 1)));
    return;
  }
  Words words = absl::StrSplit(name, ' ', absl::SkipEmpty());
  size_t titles = 0;
  while (titles < words.size() && IsTitle(words[titles])) ++titles;
  const Words title(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(titles));
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(titles));
  if (words.empty()) {
    person->set_family_name(name);
    return;
  }
  // Where the family name lies: [first, end).
  size_t first = words.size() - 1;
  size_t end = words.size();
  if (family_name_first) {
    first = 0;
    end = 1;
  } else {
    while (first > 1 && IsParticle(words[first - 1])) --first;
  }
  const auto at = [&](size_t i) { return words.begin() + static_cast<std::ptrdiff_t>(i); };
  person->set_family_name(absl::StrJoin(at(first), at(end), " "));
  Words given = title;
  given.insert(given.end(), at(0), at(first));
  given.insert(given.end(), at(end), words.end());
  person->set_given_name(absl::StrJoin(given, " "));
}

}  // namespace leadstream::inquiries
