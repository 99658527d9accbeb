// Leads under other scoring rules.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/lead/v1/scoring_rule.pb.h"

namespace leadstream::what_if {

struct Rescored {
  std::string lead;
  lead::v1::Lead::State state = lead::v1::Lead::STATE_UNSPECIFIED;
  lead::v1::LeadScored before, after;
};

// How many leads have a grade, and what became of them.
struct GradeCount {
  int64_t leads = 0, qualified = 0, disqualified = 0;
};

struct ScoringDifference {
  int64_t leads = 0;
  std::vector<Rescored> rescored;  // whose score or grade differs, in the order of their names
  int64_t regraded = 0;            // of these, whose grade differs
  std::map<lead::v1::Lead::Grade, GradeCount> before, after;
};

// By the service's own rules, over leads as they stand: what one set of rules makes of each, and
// what another would. Merged leads live on in others, and are not counted.
ScoringDifference Compare(const std::vector<lead::v1::Lead>& leads,
                          const std::vector<lead::v1::ScoringRule>& before,
                          const std::vector<lead::v1::ScoringRule>& after);

}  // namespace leadstream::what_if
