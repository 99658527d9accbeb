#include <cstdio>
#include <string>
#include <utility>

#include "cli/client.h"
#include "cli/commands.h"

namespace leadstream::cli {

int ExitOf(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "leadstream: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

int WithClient(const std::string& addresses, std::string actor,
               absl::FunctionRef<absl::Status(Client*)> step) {
  auto client = Client::Connect(addresses, std::move(actor));
  return ExitOf(client.ok() ? step(client->get()) : client.status());
}

}  // namespace leadstream::cli
