// A JSON object that came from elsewhere, whose members may be missing or of another kind.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>

namespace leadstream::auth {

// The member, or where there is none a value of no kind: as a text it is "", as a number 0, as an
// object or a list empty, as is one of another kind.
const google::protobuf::Value& Member(const google::protobuf::Struct& object,
                                      const std::string& name);

}  // namespace leadstream::auth
