// What may happen to each kind of resource: the contract's tables, written down once more, apart
// from the rules that they are to be held against.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <string>

namespace leadstream::process {

inline constexpr absl::string_view kNone = "-";     // before its first event
inline constexpr absl::string_view kGone = "gone";  // deleted

// "OPEN/NEW": where a resource stands; "." for one that has no states.
std::string StateOf(const google::protobuf::Message& resource);

// Why no row allows that the event leads from one state to the other; empty: a row does.
std::string Forbidden(absl::string_view event_type, absl::string_view before,
                      absl::string_view after);

}  // namespace leadstream::process
