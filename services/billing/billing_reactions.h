// What billing does when something happens elsewhere, or in billing itself.
//
//   whenever an order is fulfilled, wholly or partly   an invoice for what was fulfilled is issued
//   whenever an invoice is credited                    its credit note is issued
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::billing {

std::vector<domain::Reaction> BillingReactions();

}  // namespace leadstream::billing
