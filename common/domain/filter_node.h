// A compiled filter: a tree of what must hold.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/domain/filter.h"
#include "common/domain/filter_lexer.h"
#include "common/domain/filter_operand.h"
#include "common/domain/text_pattern.h"

namespace leadstream::domain {

using NodePointer = std::unique_ptr<const Filter::Node>;

// Where the strings of a type and of the types within it are. Types may contain themselves.
class TextFields {
 public:
  explicit TextFields(const google::protobuf::Descriptor& type) : root_(&Of(type)) {}
  TextFields(const TextFields&) = delete;
  TextFields& operator=(const TextFields&) = delete;
  // Some string of `message`, at any depth, contains the pattern.
  bool Hold(const google::protobuf::Message& message, const TextPattern& pattern) const {
    return Hold(*root_, message, pattern);
  }

 private:
  struct Fields {
    std::vector<const google::protobuf::FieldDescriptor*> strings;
    std::vector<std::pair<const google::protobuf::FieldDescriptor*, const Fields*>> messages;
  };
  const Fields& Of(const google::protobuf::Descriptor& type);
  bool Hold(const Fields& fields, const google::protobuf::Message& message,
            const TextPattern& pattern) const;

  std::map<const google::protobuf::Descriptor*, Fields> by_type_;  // a map: pointers into it stay
  const Fields* root_;
};

struct AllOf {
  std::vector<NodePointer> nodes;
};
struct AnyOf {
  std::vector<NodePointer> nodes;
};
struct Not {
  NodePointer node;
};
struct Literal {
  std::shared_ptr<const TextFields> fields;
  TextPattern pattern;
};
struct Restriction {
  std::string path;
  std::vector<const google::protobuf::FieldDescriptor*> fields;  // the path's
  // Some of the fields are lists: then the comparator is kHas.
  bool through_list = false;
  Comparator comparator = Comparator::kEqual;
  Operand operand;

  bool Matches(const google::protobuf::Message& message, size_t step = 0) const;

 private:
  bool MatchesValue(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field, int index) const;
};

struct Filter::Node {
  std::variant<AllOf, AnyOf, Not, Literal, Restriction> rule;

  bool Matches(const google::protobuf::Message& message) const;
};

// InvalidArgument: see Filter::Compile. `text` is UTF-8 and not blank.
absl::StatusOr<NodePointer> ParseFilter(const google::protobuf::Descriptor& resource,
                                        absl::string_view text);

}  // namespace leadstream::domain
