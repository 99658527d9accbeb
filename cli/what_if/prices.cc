#include "cli/what_if/prices.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "common/domain/money.h"
#include "services/quoting/catalogue.h"
#include "services/quoting/line_pricing.h"
#include "services/quoting/quote_amounts.h"

namespace leadstream::what_if {
namespace {

using common::v1::Line;
using domain::Decimal;
using quoting::v1::Quote;

bool IsSame(const google::type::Decimal& a, const google::type::Decimal& b) {
  return Decimal::Of(a) == Decimal::Of(b);
}

// Somebody gave a price that is not the list's.
bool IsOverridden(const Line& line) {
  return line.has_unit_price() &&
         (!line.has_list_price() || !IsSame(line.unit_price(), line.list_price()) ||
          !IsSame(line.volume_discount(), line.list_volume_discount()));
}

// The quote as it would be; nothing: the list has no price for something in it.
std::optional<Quote> Reprice(const Quote& quote, quoting::Catalogue* catalogue,
                             const quoting::PriceSource& source, int64_t* overrides) {
  quoting::LinePricing pricing(catalogue, source);
  Quote after = quote;
  for (int i = 0; i < after.lines_size(); ++i) {
    Line& line = *after.mutable_lines(i);
    if (line.product().empty()) continue;
    if (IsOverridden(line)) {
      ++*overrides;
      continue;
    }
    line.clear_unit_price();
    line.clear_volume_discount();
    pricing.Complete(absl::StrCat("lines[", i, "]"), quoting::GivenPrice::kIsReplaced, &line);
  }
  if (pricing.refusal()) return std::nullopt;
  quoting::PriceLines(quote.currency(), after.mutable_lines());
  quoting::PriceLines(after.currency(), after.mutable_lines());
  quoting::ComputeTotals(&after);
  return after;
}

void Add(const Decimal& before, const Decimal& after, AmountTwice* sums) {
  ++sums->count;
  sums->before += before;
  sums->after += after;
}

Decimal TotalOf(const Quote& quote) { return domain::ToDecimal(quote.totals().total()); }

}  // namespace

PriceDifference Compare(const std::vector<Quote>& quotes, domain::Found catalogue,
                        const quoting::v1::PriceList& list) {
  catalogue[list.name()] = std::make_shared<quoting::v1::PriceList>(list);
  quoting::Catalogue by_name(&catalogue);
  const quoting::PriceSource source{list.name(), list.currency(), std::nullopt};
  PriceDifference difference;
  difference.currency = list.currency();
  for (const Quote& quote : quotes) {
    if (quote.currency() != list.currency()) continue;
    const std::optional<Quote> after = Reprice(quote, &by_name, source, &difference.overrides);
    if (!after) {
      difference.unpriced.push_back(quote.name());
      continue;
    }
    ++difference.quotes;
    Add(TotalOf(quote), TotalOf(*after), &difference.by_state[quote.state()]);
    for (int i = 0; i < quote.lines_size(); ++i) {
      const Line& line = quote.lines(i);
      if (!line.product().empty())
        Add(domain::ToDecimal(line.net()), domain::ToDecimal(after->lines(i).net()),
            &difference.by_product[line.product()]);
    }
    if (TotalOf(quote) != TotalOf(*after))
      difference.repriced.push_back({quote.name(), quote.state(), TotalOf(quote), TotalOf(*after)});
  }
  std::sort(difference.unpriced.begin(), difference.unpriced.end());
  std::sort(difference.repriced.begin(), difference.repriced.end(),
            [](const Repriced& a, const Repriced& b) { return a.quote < b.quote; });
  return difference;
}

}  // namespace leadstream::what_if
