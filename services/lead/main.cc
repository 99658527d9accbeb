#include "common/server/server.h"
#include "services/lead/lead_context.h"

int main(int argc, char** argv) {
  return leadstream::server::ServeOne(leadstream::lead::LeadService(), argc, argv);
}
