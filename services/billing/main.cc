#include "common/server/server.h"
#include "services/billing/billing_context.h"

int main(int argc, char** argv) {
  return leadstream::server::ServeOne(leadstream::billing::BillingService(), argc, argv);
}
