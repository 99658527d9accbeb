// Our companies, and what their invoices take from them when they are issued. Pure: no clock, no
// I/O.
//
// A seller's partition remembers it, so an invoice sees its seller as it is in the moment of issue,
// whichever was written first; and what was issued keeps what it said.
#pragma once

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/billing/v1/seller.pb.h"
#include "leadstream/billing/v1/seller_service.pb.h"

namespace leadstream::billing {

domain::Decision Decide(const v1::Seller&, const v1::CreateSellerRequest&, const domain::Context&);
domain::Decision Decide(const v1::Seller&, const v1::UpdateSellerRequest&, const domain::Context&);

void Evolve(const v1::SellerCreated&, v1::Seller*);
void Evolve(const v1::SellerUpdated&, v1::Seller*);

void Remember(const v1::SellerCreated&, const v1::Seller& after, domain::MutableFacts*);
void Remember(const v1::SellerUpdated&, const v1::Seller& after, domain::MutableFacts*);

// What a draft that is to be issued does not say itself. Nothing, if its seller is not described.
void FillFromSeller(const domain::Facts& facts, v1::Invoice* draft);

}  // namespace leadstream::billing
