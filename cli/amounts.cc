#include "cli/amounts.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/domain/money.h"

namespace leadstream::cli {

std::string InWords(const domain::Decimal& amount, const std::string& currency) {
  std::string text =
      domain::AmountText(domain::ToDecimal(domain::ToMoney(amount, currency)).Abs(), currency);
  for (size_t at = std::min(text.find('.'), text.size()); at > 3; at -= 3) text.insert(at - 3, ",");
  return absl::StrCat(currency, " ", amount.IsNegative() ? "-" : "", text);
}

std::string InWords(const google::type::Money& amount) {
  return InWords(domain::ToDecimal(amount), amount.currency_code());
}

}  // namespace leadstream::cli
