// Random documents that the rules would accept: for the property test, and for the cases that the
// oracle recomputes. The same seed makes the same documents on every machine (no std distributions,
// whose numbers differ between libraries).
#pragma once

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "common/domain/totals.h"

namespace leadstream::domain {

struct RandomDocument {
  std::string currency;
  Lines lines;
  common::v1::Adjustments adjustments;
  RoundingPolicy policy;
};

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // 0 .. sides - 1. (Slightly uneven, which does not matter here.)
  int64_t Roll(int64_t sides) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(sides));
  }
  bool OneIn(int64_t sides) { return Roll(sides) == 0; }
  // Not negative, with up to so many digits before and after the point; often a whole number,
  // sometimes 0.
  Decimal Number(int integer_digits, int decimals) {
    const int scale = OneIn(2) ? 0 : static_cast<int>(Roll(decimals + 1));
    int64_t bound = 1;
    for (int64_t digits = Roll(integer_digits) + 1 + scale; digits > 0; --digits) bound *= 10;
    return Decimal::Scaled(Roll(bound), scale);
  }
  // Between 0 and `most`, both included.
  Decimal UpTo(const Decimal& most, int decimals) {
    const int64_t thousandths = OneIn(5) ? 1000 : Roll(1000);
    return (most * Decimal::Scaled(thousandths, 3)).DividedDown(Decimal(1), decimals);
  }

 private:
  std::mt19937_64 engine_;
};

inline common::v1::Line RandomLine(absl::string_view currency, bool free, Dice& dice) {
  struct Tax {
    const char* category;
    const char* rate;
  };
  static constexpr Tax kTaxes[] = {{"S", "27"}, {"S", "27.0"}, {"", "22"},
                                   {"S", "5"},  {"S", "7.7"},  {"S", "13.125"},
                                   {"Z", "0"},  {"E", ""},     {"AE", "0"}};
  const Tax& tax = kTaxes[dice.Roll(dice.OneIn(3) ? 9 : 2)];
  common::v1::Line line;
  line.set_description("something");
  line.set_tax_category(tax.category);
  line.mutable_tax_rate()->set_value(tax.rate);
  *line.mutable_quantity() =
      (dice.Number(4, 6) + Decimal::Scaled(1, static_cast<int>(dice.Roll(4)))).ToProto();
  const Decimal price = free && dice.OneIn(2) ? Decimal() : dice.Number(6, 4);
  *line.mutable_unit_price() = price.ToProto();
  if (dice.OneIn(4))
    *line.mutable_volume_discount() = dice.UpTo(price, static_cast<int>(dice.Roll(5))).ToProto();
  if (dice.OneIn(3))
    *line.mutable_discount_percent() =
        dice.UpTo(Decimal(100), static_cast<int>(dice.Roll(4))).ToProto();
  if (free) line.mutable_discount_percent()->set_value("100");
  if (dice.OneIn(4)) {
    // As many digits as the currency has, and sometimes more: the net is rounded once, after it.
    const int decimals = CurrencyDigits(currency) + (dice.OneIn(4) ? 2 : 0);
    const Decimal base =
        Decimal::Of(line.quantity()) * (price - Decimal::Of(line.volume_discount()));
    const Decimal left = base - base * Decimal::Of(line.discount_percent()).Percent();
    *line.mutable_discount_amount() = dice.UpTo(left, decimals).ToProto();
  }
  PriceLine(currency, &line);
  return line;
}

inline RandomDocument MakeRandomDocument(Dice& dice) {
  static constexpr const char* kCurrencies[] = {"EUR", "USD", "HUF", "CHF", "JPY",
                                                "KRW", "KWD", "TND", "CLF"};
  RandomDocument document;
  document.currency = kCurrencies[dice.Roll(9)];
  const bool free = dice.OneIn(20);
  Decimal sum;
  for (int64_t n = dice.Roll(dice.OneIn(8) ? 12 : 4) + 1; n > 0; --n) {
    common::v1::Line& line = *document.lines.Add() =
        RandomLine(document.currency, free || dice.OneIn(12), dice);
    line.set_line_id(absl::StrCat(document.lines.size()));
    sum += ToDecimal(line.net());
  }
  const int digits = CurrencyDigits(document.currency);
  if (dice.OneIn(3))
    *document.adjustments.mutable_discount_percent() =
        dice.UpTo(Decimal(100), static_cast<int>(dice.Roll(4))).ToProto();
  if (dice.OneIn(3)) {
    const Decimal percent = Decimal::Of(document.adjustments.discount_percent()).Percent();
    *document.adjustments.mutable_discount_amount() =
        dice.UpTo(sum - (sum * percent).Rounded(digits), digits).ToProto();
  }
  if (dice.OneIn(3))
    *document.adjustments.mutable_freight() = dice.Number(4, digits).Rounded(digits).ToProto();
  if (dice.OneIn(2) && document.currency == "HUF")
    document.policy = {"HUF", Decimal(dice.OneIn(2) ? 5 : 1)};
  if (dice.OneIn(2) && document.currency == "CHF") document.policy = {"CHF", Decimal::Scaled(5, 2)};
  return document;
}

// More of some lines than `so_far`, never more than the lines have: the cumulative quantities after
// one more step.
inline Quantities MoreOf(const Lines& lines, const Quantities& so_far, Dice& dice) {
  Quantities more = so_far;
  for (const common::v1::Line& line : lines) {
    if (dice.OneIn(3)) continue;
    Decimal& quantity = more[line.line_id()];
    quantity += dice.UpTo(Decimal::Of(line.quantity()) - quantity, static_cast<int>(dice.Roll(4)));
  }
  return more;
}

inline Quantities AllOf(const Lines& lines) {
  Quantities all;
  for (const common::v1::Line& line : lines) all[line.line_id()] = Decimal::Of(line.quantity());
  return all;
}

}  // namespace leadstream::domain
