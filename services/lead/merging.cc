#include "services/lead/merging.h"

#include <absl/container/flat_hash_set.h>

#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::lead {
namespace {

std::string MergedInto(const std::string& name, const domain::Reader& reader) {
  if (const auto lead = reader.Find<v1::Lead>(name)) return lead->merged_into();
  if (const auto account = reader.Find<v1::Account>(name)) return account->merged_into();
  if (const auto contact = reader.Find<v1::Contact>(name)) return contact->merged_into();
  return "";
}

}  // namespace

std::string SurvivorOf(const std::string& name, const domain::Reader& reader) {
  absl::flat_hash_set<std::string> seen;
  std::string survivor = name;
  for (std::string next = name; !next.empty(); next = MergedInto(next, reader)) {
    if (!seen.insert(next).second) return name;
    survivor = next;
  }
  return survivor;
}

}  // namespace leadstream::lead
