#include "services/quoting/price_rounding.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/domain/currency.h"

namespace leadstream::quoting {

using domain::Decimal;
using v1::RoundingPolicy;

namespace {

Decimal StepOf(const RoundingPolicy& policy, absl::string_view currency) {
  const Decimal step = Decimal::Of(policy.step());
  return step.IsPositive() ? step : Decimal::Scaled(1, domain::CurrencyDigits(currency));
}

}  // namespace

Decimal RoundPrice(const Decimal& amount, const RoundingPolicy& policy,
                   absl::string_view currency) {
  const Decimal step = StepOf(policy, currency);
  const Decimal ending = Decimal::Of(policy.ending());
  const Decimal raised = amount + ending;
  Decimal rounded = raised.DividedDown(step, 0) * step;
  if (policy.direction() == RoundingPolicy::UP) {
    if (rounded < raised) rounded += step;
  } else if (policy.direction() != RoundingPolicy::DOWN) {
    rounded = raised.RoundedTo(step);
  }
  return std::max(rounded - ending, Decimal());
}

std::string ToText(const RoundingPolicy& policy, absl::string_view currency) {
  const absl::string_view direction = policy.direction() == RoundingPolicy::UP ? "up"
                                      : policy.direction() == RoundingPolicy::DOWN
                                          ? "down"
                                          : "to the nearest";
  const Decimal ending = Decimal::Of(policy.ending());
  return absl::StrCat("rounded ", direction, " to a multiple of ",
                      StepOf(policy, currency).ToString(),
                      ending.IsPositive() ? absl::StrCat(", less ", ending.ToString()) : "");
}

}  // namespace leadstream::quoting
