// The billing service: invoices, what is paid on them and what is credited.
#pragma once

#include "common/domain/aggregate.h"
#include "common/domain/service_definition.h"

namespace leadstream::billing {

domain::Aggregate InvoiceAggregate();
// Payments that settle several invoices.
domain::Aggregate PaymentAggregate();
// Our companies, in whose name is invoiced.
domain::Aggregate SellerAggregate();
domain::ServiceDefinition BillingService();

}  // namespace leadstream::billing
