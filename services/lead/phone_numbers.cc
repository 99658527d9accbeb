#include "services/lead/phone_numbers.h"

#include <absl/algorithm/container.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cstdint>

namespace leadstream::lead {
namespace {

using common::v1::Phone;
using google::protobuf::RepeatedPtrField;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr size_t kDigitsMax = 15;  // E.164
constexpr size_t kDigitsMin = 7;
constexpr size_t kCountryCodeDigitsMax = 3;
constexpr char kNoCountry[] = "ZZ";  // libphonenumber's

bool IsE164(absl::string_view number) {
  return number.size() > kDigitsMin && number.size() <= kDigitsMax + 1 && number[0] == '+' &&
         std::all_of(number.begin() + 1, number.end(), absl::ascii_isdigit);
}

// Only digits and a leading +, if nothing but separators is lost by it; else as typed (letters,
// extensions, other scripts).
std::string Compact(absl::string_view typed) {
  std::string compact;
  for (char c : typed) {
    if (absl::ascii_isdigit(c) || (c == '+' && compact.empty())) {
      compact += c;
    } else if (c != ' ' && c != '-' && c != '.' && c != '/' && c != '(' && c != ')') {
      return std::string(typed);
    }
  }
  return compact;
}

bool IsValid(const PhoneNumberUtil& numbers, int country_code, absl::string_view national,
             PhoneNumber* number) {
  uint64_t digits = 0;
  // A zero in front is one trunk prefix too many, or Italy: for the parser.
  if (national.empty() || national[0] == '0' || !absl::SimpleAtoi(national, &digits)) return false;
  number->set_country_code(country_code);
  number->set_national_number(digits);
  return numbers.IsValidNumber(*number);
}

// A number that is valid as it stands: with its country code, or with the trunk prefix of the
// country ("06" in Hungary). Most are, and for them this saves the parser's regular expressions: 3
// us instead of 10.
bool ReadPlain(const PhoneNumberUtil& numbers, const std::string& compact,
               const std::string& country, PhoneNumber* number) {
  std::string text;
  if (IsE164(compact)) {
    for (size_t digits = 1; digits <= kCountryCodeDigitsMax; ++digits) {
      const int country_code = std::stoi(compact.substr(1, digits));
      numbers.GetRegionCodeForCountryCode(country_code, &text);
      if (text != kNoCountry)
        return IsValid(numbers, country_code, absl::string_view(compact).substr(digits + 1),
                       number);
    }
    return false;
  }
  if (country == kNoCountry || !absl::c_all_of(compact, absl::ascii_isdigit)) return false;
  numbers.GetNddPrefixForRegion(country, /*strip_non_digits=*/true, &text);
  if (text.empty() || !absl::StartsWith(compact, text)) return false;
  return IsValid(numbers, numbers.GetCountryCodeForRegion(country),
                 absl::string_view(compact).substr(text.size()), number);
}

}  // namespace

std::string ToE164(absl::string_view typed, absl::string_view country) {
  const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
  const std::string compact = Compact(typed);
  const std::string region = country.empty() ? kNoCountry : std::string(country);
  PhoneNumber number;
  if (!ReadPlain(numbers, compact, region, &number)) {
    number.Clear();
    if (numbers.Parse(compact, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !numbers.IsPossibleNumber(number))
      return "";
  }
  std::string e164;
  numbers.Format(number, PhoneNumberUtil::E164, &e164);
  return IsE164(e164) ? e164 : "";
}

void UnderstandPhones(absl::string_view country, RepeatedPtrField<Phone>* phones) {
  for (Phone& phone : *phones) {
    if (!IsE164(phone.e164())) phone.set_e164(ToE164(phone.number(), country));
    phone.set_unverified(phone.e164().empty());
  }
}

void UnderstandChangedPhones(absl::string_view country, const RepeatedPtrField<Phone>& before,
                             RepeatedPtrField<Phone>* phones) {
  for (Phone& phone : *phones) {
    const auto same_e164 = [&](const Phone& old) { return old.e164() == phone.e164(); };
    const auto same = [&](const Phone& old) {
      return same_e164(old) && old.number() == phone.number();
    };
    const bool retyped = std::any_of(before.begin(), before.end(), same_e164) &&
                         std::none_of(before.begin(), before.end(), same);
    if (retyped) phone.clear_e164();
  }
  UnderstandPhones(country, phones);
}

}  // namespace leadstream::lead
