// What a request must look like before any rule sees it, by the annotations of its fields:
// google.api.field_behavior, google.api.resource_reference and (leadstream.common.v1.rules), which
// says in detail what each means.
//
//   ClearOutputOnly(&request);
//   std::vector<FieldViolation> bad = Validate(request);
//   // all of them: {"lead.emails[1]", "is not an e-mail address"}, ...
//   ...
//   ApplyMask(request.update_mask(), request.lead(), &after);
//
// What an annotation means is worked out once per message type; all functions are thread-safe.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <vector>

#include "common/domain/decision.h"

namespace leadstream::domain {

// A request that is wrong in more places has only so many of them named.
inline constexpr size_t kViolationsMax = 100;

// Every bad field of a request, in field order; empty if it may go on to the rules. OUTPUT_ONLY
// fields are not looked at.
//
// A request with an `update_mask` is an update: its mask is checked by `CheckMask`, its resource
// must carry the name of an existing resource, and REQUIRED holds only for what the mask would
// write, so that a client may send one field alone. (Inside a list element or a nested message that
// is replaced as a whole, REQUIRED holds as ever.) In other requests the resource's own name is not
// looked at: it is chosen by `<resource>_id` or by the server.
std::vector<FieldViolation> Validate(const google::protobuf::Message& request);

// Forgets what a client says in fields that only the server writes, at any depth; AIP-203 demands
// that it be ignored, not refused.
void ClearOutputOnly(google::protobuf::Message* request);

// The bad paths of an update mask, as "update_mask.paths[0]": unknown, OUTPUT_ONLY, IMMUTABLE,
// IDENTIFIER, the machinery's (name, uid, etag, create_time, update_time, creator), or leading into
// a list or into a value such as Money, which are written as a whole. "*" is good, alone.
std::vector<FieldViolation> CheckMask(const google::protobuf::Descriptor& resource,
                                      const google::protobuf::FieldMask& mask);

// Writes the masked fields of `source` into `target`, both of one type (AIP-134):
//   no path   every field of the type itself that has a value in `source`, as if the mask named it,
//   "*"       every field a client may write: what is empty in `source` becomes empty,
//   "a.b"     that field, also when it is empty in `source`.
// Lists and values (Money, Decimal, Timestamp, Date, ...) are replaced as a whole. Never touched:
// OUTPUT_ONLY, IMMUTABLE and IDENTIFIER fields, and the machinery's fields of a resource. Paths
// that `CheckMask` refuses are ignored.
void ApplyMask(const google::protobuf::FieldMask& mask, const google::protobuf::Message& source,
               google::protobuf::Message* target);

}  // namespace leadstream::domain
