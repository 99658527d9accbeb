// The pipeline and the forecast under another process definition.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/domain/decimal.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/opportunity/v1/process.pb.h"

namespace leadstream::what_if {

struct Weighed {
  int64_t count = 0;
  domain::Decimal revenue, weighted;
};
struct WeighedTwice {
  Weighed before, after;
};
// By the keys of the service's own tally (services/opportunity/pipeline_tallies.h).
using Sums = std::map<std::vector<std::string>, WeighedTwice>;

struct ForecastDifference {
  int64_t opportunities = 0;  // open ones that follow the process
  std::vector<std::string>
      stage_lacks;  // those whose stage the other has not; they stay as they are
  Sums by_stage;    // process, customer type, stage, currency
  Sums by_month;    // closing month, forecast category, currency
};

// Open opportunities as they stand, each with the probability and the forecast category that its
// stage has in `process`, which is told by its name which they follow; "": the default one.
ForecastDifference Compare(const std::vector<opportunity::v1::Opportunity>& opportunities,
                           const opportunity::v1::ProcessDefinition& process);

}  // namespace leadstream::what_if
