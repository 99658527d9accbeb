// What is wrong with items of a price list.
#pragma once

#include <string>
#include <vector>

#include "common/domain/decision.h"
#include "leadstream/quoting/v1/price_list.pb.h"
#include "services/quoting/catalogue.h"

namespace leadstream::quoting {

using Items = google::protobuf::RepeatedPtrField<v1::PriceListItem>;

// The position of the item for a product and unit; -1 if there is none.
int FindItem(const Items& items, absl::string_view product, absl::string_view unit);

// The product's own unit is written as the empty one, so that there is one name for it.
void WriteOwnUnitsEmpty(Catalogue* catalogue, Items* items);

// All that is wrong with them, as "price_list.items[2].tiers[0].percent" where `path` is
// "price_list.items". `list` is the one they are for, by name and currency.
std::vector<domain::FieldViolation> ItemProblems(const Items& items, absl::string_view path,
                                                 const v1::PriceList& list, Catalogue* catalogue);

// What is wrong with a rounding policy.
std::vector<domain::FieldViolation> RoundingProblems(const v1::RoundingPolicy& policy,
                                                     const std::string& path);

}  // namespace leadstream::quoting
