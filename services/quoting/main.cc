#include "common/server/server.h"
#include "services/quoting/quoting_context.h"

int main(int argc, char** argv) {
  return leadstream::server::ServeOne(leadstream::quoting::QuotingService(), argc, argv);
}
