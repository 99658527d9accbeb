// The ways to break the protocol, by name.
#pragma once

#include <absl/strings/string_view.h>

#include <vector>

#include "common/runtime/ownership.h"

namespace leadstream::simulation {

struct NamedMutant {
  runtime::Mutant mutant;
  const char* name;
  const char* what;
};

const std::vector<NamedMutant>& Mutants();
// Null: there is none of that name.
const NamedMutant* FindMutant(absl::string_view name);

}  // namespace leadstream::simulation
