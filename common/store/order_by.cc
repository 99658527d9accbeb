#include "common/store/order_by.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <array>

#include "common/domain/field_names.h"
#include "common/domain/utf8.h"

namespace leadstream::store {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::array<absl::string_view, 5> kOrderedMessages = {
    "google.type.Money", "google.type.Decimal", "google.type.Date", "google.protobuf.Timestamp",
    "google.protobuf.Duration"};

bool HasOrder(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE)
    return field.type() != FieldDescriptor::TYPE_BYTES;
  return std::find(kOrderedMessages.begin(), kOrderedMessages.end(),
                   field.message_type()->full_name()) != kOrderedMessages.end();
}

// What keeps lists from being ordered by that path; empty if nothing does.
std::string PathProblem(const Descriptor& resource, absl::string_view path) {
  const Descriptor* type = &resource;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    if (type == nullptr) return absl::StrCat("`", field->name(), "` has no fields of its own");
    std::string problem;
    field = domain::FindField(*type, name, &problem);
    if (field == nullptr) return problem;
    if (field->is_repeated())
      return absl::StrCat("`", field->name(), "` is a list and has no order");
    type = field->message_type();
  }
  return HasOrder(*field) ? ""
                          : absl::StrCat("`", domain::Excerpt(path),
                                         "` has no order; name a field of it that has");
}

}  // namespace

absl::StatusOr<std::vector<OrderTerm>> ParseOrderBy(const Descriptor& resource,
                                                    absl::string_view text) {
  std::vector<OrderTerm> terms;
  if (!domain::IsUtf8(text)) return absl::InvalidArgumentError("order_by is not valid UTF-8");
  if (absl::StripAsciiWhitespace(text).empty()) return terms;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(part, absl::ByAnyChar(" \t\r\n\v\f"), absl::SkipEmpty());
    if (words.empty()) return absl::InvalidArgumentError("a field is missing beside a comma");
    std::string problem = PathProblem(resource, words[0]);
    if (!problem.empty()) return absl::InvalidArgumentError(problem);
    const bool has_direction = words.size() > 1 && (words[1] == "asc" || words[1] == "desc");
    const size_t understood = has_direction ? 2 : 1;
    if (words.size() > understood) {
      return absl::InvalidArgumentError(absl::StrCat("after `", words[0],
                                                     "` comes asc, desc or a comma, not `",
                                                     domain::Excerpt(words[understood]), "`"));
    }
    const bool again = std::any_of(terms.begin(), terms.end(),
                                   [&](const OrderTerm& term) { return term.path == words[0]; });
    if (again) return absl::InvalidArgumentError(absl::StrCat("`", words[0], "` is named twice"));
    terms.push_back({std::string(words[0]), has_direction && words[1] == "desc"});
  }
  return terms;
}

}  // namespace leadstream::store
