#include "common/domain/value_problem.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/type/date.pb.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <typeinfo>

#include "common/domain/currency.h"
#include "common/domain/formats.h"
#include "common/domain/money.h"

namespace leadstream::domain {
namespace {

using common::v1::FieldRules;
using google::protobuf::Message;

constexpr int64_t kFirstSecond = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253402300799;   // 9999-12-31T23:59:59Z
constexpr int64_t kDurationSecondsMax = 315576000000;
constexpr int32_t kNanosPerSecond = 1000000000;
constexpr size_t kDecimalBytesMax = 100;

// `message` as its generated class. A dynamic message of the same type, which only tools and tests
// have, is copied into `scratch`.
template <typename Generated>
const Generated& As(const Message& message, Generated* scratch) {
  if (typeid(message) == typeid(Generated)) return static_cast<const Generated&>(message);
  scratch->ParsePartialFromString(message.SerializePartialAsString());
  return *scratch;
}

struct Shape {
  bool (*fits)(absl::string_view);
  absl::string_view problem;
};

Shape ShapeOf(FieldRules::Format format) {
  switch (format) {
    case FieldRules::EMAIL:
      return {IsEmail, "is not an e-mail address"};
    case FieldRules::CURRENCY:
      return {IsCurrency, "is not a currency code of ISO 4217, such as EUR"};
    case FieldRules::COUNTRY:
      return {IsCountry, "is not a country code of ISO 3166-1 alpha-2, such as HU"};
    case FieldRules::LANGUAGE:
      return {IsLanguage, "is not a language tag of BCP 47, such as hu or de-AT"};
    case FieldRules::URI:
      return {IsUri, "is not an absolute URI or a host name"};
    case FieldRules::ID:
      return {[](absl::string_view text) { return IsId(text); },
              "is not an id: 1 to 63 lower-case letters, digits, hyphens and dots, with a letter "
              "or digit at each end"};
    case FieldRules::REQUEST_ID:
      return {IsRequestId, "is not a request id: 1 to 64 printable ASCII characters"};
    default:
      return {nullptr, ""};
  }
}

// The digits of a plain decimal, without the zeros that change nothing.
struct Digits {
  bool below_zero = false;
  absl::string_view integer;
  absl::string_view fraction;
  bool IsZero() const { return integer.empty() && fraction.empty(); }
};

bool ReadDigits(absl::string_view text, Digits* digits) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    digits->below_zero = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  digits->integer = text.substr(0, point);
  digits->fraction =
      point == absl::string_view::npos ? absl::string_view() : text.substr(point + 1);
  if (digits->integer.empty() && digits->fraction.empty()) return false;
  for (absl::string_view part : {digits->integer, digits->fraction}) {
    for (char c : part) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
    }
  }
  while (absl::StartsWith(digits->integer, "0")) digits->integer.remove_prefix(1);
  while (absl::EndsWith(digits->fraction, "0")) digits->fraction.remove_suffix(1);
  if (digits->IsZero()) digits->below_zero = false;
  return true;
}

bool IsAbove(const Digits& a, const Digits& limit) {
  if (a.below_zero) return false;
  if (a.integer.size() != limit.integer.size()) return a.integer.size() > limit.integer.size();
  if (a.integer != limit.integer) return a.integer > limit.integer;
  return a.fraction > limit.fraction;  // digits from the point on: as text, "1" < "10" < "11"
}

absl::string_view SignProblem(const FieldPlan& field, bool below_zero, bool zero) {
  if (field.positive && (below_zero || zero)) return "must be above zero";
  if (!field.negative && below_zero) return "must not be below zero";
  return "";
}

Problem MoneyFieldProblem(const FieldPlan& field, const google::type::Money& money) {
  if (Problem problem = MoneyProblem(money)) return problem;
  const bool below_zero = money.units() < 0 || money.nanos() < 0;
  const absl::string_view sign =
      SignProblem(field, below_zero, money.units() == 0 && money.nanos() == 0);
  return sign.empty() ? Problem() : Problem(sign);
}

Problem TimestampProblem(const google::protobuf::Timestamp& time) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond)
    return "is not between the years 1 and 9999";
  if (time.nanos() < 0 || time.nanos() >= kNanosPerSecond)
    return "has nanos that are not between 0 and 999,999,999";
  return {};
}

Problem DateProblem(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999) return "is not a date with a year between 1 and 9999";
  // CivilDay carries what is too much over into the next month or year.
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (date.month() == day.month() && date.day() == day.day() && date.year() == day.year())
    return {};
  return absl::StrCat("is not a day of the calendar: ", date.year(), "-",
                      absl::Dec(date.month(), absl::kZeroPad2), "-",
                      absl::Dec(date.day(), absl::kZeroPad2));
}

Problem DurationProblem(const google::protobuf::Duration& duration) {
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  if (seconds < -kDurationSecondsMax || seconds > kDurationSecondsMax)
    return "is longer than 10,000 years";
  if (nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond)
    return "has nanos that make more than a second";
  if ((seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
    return "has seconds and nanos of different signs";
  return {};
}

bool IsPath(absl::string_view path) {
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (part.empty() || absl::ascii_isdigit(static_cast<unsigned char>(part[0]))) return false;
    for (char c : part) {
      if (!absl::ascii_islower(static_cast<unsigned char>(c)) &&
          !absl::ascii_isdigit(static_cast<unsigned char>(c)) && c != '_')
        return false;
    }
  }
  return true;
}

Problem FieldMaskProblem(const FieldPlan& field, const google::protobuf::FieldMask& mask) {
  if (mask.paths_size() > field.items_max)
    return absl::StrCat("has more than ", field.items_max, " paths");
  for (const std::string& path : mask.paths()) {
    if (path == "*" && mask.paths_size() > 1) return "has other paths beside \"*\"";
    if (path != "*" && !IsPath(path))
      return "is not a list of field paths, such as topic or budget.amount";
  }
  return {};
}

}  // namespace

Problem StringProblem(const FieldPlan& field, absl::string_view text) {
  if (text.size() > field.length_max && CodePoints(text) > field.length_max)
    return absl::StrCat("is longer than ", field.length_max, " characters");
  if (field.format != FieldRules::FORMAT_UNSPECIFIED) {
    const Shape shape = ShapeOf(field.format);
    if (shape.fits != nullptr && !shape.fits(text)) return std::string(shape.problem);
  }
  if (field.is_reference) return NameProblem(field.patterns, text);
  return {};
}

Problem NameProblem(const std::vector<NamePattern>& patterns, absl::string_view name) {
  for (const NamePattern& pattern : patterns) {
    if (pattern.Matches(name)) return {};
  }
  if (patterns.empty())
    return LooksLikeName(name) ? Problem() : Problem("is not the name of a resource");
  return absl::StrCat(
      "is not a name of the form ",
      absl::StrJoin(patterns, " or ", [](std::string* out, const NamePattern& pattern) {
        out->append(pattern.text());
      }));
}

Problem DecimalTextProblem(const FieldPlan& field, absl::string_view text) {
  Digits value;
  if (text.size() > kDecimalBytesMax || (!text.empty() && !ReadDigits(text, &value)))
    return "is not a plain decimal number, such as 12.5";
  if (value.fraction.size() > static_cast<size_t>(field.decimals_max))
    return absl::StrCat("has more than ", field.decimals_max, " digits after the point");
  const absl::string_view sign = SignProblem(field, value.below_zero, value.IsZero());
  if (!sign.empty()) return std::string(sign);
  Digits limit;
  if (!field.value_max.empty() && ReadDigits(field.value_max, &limit) && IsAbove(value, limit))
    return absl::StrCat("is above ", field.value_max);
  if (value.integer.size() > kAmountIntegerDigitsMax)
    return absl::StrCat("has more than ", kAmountIntegerDigitsMax, " digits before the point");
  return {};
}

Problem ValueProblem(const FieldPlan& field, const Message& value) {
  switch (field.value) {
    case FieldPlan::Value::kMoney: {
      google::type::Money scratch;
      return MoneyFieldProblem(field, As(value, &scratch));
    }
    case FieldPlan::Value::kDecimal: {
      google::type::Decimal scratch;
      return DecimalTextProblem(field, As(value, &scratch).value());
    }
    case FieldPlan::Value::kTimestamp: {
      google::protobuf::Timestamp scratch;
      return TimestampProblem(As(value, &scratch));
    }
    case FieldPlan::Value::kDate: {
      google::type::Date scratch;
      return DateProblem(As(value, &scratch));
    }
    case FieldPlan::Value::kDuration: {
      google::protobuf::Duration scratch;
      return DurationProblem(As(value, &scratch));
    }
    case FieldPlan::Value::kFieldMask: {
      google::protobuf::FieldMask scratch;
      return FieldMaskProblem(field, As(value, &scratch));
    }
    default:
      return {};
  }
}

}  // namespace leadstream::domain
