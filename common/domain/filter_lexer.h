// The words of a filter.
//
//   word       = text | quoted
//   text       = characters other than white space ( ) , " = < > : and !=;
//                right after a comparator, `:` too (times hold it)
//   quoted     = " characters " | ' characters '
//   escapes    \" \' \\ \* in both; no other
//
// AND, OR and NOT are words of their own, in capitals and unquoted. `-` negates where a word
// begins, but not after a comparator.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>
#include <vector>

namespace leadstream::domain {

enum class Comparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kHas };

struct FilterToken {
  enum class Kind { kWord, kComparator, kAnd, kOr, kNot, kMinus, kOpen, kClose, kEnd };
  Kind kind = Kind::kEnd;
  Comparator comparator = Comparator::kEqual;
  bool quoted = false;
  // Of a word: what stands between its wildcards, without quotes and escapes. One piece: it has no
  // wildcard.
  std::vector<std::string> pieces;
  // As written, and where: a byte of the filter.
  absl::string_view source;
  size_t at = 0;
};

// The last token is kEnd. `text` must outlive them. InvalidArgument: see FilterProblem.
absl::StatusOr<std::vector<FilterToken>> ReadTokens(absl::string_view text);

// "filter, character 7: ...", counted from 1 in characters; `at` is a byte of `text`.
absl::Status FilterProblem(absl::string_view text, size_t at, absl::string_view problem);

}  // namespace leadstream::domain
