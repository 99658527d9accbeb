// Telephone numbers as people type them, in a form that machines compare.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/repeated_field.h>

#include <string>

#include "leadstream/common/v1/party.pb.h"

namespace leadstream::lead {

// The number in E.164 ("+36204000000"); empty if it cannot be understood: no country, too short or
// too long, no number at all. `country` (ISO 3166-1 alpha-2, may be empty) tells how one without a
// country code is meant. A possible number is enough: whether somebody has it is not asked, as
// numbering plans are newer than any table of them.
std::string ToE164(absl::string_view typed, absl::string_view country);

// Fills `e164` and `unverified` of numbers just typed. An E.164 number that came with one is kept:
// who sent it knows better.
void UnderstandPhones(absl::string_view country,
                      google::protobuf::RepeatedPtrField<common::v1::Phone>* phones);

// The same for numbers that replace `before`. The `e164` of a number that was retyped, and sent
// back with the old one, is worked out anew; so is one that could not be understood until the
// country was known.
void UnderstandChangedPhones(absl::string_view country,
                             const google::protobuf::RepeatedPtrField<common::v1::Phone>& before,
                             google::protobuf::RepeatedPtrField<common::v1::Phone>* phones);

}  // namespace leadstream::lead
