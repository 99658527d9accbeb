#include "cli/all_services.h"

#include "services/billing/billing_context.h"
#include "services/lead/lead_context.h"
#include "services/opportunity/opportunity_context.h"
#include "services/ordering/ordering_context.h"
#include "services/quoting/quoting_context.h"

namespace leadstream::cli {

std::vector<domain::ServiceDefinition> AllServices() {
  return {lead::LeadService(), opportunity::OpportunityService(), quoting::QuotingService(),
          ordering::OrderingService(), billing::BillingService()};
}

}  // namespace leadstream::cli
