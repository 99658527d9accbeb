// UTF-8: whether a text is, and which fields kept a request from being parsed because theirs are
// not.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>

#include <vector>

#include "common/domain/decision.h"

namespace leadstream::domain {

// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsUtf8(absl::string_view text);

// proto3 refuses a message with a string that is not UTF-8, without saying which. This walks the
// serialized message again and names them ("lead.topic"), at most `kViolationsMax`. Empty: every
// string is fine, `wire` is no message of this type at all (or nested more than 100 deep).
std::vector<FieldViolation> FindInvalidUtf8(const google::protobuf::Descriptor& type,
                                            absl::string_view wire);

}  // namespace leadstream::domain
