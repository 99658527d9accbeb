// Products and price lists by name, for rules that follow references from one to the next: a bundle
// to its components, a price list to the one it is a percentage of.
//
//   Catalogue catalogue(context.found);
//   const Product* product = catalogue.Find<Product>("products/panel");
//
// What was asked for and is not here is remembered, so that one and the same walk answers what a
// command needs (`missing`) and, once that was found, what it comes to.
#pragma once

#include <absl/strings/string_view.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/service_definition.h"

namespace leadstream::quoting {

class Catalogue {
 public:
  // What a command found; null: nothing yet. It outlives this.
  explicit Catalogue(const domain::Found* found);
  // What is in the read model. It outlives this.
  explicit Catalogue(const domain::Reader& reader);

  // Null if it is not here. The pointer holds as long as this.
  template <typename Resource>
  const Resource* Find(absl::string_view name) {
    return dynamic_cast<const Resource*>(FindMessage(name));
  }
  // What was asked for and is not here, in the order of asking, each once.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  using Found = std::shared_ptr<const google::protobuf::Message>;

  const google::protobuf::Message* FindMessage(absl::string_view name);

  std::function<Found(absl::string_view)> find_;
  absl::flat_hash_map<std::string, Found> known_;
  std::vector<std::string> missing_;
};

}  // namespace leadstream::quoting
