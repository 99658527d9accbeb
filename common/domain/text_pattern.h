// Text with wildcards, compared with or without regard to case.
//
// Case does not matter for the letters of ASCII, Latin (U+00C0 to U+017F: Á á, Ö ö, Ő ő, Ű ű, Š š;
// and Ș ș, Ț ț), Greek and Cyrillic (U+0386 to U+03CE, U+0400 to U+045F), wherever both cases take
// equally many bytes: not for İ, ı and ſ. ß is only ß, ς is not σ. A letter in two code points (A
// and a combining accent) is not the same as in one.
#pragma once

#include <absl/strings/string_view.h>

#include <string>
#include <vector>

namespace leadstream::domain {

// `text` with small letters for capitals, byte for byte as long. Its bytes are in `scratch`.
absl::string_view FoldCase(absl::string_view text, std::string* scratch);

class TextPattern {
 public:
  enum class Case { kMatters, kIgnored };

  // `pieces` are what stands between the wildcards: {"Kov", ""} is "Kov*". At least one.
  TextPattern(std::vector<std::string> pieces, Case which);

  bool Matches(absl::string_view text) const;
  // Some part of `text` matches.
  bool IsWithin(absl::string_view text) const;
  bool has_wildcard() const { return pieces_.size() > 1; }
  // Without wildcards: the text.
  const std::string& text() const { return pieces_.front(); }

 private:
  std::vector<std::string> pieces_;
  Case case_;
};

}  // namespace leadstream::domain
