// What is other in a resource since an event, field by field.
#pragma once

#include <google/protobuf/message.h>

#include <vector>

#include "leadstream/common/v1/change.pb.h"

namespace leadstream::domain {

inline constexpr size_t kChangesMax = 100;

// The fields whose values differ, in the order of declaration, at most kChangesMax.
//
//   messages   are gone into ("budget.amount"), but for values such as Money or a time: "HUF
//   5000.00" lists      are compared behind what both begin with and before what both end with:
//   items that
//              changed one for one are gone into ("lines[2].quantity"), others came or went whole
//   text       is cut after 200 bytes, between letters
//
// The machinery's fields (uid, etag, create_time, update_time, creator) and the name say nothing
// and are left out. Both messages are of one type.
std::vector<common::v1::Change> ChangesBetween(const google::protobuf::Message& before,
                                               const google::protobuf::Message& after);

}  // namespace leadstream::domain
