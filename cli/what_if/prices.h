// Quotes under another price list.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decimal.h"
#include "leadstream/quoting/v1/price_list.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"

namespace leadstream::what_if {

struct Repriced {
  std::string quote;
  quoting::v1::Quote::State state = quoting::v1::Quote::STATE_UNSPECIFIED;
  domain::Decimal before, after;  // in all, taxes included
};

struct AmountTwice {
  int64_t count = 0;
  domain::Decimal before, after;
};

struct PriceDifference {
  std::string currency;
  int64_t quotes = 0;              // that the list could price
  int64_t overrides = 0;           // lines whose price somebody gave; they keep it
  std::vector<Repriced> repriced;  // which come to something else, in the order of their names
  std::vector<std::string>
      unpriced;  // that hold what the list has no price for; they stay as they are
  std::map<quoting::v1::Quote::State, AmountTwice> by_state;  // quotes, taxes included
  std::map<std::string, AmountTwice> by_product;  // lines, before header discount and tax
};

// By quoting's own rules, over quotes in the list's currency as they stand, in their newest
// revision: every line of a product at the price that `list` has for it, whatever its validity;
// line and header discounts as they were given. `catalogue`: products and price lists by name;
// `list` stands in the place of one of its name.
PriceDifference Compare(const std::vector<quoting::v1::Quote>& quotes, domain::Found catalogue,
                        const quoting::v1::PriceList& list);

}  // namespace leadstream::what_if
