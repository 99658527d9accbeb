// Resources in memory, found by name and by keys, as the read model finds them; it is empty until
// some are added.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/aggregate.h"
#include "common/domain/reader.h"
#include "common/domain/tally.h"

namespace leadstream::testing {

class Known : public domain::Reader {
 public:
  template <typename Resource>
  Known& Add(const domain::Aggregate& aggregate, const std::string& name, Resource resource) {
    resource.set_name(name);
    for (const domain::Index& index : aggregate.indexes()) {
      if (index.kind != domain::Index::Kind::kKeyed) continue;
      for (const std::string& key : index.keys(resource))
        by_key_[{aggregate.collection(), index.name, key}].insert(name);
    }
    for (const domain::Tally& tally : aggregate.tallies()) {
      for (const domain::TallyEntry& entry : tally.entries(resource))
        tallies_[{aggregate.collection(), tally.name}][entry.key].Add({1, entry.numbers});
    }
    Put(std::move(resource));
    return *this;
  }
  // Found by its name alone.
  template <typename Resource>
  void Put(Resource resource) {
    const std::string name = resource.name();
    found_[name] = std::make_shared<Resource>(std::move(resource));
  }
  const domain::Found& found() const { return found_; }

  std::shared_ptr<const google::protobuf::Message> Find(absl::string_view name) const override {
    auto at = found_.find(name);
    return at == found_.end() ? nullptr : at->second;
  }
  using Reader::Find;
  // It has no history, and no clock.
  std::shared_ptr<const google::protobuf::Message> FindAt(absl::string_view,
                                                          int64_t) const override {
    return nullptr;
  }
  google::protobuf::Timestamp Now() const override { return {}; }

  std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                 absl::string_view key, size_t limit,
                                 absl::string_view after) const override {
    auto at = by_key_.find({std::string(collection), std::string(index), std::string(key)});
    if (at == by_key_.end()) return {};
    std::vector<std::string> names;
    for (const std::string& name : at->second) {
      if (name > after) names.push_back(name);
    }
    if (names.size() > limit) names.resize(limit);
    return names;
  }
  std::string LastKeyed(absl::string_view collection, absl::string_view index,
                        absl::string_view key, absl::string_view up_to) const override {
    auto at = by_key_.find({std::string(collection), std::string(index), std::string(key)});
    if (at == by_key_.end()) return "";
    auto behind = at->second.upper_bound(std::string(up_to));
    return behind == at->second.begin() ? "" : *std::prev(behind);
  }
  std::vector<domain::TallySum> Tallies(
      absl::string_view collection, absl::string_view tally,
      const std::vector<domain::TallyBounds>& bounds) const override {
    std::vector<domain::TallySum> within;
    auto at = tallies_.find({std::string(collection), std::string(tally)});
    if (at == tallies_.end()) return within;
    for (const auto& [key, total] : at->second) {
      bool is_within = true;
      for (size_t i = 0; i < bounds.size(); ++i)
        is_within &= !bounds[i].bounded || (bounds[i].first <= key[i] && key[i] <= bounds[i].last);
      if (is_within) within.push_back({key, total});
    }
    return within;
  }

 private:
  struct Key {
    std::string collection, index, key;
    auto operator<=>(const Key&) const = default;
  };
  domain::Found found_;
  std::map<Key, std::set<std::string>> by_key_;
  std::map<std::pair<std::string, std::string>,
           std::map<std::vector<std::string>, domain::TallyTotal>>
      tallies_;
};

}  // namespace leadstream::testing
