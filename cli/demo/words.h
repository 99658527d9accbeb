// An event in words, for people: "accepted quote Q-2026-07-00003: EUR 1,234.50".
#pragma once

#include <google/type/money.pb.h>

#include <string>

#include "common/domain/decimal.h"
#include "leadstream/common/v1/record.pb.h"

namespace leadstream::demo {

// "EUR 1,234.50", with the digits of the currency.
std::string InWords(const domain::Decimal& amount, const std::string& currency);
std::string InWords(const google::type::Money& amount);

// What happened. Empty for the bookkeeping between the services, which tells a reader nothing new.
std::string InWords(const common::v1::Event& event);

}  // namespace leadstream::demo
