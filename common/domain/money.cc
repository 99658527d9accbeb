#include "common/domain/money.h"

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>

#include <cstdint>
#include <cstdlib>

#include "common/domain/check.h"

namespace leadstream::domain {
namespace {

using google::type::Money;

constexpr int kNanoDigits = 9;
constexpr int64_t kNanosPerUnit = 1'000'000'000;
// What Money's 64-bit units hold in full digits.
constexpr int64_t kUnitsMax = 999'999'999'999'999'999;

Money Sum(const Money& a, const Money& b, const Decimal& value) {
  const bool of_one_currency = a.currency_code() == b.currency_code() ||
                               a.currency_code().empty() || b.currency_code().empty();
  Check(of_one_currency, "two currencies were added");
  return ToMoney(value, a.currency_code().empty() ? b.currency_code() : a.currency_code());
}

}  // namespace

Decimal ToDecimal(const Money& money) {
  if (money.nanos() == 0) return Decimal(money.units());
  return Decimal(money.units()) + Decimal::Scaled(money.nanos(), kNanoDigits);
}

Money ToMoney(const Decimal& value, absl::string_view currency) {
  Money money;
  money.set_currency_code(currency.data(), currency.size());
  const Decimal rounded = value.Rounded(CurrencyDigits(currency));
  const int64_t units = rounded.Units();
  if (std::abs(units) > kUnitsMax) {
    money.set_units(units > 0 ? kUnitsMax : -kUnitsMax);
    return money;
  }
  money.set_units(units);
  const Decimal fraction = rounded - Decimal(units);
  if (!fraction.IsZero())
    money.set_nanos(static_cast<int32_t>((fraction * Decimal(kNanosPerUnit)).Units()));
  return money;
}

Money ZeroMoney(absl::string_view currency) {
  Money money;
  money.set_currency_code(currency.data(), currency.size());
  return money;
}

Money Plus(const Money& a, const Money& b) { return Sum(a, b, ToDecimal(a) + ToDecimal(b)); }

Money Minus(const Money& a, const Money& b) { return Sum(a, b, ToDecimal(a) - ToDecimal(b)); }

std::string AmountText(const Decimal& amount, absl::string_view currency) {
  std::string text = amount.ToString();
  const auto digits = static_cast<size_t>(CurrencyDigits(currency));
  size_t point = text.find('.');
  if (point == std::string::npos) {
    point = text.size();
    if (digits > 0) text.push_back('.');
  }
  const size_t given = point == text.size() ? 0 : text.size() - point - 1;
  if (given < digits) text.append(digits - given, '0');
  return text;
}

std::optional<std::string> MoneyProblem(const Money& money) {
  const std::string& currency = money.currency_code();
  if (currency.empty()) return "has no currency_code";
  if (!IsCurrency(currency)) return "has a currency_code that is not an ISO 4217 currency";
  if (money.nanos() <= -kNanosPerUnit || money.nanos() >= kNanosPerUnit)
    return "has nanos beyond 999,999,999";
  if ((money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0)) {
    return "has units and nanos of different signs";
  }
  const Decimal value = ToDecimal(money);
  if (value.IntegerDigits() > kAmountIntegerDigitsMax) {
    return absl::StrCat("has more than ", kAmountIntegerDigitsMax, " digits before the point");
  }
  if (value != value.Rounded(CurrencyDigits(currency))) {
    return absl::StrCat("has more digits after the point than ", currency, ", which has ",
                        CurrencyDigits(currency));
  }
  return std::nullopt;
}

std::optional<std::string> DecimalProblem(const google::type::Decimal& decimal) {
  if (decimal.value().empty()) return std::nullopt;
  absl::StatusOr<Decimal> value = Decimal::Parse(decimal.value());
  if (value.ok()) return std::nullopt;
  return std::string(value.status().message());
}

}  // namespace leadstream::domain
