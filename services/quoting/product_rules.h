// What may happen to a product. Pure: no clock, no I/O.
//
// Always: what was ever active is never deleted; its unit stays, because prices and costs are per
// unit; while the next revision is drafted, the one before is sold (`sold`); a bundle never holds
// itself, as far as one writer can see: two bundles that are put into each other at once are found
// when they are priced.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/quoting/v1/catalogue_events.pb.h"
#include "leadstream/quoting/v1/product.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"

namespace leadstream::quoting {

using domain::Context;
using domain::Decision;

Decision Decide(const v1::Product&, const v1::CreateProductRequest&, const Context&);
Decision Decide(const v1::Product&, const v1::UpdateProductRequest&, const Context&);
Decision Decide(const v1::Product&, const v1::DeleteProductRequest&, const Context&);
Decision Decide(const v1::Product&, const v1::ActivateProductRequest&, const Context&);
Decision Decide(const v1::Product&, const v1::ReviseProductRequest&, const Context&);
Decision Decide(const v1::Product&, const v1::RetireProductRequest&, const Context&);

// The components, and theirs.
std::vector<std::string> Needs(const v1::Product&, const v1::CreateProductRequest&,
                               const domain::Found&);
std::vector<std::string> Needs(const v1::Product&, const v1::UpdateProductRequest&,
                               const domain::Found&);
std::vector<std::string> Needs(const v1::Product&, const v1::ActivateProductRequest&,
                               const domain::Found&);

void Evolve(const v1::ProductCreated&, v1::Product*);
void Evolve(const v1::ProductUpdated&, v1::Product*);
void Evolve(const v1::ProductActivated&, v1::Product*);
void Evolve(const v1::ProductRevised&, v1::Product*);
void Evolve(const v1::ProductRetired&, v1::Product*);

}  // namespace leadstream::quoting
