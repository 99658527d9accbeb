#include "tests/simulation/world.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "common/log/position.h"
#include "common/runtime/ids.h"
#include "common/runtime/parked_reactions.h"
#include "services/billing/billing_context.h"
#include "services/ordering/ordering_context.h"
#include "services/quoting/quoting_context.h"
#include "tests/simulation/node.h"

namespace leadstream::simulation {

ServiceType::ServiceType(domain::ServiceDefinition service)
    : definition(runtime::WithParkedReactions(std::move(service))), schema(definition) {}

const ServiceType& TypeOf(const std::string& service) {
  static const auto* const types = new std::map<std::string, ServiceType>([] {
    std::map<std::string, ServiceType> all;
    all.try_emplace("quoting", quoting::QuotingService());
    all.try_emplace("ordering", ordering::OrderingService());
    all.try_emplace("billing", billing::BillingService());
    return all;
  }());
  return types->at(service);
}

std::vector<Node*> World::AllNodes() const {
  std::vector<Node*> all;
  for (const auto& [service, some] : nodes) all.insert(all.end(), some.begin(), some.end());
  return all;
}

Node* World::FindNode(const std::string& name) const {
  for (Node* node : AllNodes()) {
    if (node->name() == name) return node;
  }
  return nullptr;
}

bool World::Connected(const std::string& one, const std::string& other) const {
  if (faults.nodes_apart) return false;
  auto at = cut_until_.find(std::minmax(one, other));
  return at == cut_until_.end() || at->second <= scheduler.now();
}

void World::Cut(const std::string& one, const std::string& other, absl::Time until) {
  cut_until_[std::minmax(one, other)] = until;
}

std::string World::NewId() {
  return runtime::UuidOf({"simulation", absl::StrCat(seed_), absl::StrCat(++ids_)});
}

}  // namespace leadstream::simulation
