// Amounts as people read them.
#pragma once

#include <google/type/money.pb.h>

#include <string>

#include "common/domain/decimal.h"

namespace leadstream::cli {

// "EUR 1,234.50", with the digits of the currency.
std::string InWords(const domain::Decimal& amount, const std::string& currency);
std::string InWords(const google::type::Money& amount);

}  // namespace leadstream::cli
