// Amounts and times as people type them. What cannot be read for certain is not guessed: the caller
// keeps the words.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <google/type/money.pb.h>

#include <optional>
#include <string>

namespace leadstream::inquiries {

// A number of at most 15 digits, not negative, as a plain decimal: "1 250 000", "1'250'000" and
// "1.250.000" → "1250000"; "12.000,50" and "12,000.50" → "12000.50". A single point or comma before
// exactly three digits separates thousands ("48.000" → "48000"): budgets have no thousandths. A
// following k, ezer, Tsd, M, millió, Mio ... multiplies.
std::optional<std::string> ReadNumber(absl::string_view text);

// An amount of money: a number, with a currency code or sign before or after it, or of `currency`
// if it has none; "about" and "up to" before it change nothing. Nothing if either is unknown, or
// the currency has no such fractions.
std::optional<google::type::Money> ReadMoney(absl::string_view text, absl::string_view currency);

// "2026-03-02T09:23:00Z", "2026-03-02 09:23", "2026.03.02. 09:23", "02.03.2026 09:23",
// "20260415T101500Z", all with or without a time. A time without a zone is of `zone`. Not
// "03/02/2026", which is two days.
std::optional<absl::Time> ReadTime(absl::string_view text, absl::TimeZone zone);

}  // namespace leadstream::inquiries
