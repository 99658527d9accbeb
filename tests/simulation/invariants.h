// What must hold at the end of every run: the log, the answers and the read models compared by a
// reading of the log that shares nothing with the code under test but the rules of the services.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/clients.h"
#include "tests/simulation/world.h"

namespace leadstream::simulation {

// An event that counts.
struct Counted {
  std::string service;
  int partition = 0;
  int64_t offset = 0;
  const log::Record* record = nullptr;
};

// By the rule of architecture.md, section 4.
std::vector<Counted> EventsThatCount(const World& world, const std::string& service);
// What does not hold, one line each.
std::vector<std::string> Violations(World* world, const Clients& clients);

}  // namespace leadstream::simulation
