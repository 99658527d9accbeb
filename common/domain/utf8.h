// Names the fields that kept a request from being parsed.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>

#include <vector>

#include "common/domain/decision.h"

namespace leadstream::domain {

// proto3 refuses a message with a string that is not UTF-8, without saying which. This walks the serialized message again and
// names them ("lead.topic"), at most `kViolationsMax`. Empty: every string is fine, `wire` is no message of this type at all
// (or nested more than 100 deep).
std::vector<FieldViolation> FindInvalidUtf8(const google::protobuf::Descriptor& type, absl::string_view wire);

}  // namespace leadstream::domain
