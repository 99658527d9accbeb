#include "common/server/method_name.h"

#include <absl/strings/str_cat.h>

namespace leadstream::server {

std::string NameOf(const google::protobuf::MethodDescriptor* method) {
  return absl::StrCat(method->service()->full_name(), "/", method->name());
}

std::string PathOf(const google::protobuf::MethodDescriptor* method) {
  return absl::StrCat("/", NameOf(method));
}

}  // namespace leadstream::server
