// Whether an order can be taken as it is given, and giving keys to its lines.
#pragma once

#include <vector>

#include "common/domain/decision.h"
#include "leadstream/ordering/v1/order.pb.h"

namespace leadstream::ordering {

// Everything wrong with an order as placed or changed, with paths such as
// "order.lines[2].line.unit_price".
struct OrderProblems {
  std::vector<domain::FieldViolation> fields;
  std::vector<domain::FieldViolation> lines;

  bool empty() const { return fields.empty() && lines.empty(); }
  // Of all problems at once: ORDER_FIELDS_INVALID if there are any in fields, else
  // ORDER_LINE_INVALID. Not for empty ones.
  domain::Refusal Refused() const;
};

// Gives keys to the lines of `after` that have none, takes over from `before` (empty for a new
// order) how far each line is, and computes all amounts. With any problem `after` is half-done and
// must be thrown away.
OrderProblems CompleteOrder(const v1::Order& before, v1::Order* after);

}  // namespace leadstream::ordering
