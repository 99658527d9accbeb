// What one record lacks and another has: merging fills gaps, and overwrites nothing.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::lead {

// Fills the empty fields of `to` by those of `from`, and returns the top-level fields that changed
// by it.
//
//   lists       e-mail addresses and telephone numbers that are missing are added, up to the 20
//               that a record may have
//   person      a given or family name is added only to the same person's other name: "Anna" +
//               "Anna Kovacs", but not "Anna" + "Peter Nagy", who would become Anna Nagy
//   consents    what a person asked not to be done stays asked
//   messages    (address, budget, source detail) are taken as a whole or not at all
google::protobuf::FieldMask FillGaps(const v1::Lead& from, v1::Lead* to);
google::protobuf::FieldMask FillGaps(const v1::Account& from, v1::Account* to);
google::protobuf::FieldMask FillGaps(const v1::Contact& from, v1::Contact* to);

}  // namespace leadstream::lead
