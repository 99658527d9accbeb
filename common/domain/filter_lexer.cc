#include "common/domain/filter_lexer.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <array>

#include "common/domain/formats.h"

namespace leadstream::domain {
namespace {

using Kind = FilterToken::Kind;

struct Symbol {
  absl::string_view text;
  Comparator comparator;
};
// The longer before those that begin them.
constexpr std::array<Symbol, 7> kComparators = {{{"!=", Comparator::kNotEqual},
                                                 {"<=", Comparator::kLessOrEqual},
                                                 {">=", Comparator::kGreaterOrEqual},
                                                 {"=", Comparator::kEqual},
                                                 {"<", Comparator::kLess},
                                                 {">", Comparator::kGreater},
                                                 {":", Comparator::kHas}}};

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<FilterToken>> Read() {
    for (;;) {
      while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
      const size_t from = at_;
      const bool after_word = !tokens_.empty() && tokens_.back().kind == Kind::kWord &&
                              tokens_.back().at + tokens_.back().source.size() == from;
      after_comparator_ = !tokens_.empty() && tokens_.back().kind == Kind::kComparator;
      FilterToken token;
      absl::Status status = Next(&token);
      if (!status.ok()) return status;
      token.at = from;
      token.source = text_.substr(from, at_ - from);
      if (after_word && token.kind == Kind::kWord) return Problem(from, "put a space before this");
      if (after_word && token.kind == Kind::kOpen)
        return Problem(
            from, "there are no functions here; put a space before `(` if it is a term of its own");
      tokens_.push_back(std::move(token));
      if (tokens_.back().kind == Kind::kEnd) return std::move(tokens_);
    }
  }

 private:
  absl::Status Problem(size_t at, absl::string_view problem) const {
    return FilterProblem(text_, at, problem);
  }

  absl::Status Next(FilterToken* token) {
    if (at_ == text_.size()) {
      token->kind = Kind::kEnd;
      return absl::OkStatus();
    }
    const absl::string_view rest = text_.substr(at_);
    if (rest[0] == '(' || rest[0] == ')')
      return Sign(rest[0] == '(' ? Kind::kOpen : Kind::kClose, 1, token);
    if (rest[0] == ',')
      return Problem(at_, "`,` is no part of a filter; quote the text that it belongs to");
    for (const Symbol& symbol : kComparators) {
      if (rest.substr(0, symbol.text.size()) != symbol.text) continue;
      token->comparator = symbol.comparator;
      return Sign(Kind::kComparator, symbol.text.size(), token);
    }
    if (rest[0] == '"' || rest[0] == '\'') return Quoted(token);
    if (rest[0] == '-' && !after_comparator_) {
      if (rest.size() == 1 || IsSpace(rest[1]))
        return Problem(at_, "`-` must stand right before what it negates");
      return Sign(Kind::kMinus, 1, token);
    }
    if (rest[0] == '!' && !after_comparator_)
      return Problem(at_, "`!` is no part of a filter; negate with NOT or `-`");
    return Text(token);
  }

  absl::Status Sign(Kind kind, size_t bytes, FilterToken* token) {
    token->kind = kind;
    at_ += bytes;
    return absl::OkStatus();
  }

  bool EndsText() const {
    const char c = text_[at_];
    if (c == ':') return !after_comparator_;
    return IsSpace(c) || absl::string_view("(),\"=<>").find(c) != absl::string_view::npos ||
           text_.substr(at_, 2) == "!=";
  }

  absl::Status Text(FilterToken* token) {
    const size_t from = at_;
    token->kind = Kind::kWord;
    token->pieces.emplace_back();
    while (at_ < text_.size() && !EndsText()) {
      absl::Status taken = Take(token);
      if (!taken.ok()) return taken;
    }
    const absl::string_view source = text_.substr(from, at_ - from);
    if (source == "AND") token->kind = Kind::kAnd;
    if (source == "OR") token->kind = Kind::kOr;
    if (source == "NOT") token->kind = Kind::kNot;
    return absl::OkStatus();
  }

  absl::Status Quoted(FilterToken* token) {
    const size_t from = at_;
    const char quote = text_[at_++];
    token->kind = Kind::kWord;
    token->quoted = true;
    token->pieces.emplace_back();
    while (at_ < text_.size() && text_[at_] != quote) {
      absl::Status taken = Take(token);
      if (!taken.ok()) return taken;
    }
    if (at_ == text_.size()) return Problem(from, "this quote is never closed");
    ++at_;
    return absl::OkStatus();
  }

  // Takes one byte, one escape or one wildcard of a word.
  absl::Status Take(FilterToken* token) {
    const char c = text_[at_];
    if (c == '*') {
      token->pieces.emplace_back();
    } else if (c != '\\') {
      token->pieces.back().push_back(c);
    } else {
      const char escaped = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (absl::string_view("\"'\\*").find(escaped) == absl::string_view::npos) {
        return Problem(at_, "a backslash stands only before a quote, a star or another backslash");
      }
      token->pieces.back().push_back(escaped);
      ++at_;
    }
    ++at_;
    return absl::OkStatus();
  }

  const absl::string_view text_;
  size_t at_ = 0;
  bool after_comparator_ = false;
  std::vector<FilterToken> tokens_;
};

}  // namespace

absl::StatusOr<std::vector<FilterToken>> ReadTokens(absl::string_view text) {
  return Lexer(text).Read();
}

absl::Status FilterProblem(absl::string_view text, size_t at, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("filter, character ", CodePoints(text.substr(0, at)) + 1, ": ", problem));
}

}  // namespace leadstream::domain
