// The process that opportunities follow unless they name another: a table, as a process definition
// is.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include "leadstream/opportunity/v1/opportunity.pb.h"

namespace leadstream::opportunity {

struct Stage {
  // Never changes: it is in opportunities and in events.
  absl::string_view id;
  // Percent.
  int probability;
  v1::Opportunity::ForecastCategory forecast_category;
};

// In order.
absl::Span<const Stage> DefaultStages();
// Null if the default process has no such stage.
const Stage* FindStage(absl::string_view id);

}  // namespace leadstream::opportunity
