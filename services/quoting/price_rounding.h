// How a computed price is rounded.
#pragma once

#include <absl/strings/string_view.h>

#include <string>

#include "common/domain/decimal.h"
#include "leadstream/quoting/v1/price_list.pb.h"

namespace leadstream::quoting {

// `amount` (>= 0) as the policy says: a multiple of its step less its ending, in its direction, and
// never below 0. An empty policy: to the nearest of the currency's smallest unit.
domain::Decimal RoundPrice(const domain::Decimal& amount, const v1::RoundingPolicy& policy,
                           absl::string_view currency);

// The same for people: "rounded up to a multiple of 1, less 0.01".
std::string ToText(const v1::RoundingPolicy& policy, absl::string_view currency);

}  // namespace leadstream::quoting
