// What the nodes of a run share.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/runtime/ownership.h"
#include "common/store/schema.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/scheduler.h"
#include "tests/simulation/simulated_log.h"

namespace leadstream::simulation {

class Node;

// A service as all its nodes know it; made once, for all runs.
struct ServiceType {
  explicit ServiceType(domain::ServiceDefinition service);
  const domain::ServiceDefinition definition;
  const store::Schema schema;
};
// "quoting", "ordering" or "billing".
const ServiceType& TypeOf(const std::string& service);

struct World {
  World(uint64_t seed, runtime::Mutant broken, bool verbose)
      : scheduler(seed, verbose), random(scheduler.random()), mutant(broken), seed_(seed) {}

  Scheduler scheduler;
  Random& random;
  const runtime::Mutant mutant;
  Faults faults;
  SimulatedLog log{&scheduler, &faults};
  std::vector<std::string> services;
  // A node has begun a new life.
  std::function<void(const std::string& service)> joined;
  std::map<std::string, std::vector<Node*>> nodes;  // by service

  std::vector<Node*> AllNodes() const;
  Node* FindNode(const std::string& name) const;  // null: there is none
  // Whether what one sends reaches the other. Clients reach everyone.
  bool Connected(const std::string& one, const std::string& other) const;
  void Cut(const std::string& one, const std::string& other, absl::Time until);
  // Unique, and the same in the same run.
  std::string NewId();

 private:
  const uint64_t seed_;
  int64_t ids_ = 0;
  std::map<std::pair<std::string, std::string>, absl::Time> cut_until_;
};

}  // namespace leadstream::simulation
