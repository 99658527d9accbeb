// Days: google.type.Date beside the clock. A day without a place is a day in UTC.
//
//   if (DayOf(context.now) > DayOf(quote.valid_to())) return Refuse(QUOTE_EXPIRED, ...);
//   *accepted.mutable_accept_date() = ToDate(DayOf(context.now));
//
// absl::CivilDay counts and compares: `DayOf(date) + 14`, `first < second`.
#pragma once

#include <absl/time/civil_time.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>

#include <string>

namespace leadstream::domain {

// The day, UTC.
absl::CivilDay DayOf(const google::protobuf::Timestamp& time);
// Of a date that was validated.
absl::CivilDay DayOf(const google::type::Date& date);
google::type::Date ToDate(absl::CivilDay day);
// 2026-02-28.
std::string DateText(const google::type::Date& date);

}  // namespace leadstream::domain
