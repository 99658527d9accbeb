// The grammar of filter.h, by recursive descent: a method for each rule, null where it failed, the
// first problem kept.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "common/domain/field_names.h"
#include "common/domain/filter_node.h"

namespace leadstream::domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Kind = FilterToken::Kind;

template <typename Rule>
NodePointer Make(Rule rule) {
  return std::make_unique<const Filter::Node>(Filter::Node{std::move(rule)});
}

class Parser {
 public:
  Parser(const Descriptor& resource, absl::string_view text, std::vector<FilterToken> tokens)
      : resource_(resource), text_(text), tokens_(std::move(tokens)) {}

  absl::StatusOr<NodePointer> Parse() {
    NodePointer root = Expression(0);
    if (root != nullptr && Peek().kind != Kind::kEnd)
      root = Fail(Peek().at, "this parenthesis was never opened");
    if (root == nullptr) return problem_;
    return root;
  }

 private:
  const FilterToken& Peek() const { return tokens_[at_]; }
  const FilterToken& Next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool Take(Kind kind) {
    if (Peek().kind != kind) return false;
    Next();
    return true;
  }

  NodePointer Fail(size_t at, absl::string_view problem) {
    if (problem_.ok()) problem_ = FilterProblem(text_, at, problem);
    return nullptr;
  }

  // expression = sequence {AND sequence}, sequence = factor {factor}: both mean AND, so they are
  // one loop.
  NodePointer Expression(int depth) {
    AllOf all;
    do {
      NodePointer factor = Factor(depth);
      if (factor == nullptr) return nullptr;
      all.nodes.push_back(std::move(factor));
    } while (Take(Kind::kAnd) || (Peek().kind != Kind::kEnd && Peek().kind != Kind::kClose));
    return all.nodes.size() == 1 ? std::move(all.nodes.front()) : Make(std::move(all));
  }

  NodePointer Factor(int depth) {
    AnyOf any;
    do {
      NodePointer term = Term(depth);
      if (term == nullptr) return nullptr;
      any.nodes.push_back(std::move(term));
    } while (Take(Kind::kOr));
    return any.nodes.size() == 1 ? std::move(any.nodes.front()) : Make(std::move(any));
  }

  NodePointer Term(int depth) {
    const bool negated = Take(Kind::kNot) || Take(Kind::kMinus);
    NodePointer inner = Peek().kind == Kind::kOpen ? Composite(depth) : Restricted();
    if (inner == nullptr || !negated) return inner;
    return Make(Not{std::move(inner)});
  }

  NodePointer Composite(int depth) {
    const size_t opened = Next().at;
    if (depth == kFilterDepthMax)
      return Fail(opened, absl::StrCat("parentheses are more than ", kFilterDepthMax, " deep"));
    NodePointer inner = Expression(depth + 1);
    if (inner != nullptr && !Take(Kind::kClose))
      return Fail(opened, "this parenthesis is never closed");
    return inner;
  }

  NodePointer Restricted() {
    const FilterToken& word = Peek();
    if (word.kind != Kind::kWord)
      return Fail(word.at, absl::StrCat("a term is missing here", Found(word)));
    Next();
    if (Peek().kind != Kind::kComparator) return LiteralOf(word);
    const FilterToken& comparator = Next();
    if (word.quoted) return Fail(word.at, "a field's name is not quoted");
    const FilterToken& value = Peek();
    if (value.kind != Kind::kWord)
      return Fail(value.at,
                  absl::StrCat("a value is missing after `", comparator.source, "`", Found(value)));
    Next();
    return RestrictionOf(word, comparator.comparator, value);
  }

  static std::string Found(const FilterToken& token) {
    return token.kind == Kind::kEnd ? "" : absl::StrCat(", before `", Excerpt(token.source), "`");
  }

  NodePointer LiteralOf(const FilterToken& word) {
    if (++literals_ > kFilterLiteralsMax)
      return Fail(word.at, absl::StrCat("there are more than ", kFilterLiteralsMax,
                                        " words without a field"));
    if (text_fields_ == nullptr) text_fields_ = std::make_shared<const TextFields>(resource_);
    return Make(Literal{text_fields_, TextPattern(word.pieces, TextPattern::Case::kIgnored)});
  }

  NodePointer RestrictionOf(const FilterToken& path, Comparator comparator,
                            const FilterToken& value) {
    std::vector<const FieldDescriptor*> fields = FieldsOf(path);
    if (fields.empty()) return nullptr;
    const FieldDescriptor* list = nullptr;
    for (const FieldDescriptor* field : fields) {
      if (list == nullptr && field->is_repeated()) list = field;
    }
    if (list != nullptr && comparator != Comparator::kHas) {
      const char* const kind = list->is_map() ? "a map" : "a list";
      return Fail(path.at, absl::StrCat("`", list->name(), "` is ", kind,
                                        "; ask what it has, with `", Excerpt(path.source), ":`"));
    }
    if (fields.back()->is_map() && !MeansAny(value))
      fields.push_back(fields.back()->message_type()->map_key());
    auto operand = Operand::Read(*fields.back(), comparator, value);
    if (!operand.ok()) return Fail(value.at, operand.status().message());
    // Of a value that is no text and no list, `:` asks the same as `=`.
    const bool is_value = list == nullptr &&
                          !std::holds_alternative<TextPattern>(operand->value()) &&
                          !std::holds_alternative<AnyValue>(operand->value());
    if (is_value && comparator == Comparator::kHas) comparator = Comparator::kEqual;
    return Make(Restriction{std::string(path.source), std::move(fields), list != nullptr,
                            comparator, *std::move(operand)});
  }

  // Empty: it leads nowhere.
  std::vector<const FieldDescriptor*> FieldsOf(const FilterToken& path) {
    std::vector<const FieldDescriptor*> fields;
    const Descriptor* type = &resource_;
    for (size_t begin = 0; begin <= path.source.size();) {
      const size_t end = std::min(path.source.find('.', begin), path.source.size());
      const absl::string_view name = path.source.substr(begin, end - begin);
      std::string problem;
      const FieldDescriptor* field = nullptr;
      if (!fields.empty() && fields.back()->is_map()) {
        problem =
            absl::StrCat("`", fields.back()->name(), "` is a map; ask which keys it has, with `",
                         fields.back()->name(), ":`");
      } else if (type == nullptr) {
        problem = absl::StrCat("`", fields.back()->name(), "` has no fields of its own");
      } else {
        field = FindField(*type, name, &problem);
      }
      if (field == nullptr) {
        Fail(path.at + begin, problem);
        return {};
      }
      fields.push_back(field);
      type = field->message_type();
      begin = end + 1;
    }
    return fields;
  }

  const Descriptor& resource_;
  const absl::string_view text_;
  const std::vector<FilterToken> tokens_;
  size_t at_ = 0;
  int literals_ = 0;
  std::shared_ptr<const TextFields> text_fields_;
  absl::Status problem_;
};

}  // namespace

absl::StatusOr<NodePointer> ParseFilter(const Descriptor& resource, absl::string_view text) {
  auto tokens = ReadTokens(text);
  if (!tokens.ok()) return tokens.status();
  return Parser(resource, text, *std::move(tokens)).Parse();
}

}  // namespace leadstream::domain
