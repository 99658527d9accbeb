// Fields and enum values by the names that people type.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>

#include <string>

namespace leadstream::domain {

// The field called `name`. Null: there is none, and `problem` says so: "Lead has no field `stat`;
// did you mean `state`?"
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& message,
                                                   absl::string_view name, std::string* problem);
// The value called `name`, likewise; never guessed from a number.
const google::protobuf::EnumValueDescriptor* FindValue(const google::protobuf::EnumDescriptor& type,
                                                       absl::string_view name,
                                                       std::string* problem);

// What a message shows of a text that somebody typed: as it is, or cut short after a whole
// character.
absl::string_view Excerpt(absl::string_view text);

}  // namespace leadstream::domain
