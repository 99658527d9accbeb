// References of payers: each is used once, for a payment of one invoice or of several, or for a
// refund, per seller. Remembered by the seller's partition.
#pragma once

#include <optional>
#include <string>

#include "common/domain/context.h"
#include "common/domain/decision.h"

namespace leadstream::billing {

// Nothing: it is new.
std::optional<domain::Refusal> RefuseReference(const std::string& seller, const std::string& payer,
                                               const std::string& reference,
                                               const domain::Facts& facts);
// `user` is the invoice or the payment.
void RememberReference(const std::string& seller, const std::string& payer,
                       const std::string& reference, const std::string& user,
                       domain::MutableFacts* facts);

}  // namespace leadstream::billing
