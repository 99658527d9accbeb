#include "cli/amounts.h"

#include <absl/strings/str_cat.h>

#include "common/domain/currency.h"
#include "common/domain/money.h"

namespace leadstream::cli {

std::string InWords(const domain::Decimal& amount, const std::string& currency) {
  std::string text = domain::ToDecimal(domain::ToMoney(amount, currency)).Abs().ToString();
  size_t point = text.find('.');
  const size_t digits = static_cast<size_t>(domain::CurrencyDigits(currency));
  if (point == std::string::npos) {
    point = text.size();
    if (digits > 0) text.push_back('.');
  }
  if (digits > 0) text.append(digits - (text.size() - point - 1), '0');
  for (size_t at = point; at > 3; at -= 3) text.insert(at - 3, ",");
  return absl::StrCat(currency, " ", amount.IsNegative() ? "-" : "", text);
}

std::string InWords(const google::type::Money& amount) {
  return InWords(domain::ToDecimal(amount), amount.currency_code());
}

}  // namespace leadstream::cli
