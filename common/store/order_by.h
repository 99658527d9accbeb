// AIP-132 `order_by`: "score desc, create_time".
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace leadstream::store {

struct OrderTerm {
  // A path of fields that exist, lead through no list, and end in something that has an order:
  // "budget.amount".
  std::string path;
  bool descending = false;
  bool operator==(const OrderTerm&) const = default;
};

// The terms in order; none for an empty text. InvalidArgument: what is wrong, naming the field.
absl::StatusOr<std::vector<OrderTerm>> ParseOrderBy(const google::protobuf::Descriptor& resource,
                                                    absl::string_view text);

}  // namespace leadstream::store
