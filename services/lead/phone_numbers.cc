#include "services/lead/phone_numbers.h"

#include <absl/strings/ascii.h>
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

bool IsE164(absl::string_view number) {
  return number.size() > kDigitsMin && number.size() <= kDigitsMax + 1 && number[0] == '+' &&
         std::all_of(number.begin() + 1, number.end(), absl::ascii_isdigit);
}

// Only digits and a leading +, if nothing but separators is lost by it; else as typed (letters, extensions, other scripts).
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

// A number with its country code that is valid as it stands. Half of all numbers are, and for them this saves the parser's
// regular expressions, which take 10 us or more.
bool ReadInternational(const PhoneNumberUtil& numbers, const std::string& compact, PhoneNumber* number) {
  if (!IsE164(compact)) return false;
  for (size_t digits = 1; digits <= kCountryCodeDigitsMax; ++digits) {
    const int country_code = std::stoi(compact.substr(1, digits));
    std::string region;
    numbers.GetRegionCodeForCountryCode(country_code, &region);
    if (region == "ZZ") continue;
    if (compact[digits + 1] == '0') return false;  // a trunk prefix, or Italy
    number->set_country_code(country_code);
    number->set_national_number(std::stoull(compact.substr(digits + 1)));
    return numbers.IsValidNumber(*number);
  }
  return false;
}

}  // namespace

std::string ToE164(absl::string_view typed, absl::string_view country) {
  const PhoneNumberUtil& numbers = *PhoneNumberUtil::GetInstance();
  const std::string compact = Compact(typed);
  PhoneNumber number;
  if (!ReadInternational(numbers, compact, &number)) {
    number.Clear();
    const std::string region = country.empty() ? "ZZ" : std::string(country);
    if (numbers.Parse(compact, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR || !numbers.IsPossibleNumber(number)) return "";
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

void UnderstandChangedPhones(absl::string_view country, const RepeatedPtrField<Phone>& before, RepeatedPtrField<Phone>* phones) {
  for (Phone& phone : *phones) {
    const auto same_e164 = [&](const Phone& old) { return old.e164() == phone.e164(); };
    const auto same = [&](const Phone& old) { return same_e164(old) && old.number() == phone.number(); };
    const bool retyped = std::any_of(before.begin(), before.end(), same_e164) && std::none_of(before.begin(), before.end(), same);
    if (retyped) phone.clear_e164();
  }
  UnderstandPhones(country, phones);
}

}  // namespace leadstream::lead
