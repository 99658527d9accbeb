// An update, and the event that says which fields it changed, and nothing else.
//
//   LeadUpdated updated;                                                  // deciding
//   Lead after = lead;
//   if (auto refusal = RefuseUpdate(request.lead(), request.update_mask(), &after,
//                                   updated.mutable_update_mask()))
//     return *std::move(refusal);
//   ... rules look at `after` ...
//   CopyFields(after, updated.update_mask(), updated.mutable_lead());
//
//   CopyFields(event.lead(), event.update_mask(), lead);                  // folding
#pragma once

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <optional>
#include <vector>

#include "common/domain/decision.h"

namespace leadstream::domain {

// ApplyMask (validation.h), and ChangedFields of what it did. Bad: an IMMUTABLE field to which a
// request whose mask is empty or
// "*" gives another value than it has, as "lead.currency". (One that a path names was refused
// before the rules.)
std::vector<FieldViolation> ApplyUpdate(const google::protobuf::Message& given,
                                        const google::protobuf::FieldMask& mask,
                                        google::protobuf::Message* state,
                                        google::protobuf::FieldMask* differs);

// The same, for rules that have nothing to add to its bad fields: INVALID_FIELD, naming them.
std::optional<Refusal> RefuseUpdate(const google::protobuf::Message& given,
                                    const google::protobuf::FieldMask& mask,
                                    google::protobuf::Message* state,
                                    google::protobuf::FieldMask* differs);

// The top-level fields whose values differ, in the order of declaration. None: the update changes
// nothing, and is accepted all the same.
google::protobuf::FieldMask ChangedFields(const google::protobuf::Message& before,
                                          const google::protobuf::Message& after);

// Makes the named top-level fields of `to` those of `from`; one that `from` does not hold is
// cleared. Total: unknown paths are skipped.
void CopyFields(const google::protobuf::Message& from,
                const google::protobuf::FieldMask& top_level_paths, google::protobuf::Message* to);

}  // namespace leadstream::domain
