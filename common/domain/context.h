// What a rule may know beyond the state and the request: all of it arrives here, so that rules stay
// pure.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace leadstream::domain {

// What a partition remembers beyond its resources: the last number of a series, a payment reference
// that was used. Folded from the events of that partition alone and read in its order, so what it
// says is exact, not eventually so.
class Facts {
 public:
  virtual ~Facts() = default;
  // The value remembered under `key`; nothing if there is none.
  virtual std::optional<std::string> Get(absl::string_view key) const = 0;
};

class MutableFacts : public Facts {
 public:
  virtual void Put(absl::string_view key, absl::string_view value) = 0;
};

// Other resources that the command refers to, read before it was decided: of this service or of
// another.
using Found = absl::flat_hash_map<std::string, std::shared_ptr<const google::protobuf::Message>>;

struct Context {
  // When the command is decided; what time rules compare with. Microseconds.
  google::protobuf::Timestamp now;
  // Who asks.
  std::string actor;
  // The full name of the resource that the command changes, known also when it is being created.
  std::string name;
  // The partition that resource lives in: what makes a number unique without asking another writer.
  int partition = 0;
  const Facts* facts = nullptr;
  const Found* found = nullptr;

  // A resource that the command's `Needs` named. It is always there: a command whose needs do not
  // exist is refused (REFERENCE_NOT_FOUND) before the rules are asked. Null only for a name that
  // was not named as needed.
  template <typename Resource>
  const Resource* Find(absl::string_view resource_name) const {
    if (found == nullptr) return nullptr;
    auto at = found->find(resource_name);
    return at == found->end() ? nullptr : dynamic_cast<const Resource*>(at->second.get());
  }
  // All resources of a kind that were found, in name order: every one that there is, if `Needs`
  // named the collection as `scoringRules/-`.
  template <typename Resource>
  std::vector<const Resource*> FindAll() const {
    std::vector<const Resource*> all;
    if (found == nullptr) return all;
    for (const auto& entry : *found) {
      if (const auto* one = dynamic_cast<const Resource*>(entry.second.get())) all.push_back(one);
    }
    std::sort(all.begin(), all.end(),
              [](const Resource* a, const Resource* b) { return a->name() < b->name(); });
    return all;
  }
};

}  // namespace leadstream::domain
