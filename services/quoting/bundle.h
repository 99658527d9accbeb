// What is sold of a product, and what its bundles may be made of.
#pragma once

#include <string>
#include <vector>

#include "common/domain/decision.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/product.pb.h"
#include "services/quoting/catalogue.h"

namespace leadstream::quoting {

// A bundle of bundles of ... so deep: it bounds what one line may lead to.
inline constexpr int kBundleDepthMax = 5;

// Whether some revision of it can be put on a line.
bool IsSold(const v1::Product& product);
// What that revision says: the one before the draft, while there is one.
v1::SoldRevision WhatIsSold(const v1::Product& product);
// Makes the product that revision again.
void TakeBack(const v1::SoldRevision& sold, v1::Product* product);
// Why it is not: PRODUCT_RETIRED or PRODUCT_NOT_ACTIVE.
v1::ErrorReason WhyNotSold(const v1::Product& product);

// The components through which the product would hold itself, or be nested too deep, whichever
// revision of them is looked at; as "product.components[2].product".
std::vector<domain::FieldViolation> NestingProblems(const v1::Product& product,
                                                    Catalogue* catalogue);
// The components that are not sold.
std::vector<domain::FieldViolation> UnsoldComponents(const v1::Product& product,
                                                     Catalogue* catalogue);
// The components of which a bundle cannot hold that much.
std::vector<domain::FieldViolation> ComponentQuantityProblems(const v1::Product& product,
                                                              Catalogue* catalogue);

}  // namespace leadstream::quoting
