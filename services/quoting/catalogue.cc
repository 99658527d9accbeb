#include "services/quoting/catalogue.h"

namespace leadstream::quoting {

Catalogue::Catalogue(const domain::Found* found)
    : find_([found](absl::string_view name) -> Found {
        if (found == nullptr) return nullptr;
        auto at = found->find(name);
        return at == found->end() ? nullptr : at->second;
      }) {}

Catalogue::Catalogue(const domain::Reader& reader)
    : find_([&reader](absl::string_view name) { return reader.Find(name); }) {}

// A query's answer rests on one reading of each resource, though they change meanwhile.
const google::protobuf::Message* Catalogue::FindMessage(absl::string_view name) {
  auto [at, is_new] = known_.try_emplace(std::string(name));
  if (is_new) {
    at->second = find_(name);
    if (at->second == nullptr) missing_.emplace_back(name);
  }
  return at->second.get();
}

}  // namespace leadstream::quoting
