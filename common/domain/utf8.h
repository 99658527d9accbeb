// UTF-8: whether a text is, where it can be cut, and which fields kept a request from being parsed
// because theirs are not.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>

#include <vector>

#include "common/domain/decision.h"

namespace leadstream::domain {

// RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
bool IsUtf8(absl::string_view text);

// As much of its beginning as fits into so many bytes and ends with a whole character.
absl::string_view WholeCharacters(absl::string_view text, size_t bytes_max);

// proto3 refuses a message with a string that is not UTF-8, without saying which. This walks the
// serialized message again and names them ("lead.topic"), at most `kViolationsMax`. Empty: every
// string is fine, `wire` is no message of this type at all (or nested more than 100 deep).
std::vector<FieldViolation> FindInvalidUtf8(const google::protobuf::Descriptor& type,
                                            absl::string_view wire);

}  // namespace leadstream::domain
