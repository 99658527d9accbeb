// google.type.Money and google.type.Decimal at the edge: checking them, and to and from exact
// numbers.
#pragma once

#include <absl/strings/string_view.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <optional>
#include <string>

#include "common/domain/currency.h"
#include "common/domain/decimal.h"

namespace leadstream::domain {

// No amount has more digits before the point. (A cent more than 999999999999999.99 is refused, not
// rounded.)
inline constexpr int kAmountIntegerDigitsMax = 15;

// Its exact value, whether it is well-formed or not.
Decimal ToDecimal(const google::type::Money& money);

// `value`, rounded half away from zero to the currency's digits. What Money cannot hold (beyond 18
// digits before the point) becomes the largest that it can, so that an absurd document can be
// priced and then refused (see DocumentProblems).
google::type::Money ToMoney(const Decimal& value, absl::string_view currency);

// 0 in that currency.
google::type::Money ZeroMoney(absl::string_view currency);

// a + b and a - b. Both are of one currency, or a Money without a currency and a value (one that
// was never set) is among them; adding two currencies is a bug and ends the process.
google::type::Money Plus(const google::type::Money& a, const google::type::Money& b);
google::type::Money Minus(const google::type::Money& a, const google::type::Money& b);

// Its digits, with as many behind the point as the currency has, or more if it has more: 5054.60.
std::string AmountText(const Decimal& amount, absl::string_view currency);

// What is wrong with it, in words for a field violation; nothing if it is well-formed: a known
// currency, units and nanos of one sign, nanos within a unit, no more digits after the point than
// the currency has, none too many before it. Negative is well-formed.
std::optional<std::string> MoneyProblem(const google::type::Money& money);

// What is wrong with it; nothing if it can be read (see Decimal::Parse). Empty is 0. How many
// digits a field may have is the field's rule.
std::optional<std::string> DecimalProblem(const google::type::Decimal& decimal);

}  // namespace leadstream::domain
