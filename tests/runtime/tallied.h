// A kind of resource as its service has it, and sums kept beside it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/domain/aggregate.h"
#include "common/domain/tally.h"

namespace leadstream::testing {

template <typename State>
class Tallied : public domain::Aggregate {
 public:
  Tallied(domain::Aggregate aggregate, std::string name,
          std::vector<domain::TallyEntry> (*entries)(const State&))
      : Aggregate(std::move(aggregate)) {
    tallies_.push_back({std::move(name), [entries](const domain::Message& state) {
                          return entries(static_cast<const State&>(state));
                        }});
  }
};

}  // namespace leadstream::testing
