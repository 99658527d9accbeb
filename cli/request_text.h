// Requests as people type them: one FIELD=VALUE after the other.
//
//   name=leads/anna  budget="EUR 5000"  quote.lines.0.quantity=40  update_mask=need,notes
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

namespace leadstream::cli {

// Sets the field that a dotted path leads to; an element of a list by its number from 0 on, the
// next one by the number that is next; a list of texts or numbers grows by each value given.
//
// Money is "EUR 5000.50", a Decimal "40.5", a Date "2026-03-01", a Timestamp RFC 3339, a FieldMask
// "need,notes", an enum the name of its value. InvalidArgument: there is no such field, or it does
// not hold such a value.
absl::Status SetField(absl::string_view assignment, google::protobuf::Message* request);

}  // namespace leadstream::cli
