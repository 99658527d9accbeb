#include <algorithm>
#include <compare>

#include "common/domain/filter_node.h"

namespace leadstream::domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

bool Satisfies(std::partial_ordering ordering, Comparator comparator) {
  switch (comparator) {
    case Comparator::kEqual:
    case Comparator::kHas:
      return ordering == 0;
    case Comparator::kNotEqual:
      return ordering < 0 || ordering > 0;
    case Comparator::kLess:
      return ordering < 0;
    case Comparator::kLessOrEqual:
      return ordering <= 0;
    case Comparator::kGreater:
      return ordering > 0;
    case Comparator::kGreaterOrEqual:
      return ordering >= 0;
  }
  return false;
}

}  // namespace

const TextFields::Fields& TextFields::Of(const google::protobuf::Descriptor& type) {
  auto [at, added] = by_type_.try_emplace(&type);
  Fields& fields = at->second;
  if (!added) return fields;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->type() == FieldDescriptor::TYPE_STRING) fields.strings.push_back(field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      fields.messages.emplace_back(field, &Of(*field->message_type()));
  }
  return fields;
}

bool TextFields::Hold(const Fields& fields, const Message& message,
                      const TextPattern& pattern) const {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  for (const FieldDescriptor* field : fields.strings) {
    if (!field->is_repeated()) {
      if (pattern.IsWithin(reflection.GetStringReference(message, field, &scratch))) return true;
      continue;
    }
    const int size = reflection.FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      if (pattern.IsWithin(reflection.GetRepeatedStringReference(message, field, i, &scratch)))
        return true;
    }
  }
  for (const auto& [field, within] : fields.messages) {
    if (within->strings.empty() && within->messages.empty()) continue;
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field) &&
          Hold(*within, reflection.GetMessage(message, field), pattern))
        return true;
      continue;
    }
    const int size = reflection.FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      if (Hold(*within, reflection.GetRepeatedMessage(message, field, i), pattern)) return true;
    }
  }
  return false;
}

bool Restriction::Matches(const Message& message, size_t step) const {
  const FieldDescriptor& field = *fields[step];
  const auto& reflection = *message.GetReflection();
  const bool last = step + 1 == fields.size();
  if (field.is_repeated()) {
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      if (last ? MatchesValue(message, field, i)
               : Matches(reflection.GetRepeatedMessage(message, &field, i), step + 1))
        return true;
    }
    return false;
  }
  // A list that was emptied and a scalar that was never set are values; a message that is not set
  // is none.
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !reflection.HasField(message, &field))
    return false;
  return last ? MatchesValue(message, field, -1)
              : Matches(reflection.GetMessage(message, &field), step + 1);
}

bool Restriction::MatchesValue(const Message& message, const FieldDescriptor& field,
                               int index) const {
  if (std::holds_alternative<AnyValue>(operand.value()))
    return index >= 0 || message.GetReflection()->HasField(message, &field);
  const bool within = comparator == Comparator::kHas && !through_list &&
                      std::holds_alternative<TextPattern>(operand.value());
  return within ? operand.IsWithin(message, field)
                : Satisfies(operand.Compare(message, field, index), comparator);
}

bool Filter::Node::Matches(const Message& message) const {
  const auto matches = [&](const NodePointer& node) { return node->Matches(message); };
  return std::visit(
      Overloaded{
          [&](const AllOf& all) {
            return std::all_of(all.nodes.begin(), all.nodes.end(), matches);
          },
          [&](const AnyOf& any) {
            return std::any_of(any.nodes.begin(), any.nodes.end(), matches);
          },
          [&](const Not& negated) { return !negated.node->Matches(message); },
          [&](const Literal& literal) { return literal.fields->Hold(message, literal.pattern); },
          [&](const Restriction& restriction) { return restriction.Matches(message); },
      },
      rule);
}

}  // namespace leadstream::domain
