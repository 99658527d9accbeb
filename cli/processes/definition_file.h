// A process definition as a YAML file, as deploy/processes has some.
//
//   process: machines                 # its id
//   labels: {en: Machines, hu: Gépek}
//   customer_types: [business]        # not said: of any
//   industries: [manufacturing]       # not said: in any
//   rank: 5
//   retired: false
//   stages:
//     - stage: look
//       labels: {en: Look, hu: Nézelődés}
//       probability: 10
//       forecast_category: PIPELINE
//       required_fields: [need, budget.units]
#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "leadstream/opportunity/v1/process.pb.h"

namespace leadstream::cli {

// InvalidArgument: it cannot be read, or the service would refuse it; each problem in a line of its
// own, "sale.yaml:12: ...", found by the service's own rules before it is asked. The definition has
// its name.
absl::StatusOr<opportunity::v1::ProcessDefinition> ReadDefinition(const std::string& path);

// As the file of it would be. Read again, it is the same.
std::string ToYaml(const opportunity::v1::ProcessDefinition& process);

// What becomes of `before`: all lines of `after`, those that are new behind a "+", and those that
// go behind a "-". Empty: nothing differs.
std::string Difference(const std::string& before, const std::string& after);

}  // namespace leadstream::cli
