#include "common/auth/json_member.h"

namespace leadstream::auth {

const google::protobuf::Value& Member(const google::protobuf::Struct& object,
                                      const std::string& name) {
  auto at = object.fields().find(name);
  return at == object.fields().end() ? google::protobuf::Value::default_instance() : at->second;
}

}  // namespace leadstream::auth
