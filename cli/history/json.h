// A message in JSON, with fields called as in the protos, and the same text each time: a map's
// entries in the order of their keys.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace leadstream::history {

// In one line; `pretty`: over several. What cannot be said in JSON: {"unreadable": ...}.
std::string JsonOf(const google::protobuf::Message& message, bool pretty = false);

}  // namespace leadstream::history
