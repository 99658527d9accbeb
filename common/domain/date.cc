#include "common/domain/date.h"

#include <absl/strings/str_format.h>
#include <absl/time/time.h>

#include <cstdint>

namespace leadstream::domain {

absl::CivilDay DayOf(const google::protobuf::Timestamp& time) {
  return absl::ToCivilDay(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::string DateText(const google::type::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

}  // namespace leadstream::domain
