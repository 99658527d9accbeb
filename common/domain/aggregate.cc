#include "common/domain/aggregate.h"

namespace leadstream::domain {

Aggregate::Aggregate(std::string collection, const Message* prototype)
    : collection_(std::move(collection)), prototype_(prototype) {}

const Command* Aggregate::FindCommand(const google::protobuf::Descriptor* request) const {
  auto at = commands_.find(request);
  return at == commands_.end() ? nullptr : &at->second;
}

const Fold* Aggregate::FindFold(absl::string_view event_type) const {
  auto at = folds_.find(event_type);
  return at == folds_.end() ? nullptr : &at->second;
}

}  // namespace leadstream::domain
