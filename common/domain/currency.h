// The currencies of ISO 4217, and how many digits each has after the point.
#pragma once

#include <absl/strings/string_view.h>

namespace leadstream::domain {

// An ISO 4217 code in upper case that money can be counted in: neither a metal (XAU), nor a testing
// code (XTS), nor "no currency" (XXX). Codes withdrawn since 2020 are known too, because their
// documents can still be paid and credited.
bool IsCurrency(absl::string_view code);

// ISO 4217's minor unit: 2 for EUR and HUF, 0 for JPY, 3 for KWD. 2 for a code that is not a
// currency, so that folding never fails.
int CurrencyDigits(absl::string_view code);

}  // namespace leadstream::domain
