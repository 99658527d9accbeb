#include "common/server/server.h"
#include "services/ordering/ordering_context.h"

int main(int argc, char** argv) {
  return leadstream::server::ServeOne(leadstream::ordering::OrderingService(), argc, argv);
}
