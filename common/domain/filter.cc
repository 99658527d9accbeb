#include "common/domain/filter.h"

#include <absl/strings/str_cat.h>

#include <optional>
#include <utility>

#include "common/domain/filter_node.h"
#include "common/domain/formats.h"
#include "common/domain/utf8.h"

namespace leadstream::domain {
namespace {

// Calls `visit` with every restriction that holds for all that `node` matches: never under an OR or
// a NOT, never through a list.
template <typename Visit>
void ForEachRequired(const Filter::Node& node, const Visit& visit) {
  if (const auto* all = std::get_if<AllOf>(&node.rule)) {
    for (const NodePointer& part : all->nodes) ForEachRequired(*part, visit);
  }
  const auto* restriction = std::get_if<Restriction>(&node.rule);
  if (restriction != nullptr && !restriction->through_list) visit(*restriction);
}

std::optional<decltype(Equality::value)> EqualTo(const Restriction& restriction) {
  if (restriction.comparator != Comparator::kEqual) return std::nullopt;
  const Operand::Value& value = restriction.operand.value();
  if (const auto* number = std::get_if<EnumNumber>(&value)) return *number;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  const auto* pattern = std::get_if<TextPattern>(&value);
  if (pattern != nullptr && !pattern->has_wildcard()) return pattern->text();
  return std::nullopt;
}

std::optional<decltype(Bound::value)> BoundedBy(const Restriction& restriction) {
  const Operand::Value& value = restriction.operand.value();
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* time = std::get_if<absl::Time>(&value)) return *time;
  if (const auto* day = std::get_if<absl::CivilDay>(&value)) return *day;
  return std::nullopt;
}

std::vector<Bound::Op> BoundsOf(Comparator comparator) {
  switch (comparator) {
    case Comparator::kEqual:
      return {Bound::Op::kLessOrEqual, Bound::Op::kGreaterOrEqual};
    case Comparator::kLess:
      return {Bound::Op::kLess};
    case Comparator::kLessOrEqual:
      return {Bound::Op::kLessOrEqual};
    case Comparator::kGreater:
      return {Bound::Op::kGreater};
    case Comparator::kGreaterOrEqual:
      return {Bound::Op::kGreaterOrEqual};
    default:
      return {};
  }
}

}  // namespace

Filter::Filter(std::unique_ptr<const Node> root) : root_(std::move(root)) {}
Filter::~Filter() = default;

absl::StatusOr<std::unique_ptr<Filter>> Filter::Compile(
    const google::protobuf::Descriptor& resource, absl::string_view text) {
  if (text.size() > kFilterBytesMax)
    return absl::InvalidArgumentError(
        absl::StrCat("filter is longer than ", kFilterBytesMax, " bytes"));
  if (!IsUtf8(text)) return absl::InvalidArgumentError("filter is not valid UTF-8");
  if (IsBlank(text)) return std::unique_ptr<Filter>(new Filter(nullptr));
  auto root = ParseFilter(resource, text);
  if (!root.ok()) return root.status();
  return std::unique_ptr<Filter>(new Filter(*std::move(root)));
}

bool Filter::Matches(const google::protobuf::Message& message) const {
  return root_ == nullptr || root_->Matches(message);
}

std::vector<Equality> Filter::RequiredEqualities() const {
  std::vector<Equality> equalities;
  if (root_ == nullptr) return equalities;
  ForEachRequired(*root_, [&](const Restriction& restriction) {
    if (auto value = EqualTo(restriction))
      equalities.push_back({restriction.path, *std::move(value)});
  });
  return equalities;
}

std::vector<Bound> Filter::RequiredBounds() const {
  std::vector<Bound> bounds;
  if (root_ == nullptr) return bounds;
  ForEachRequired(*root_, [&](const Restriction& restriction) {
    const auto value = BoundedBy(restriction);
    if (!value) return;
    for (Bound::Op op : BoundsOf(restriction.comparator))
      bounds.push_back({restriction.path, op, *value});
  });
  return bounds;
}

}  // namespace leadstream::domain
