// One step on the way to a price.
#pragma once

#include <string>
#include <utility>

#include "common/domain/decimal.h"
#include "leadstream/quoting/v1/calculation.pb.h"
#include "services/quoting/pricing.h"

namespace leadstream::quoting {

// A step after which it comes to `amount`.
inline v1::PriceStep StepTo(v1::PriceStep::Kind kind, std::string text,
                            const domain::Decimal& amount, const std::string& price_list,
                            const std::string& product, const std::string& unit) {
  v1::PriceStep step;
  step.set_kind(kind);
  step.set_text(std::move(text));
  *step.mutable_amount() = amount.Rounded(kPriceDecimalsMax).ToProto();
  step.set_price_list(price_list);
  step.set_product(product);
  step.set_unit(unit);
  return step;
}

}  // namespace leadstream::quoting
