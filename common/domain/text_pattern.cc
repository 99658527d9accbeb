#include "common/domain/text_pattern.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <string.h>

#include <utility>

namespace leadstream::domain {
namespace {

bool Between(unsigned c, unsigned first, unsigned last) { return c >= first && c <= last; }

// The small letter, for code points that take two bytes; never one that takes more or fewer.
unsigned SmallLetter(unsigned c) {
  if (Between(c, 0xC0, 0xDE))
    return c == 0xD7 ? c : c + 0x20;  // Latin-1, without the multiplication sign
  if (c == 0x178) return 0xFF;        // Ÿ
  // Latin Extended-A, and Ș Ț: pairs, of which the capital is even, or odd.
  if ((Between(c, 0x100, 0x137) && c != 0x130) || Between(c, 0x14A, 0x177) ||
      Between(c, 0x218, 0x21B))
    return c | 1;
  if (Between(c, 0x139, 0x148) || Between(c, 0x179, 0x17E)) return c % 2 == 1 ? c + 1 : c;
  if (Between(c, 0x391, 0x3AB)) return c == 0x3A2 ? c : c + 0x20;  // Greek; 0x3A2 is no letter
  if (c == 0x386) return 0x3AC;
  if (Between(c, 0x388, 0x38A)) return c + 0x25;
  if (c == 0x38C) return 0x3CC;
  if (Between(c, 0x38E, 0x38F)) return c + 0x3F;
  if (Between(c, 0x410, 0x42F)) return c + 0x20;  // Cyrillic
  if (Between(c, 0x400, 0x40F)) return c + 0x50;
  return c;
}

// memmem takes time that is linear in the text, whatever the needle; std::string_view::find may
// take their product.
size_t Find(absl::string_view text, absl::string_view needle, size_t from) {
  if (needle.empty()) return from;
  const void* found = memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return found == nullptr ? absl::string_view::npos
                          : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

// The pieces `first` to `last` in order, none overlapping, each as early as it can be: if that
// fails, nothing fits.
bool InOrder(const std::vector<std::string>& pieces, size_t first, size_t last,
             absl::string_view text) {
  size_t at = 0;
  for (size_t i = first; i < last; ++i) {
    at = Find(text, pieces[i], at);
    if (at == absl::string_view::npos) return false;
    at += pieces[i].size();
  }
  return true;
}

// A candidate's text is folded here, so that no candidate allocates.
std::string& Scratch() {
  thread_local std::string scratch;
  return scratch;
}

}  // namespace

absl::string_view FoldCase(absl::string_view text, std::string* scratch) {
  scratch->resize(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      (*scratch)[i] = absl::ascii_tolower(byte);
      continue;
    }
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    if ((byte & 0xE0) != 0xC0 || (next & 0xC0) != 0x80) {
      (*scratch)[i] = text[i];
      continue;
    }
    const unsigned code_point = (byte & 0x1Fu) << 6 | (next & 0x3Fu);
    const unsigned small = SmallLetter(code_point);
    (*scratch)[i] = static_cast<char>(0xC0 | small >> 6);
    (*scratch)[++i] = static_cast<char>(0x80 | (small & 0x3F));
  }
  return *scratch;
}

TextPattern::TextPattern(std::vector<std::string> pieces, Case which)
    : pieces_(std::move(pieces)), case_(which) {
  if (case_ == Case::kMatters) return;
  std::string scratch;
  for (std::string& piece : pieces_) piece = std::string(FoldCase(piece, &scratch));
}

bool TextPattern::Matches(absl::string_view text) const {
  if (case_ == Case::kIgnored) text = FoldCase(text, &Scratch());
  const std::string& first = pieces_.front();
  if (!has_wildcard()) return text == first;
  const std::string& last = pieces_.back();
  if (text.size() < first.size() + last.size() || !absl::StartsWith(text, first) ||
      !absl::EndsWith(text, last))
    return false;
  return InOrder(pieces_, 1, pieces_.size() - 1,
                 text.substr(first.size(), text.size() - first.size() - last.size()));
}

bool TextPattern::IsWithin(absl::string_view text) const {
  if (case_ == Case::kIgnored) text = FoldCase(text, &Scratch());
  return InOrder(pieces_, 0, pieces_.size(), text);
}

}  // namespace leadstream::domain
