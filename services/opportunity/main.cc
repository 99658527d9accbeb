#include "common/server/server.h"
#include "services/opportunity/opportunity_context.h"

int main(int argc, char** argv) {
  return leadstream::server::ServeOne(leadstream::opportunity::OpportunityService(), argc, argv);
}
