#include "common/domain/aggregate.h"

#include <absl/container/flat_hash_set.h>

namespace leadstream::domain {

std::vector<std::string> StillNeeded(const Command& command, const Message& state,
                                     const Message& request, const Found& found) {
  std::vector<std::string> needed;
  if (!command.needs) return needed;
  absl::flat_hash_set<std::string> seen;
  for (std::string& name : command.needs(state, request, found)) {
    if (!found.contains(name) && seen.insert(name).second) needed.push_back(std::move(name));
  }
  return needed;
}

Aggregate::Aggregate(std::string collection, const Message* prototype)
    : collection_(std::move(collection)), prototype_(prototype) {}

const Command* Aggregate::FindCommand(const google::protobuf::Descriptor* request) const {
  auto at = commands_.find(request);
  return at == commands_.end() ? nullptr : &at->second;
}

const Timer* Aggregate::FindTimer(absl::string_view name) const {
  for (const Timer& timer : timers_) {
    if (timer.name == name) return &timer;
  }
  return nullptr;
}

const Fold* Aggregate::FindFold(absl::string_view event_type) const {
  auto at = folds_.find(event_type);
  return at == folds_.end() ? nullptr : &at->second;
}

}  // namespace leadstream::domain
