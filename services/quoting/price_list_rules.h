// What may happen to a price list. Pure: no clock, no I/O.
//
// Always: one item per product and unit; what an item refers to existed when it was set. That the
// lists which are percentages of each other end somewhere is seen when something is priced, because
// no writer sees them all.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/quoting/v1/catalogue_events.pb.h"
#include "leadstream/quoting/v1/price_list.pb.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"

namespace leadstream::quoting {

using domain::Context;
using domain::Decision;

// It bounds the size of a price list.
inline constexpr int kPriceListItemsMax = 10'000;

Decision Decide(const v1::PriceList&, const v1::CreatePriceListRequest&, const Context&);
Decision Decide(const v1::PriceList&, const v1::UpdatePriceListRequest&, const Context&);
Decision Decide(const v1::PriceList&, const v1::DeletePriceListRequest&, const Context&);
Decision Decide(const v1::PriceList&, const v1::SetPriceListItemsRequest&, const Context&);
Decision Decide(const v1::PriceList&, const v1::RemovePriceListItemRequest&, const Context&);

// The products and base lists of the given items.
std::vector<std::string> Needs(const v1::CreatePriceListRequest&);
std::vector<std::string> Needs(const v1::SetPriceListItemsRequest&);

void Evolve(const v1::PriceListCreated&, v1::PriceList*);
void Evolve(const v1::PriceListUpdated&, v1::PriceList*);
void Evolve(const v1::PriceListItemsSet&, v1::PriceList*);
void Evolve(const v1::PriceListItemRemoved&, v1::PriceList*);

}  // namespace leadstream::quoting
