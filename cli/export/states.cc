#include "cli/export/states.h"

#include <algorithm>

namespace leadstream::exporting {

States::States(const std::vector<domain::ServiceDefinition>& services,
               std::optional<int64_t> until_us)
    : until_us_(until_us) {
  for (const auto& service : services)
    schemas_[service.name] = std::make_unique<store::Schema>(service);
}

void States::Fold(const std::string& service, const log::LoggedRecord& event) {
  const log::Record& record = event.record;
  const store::Collection* collection = schemas_.at(service)->OfName(record.subject());
  if (collection == nullptr) return;  // of a newer version
  State& state = partitions_[{service, event.partition}][record.subject()];
  if (state.ended || (until_us_ && record.time_us() > *until_us_)) {
    state.ended = true;
    return;
  }
  state.collection = collection;
  const domain::Fold* fold = collection->aggregate().FindFold(record.type());
  if (fold != nullptr && fold->deletes) {
    state.resource.clear();
    return;
  }
  auto& resource = folded_[collection];
  if (resource == nullptr) resource.reset(collection->aggregate().prototype().New());
  resource->ParseFromString(state.resource);
  collection->Fold(record, resource.get());
  resource->SerializeToString(&state.resource);
}

absl::Status States::Take(
    const std::string& service, int partition,
    absl::FunctionRef<absl::Status(const std::string& collection, const std::string& resource)>
        show) {
  auto taken = partitions_.extract({service, partition});
  if (taken.empty()) return absl::OkStatus();
  std::vector<const Partition::value_type*> order;
  for (const auto& state : taken.mapped()) {
    if (!state.second.resource.empty()) order.push_back(&state);
  }
  std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->first < b->first; });
  for (const auto* state : order) {
    absl::Status shown =
        show(state->second.collection->aggregate().collection(), state->second.resource);
    if (!shown.ok()) return shown;
  }
  return absl::OkStatus();
}

}  // namespace leadstream::exporting
