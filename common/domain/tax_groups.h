// The (category, rate) groups of a document while it is being summed: what totals.cc and parts.cc
// have in common.
#pragma once

#include <absl/strings/string_view.h>

#include <map>
#include <string>
#include <utility>

#include "common/domain/decimal.h"
#include "common/domain/totals.h"
#include "leadstream/common/v1/document.pb.h"

namespace leadstream::domain {

// Category, then rate: the order of Totals.taxes. An empty category is "S".
using TaxKey = std::pair<std::string, Decimal>;

struct TaxGroup {
  Decimal net;       // the sum of its lines, before header discount
  Decimal weight;    // what discount and freight are spread in proportion to
  Decimal discount;  // its share of the header discount
  Decimal freight;   // its share of the freight
  Decimal tax;
  int lines = 0;

  Decimal Taxable() const { return net - discount + freight; }
};

using TaxGroups = std::map<TaxKey, TaxGroup>;

TaxKey KeyOf(const common::v1::Line& line);
TaxKey KeyOf(const common::v1::TaxSubtotal& subtotal);

// The lines' net (as stored in them) summed by group. Weight: the nets' absolute values, or where
// all are 0 the number of lines.
TaxGroups GroupsOf(const Lines& lines);
// Whether no line has a net: then each weighs 1.
bool AllFree(const Lines& lines);

// Gives each group its share of `amount`, in minor units of `digits`, in proportion to the weights,
// by largest remainder.
void Spread(const Decimal& amount, int digits, Decimal TaxGroup::*share, TaxGroups* groups);

// What the rate makes of the taxable amount, rounded once.
Decimal TaxOf(const TaxKey& key, const TaxGroup& group, int digits);

// The sums over the groups. rounding is 0.
common::v1::Totals ToTotals(absl::string_view currency, const TaxGroups& groups);

// What the policy adds to net + tax.
Decimal RoundingOf(const common::v1::Totals& totals, const RoundingPolicy& policy);
// Sets rounding, and total with it.
void SetRounding(const Decimal& rounding, common::v1::Totals* totals);

}  // namespace leadstream::domain
