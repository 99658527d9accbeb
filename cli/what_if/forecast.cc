#include "cli/what_if/forecast.h"

#include <algorithm>

#include "common/domain/tally.h"
#include "services/opportunity/pipeline_tallies.h"

namespace leadstream::what_if {
namespace {

using opportunity::v1::Opportunity;
using opportunity::v1::ProcessDefinition;
using opportunity::v1::ProcessStage;

void Add(const std::vector<domain::TallyEntry>& entries, Weighed WeighedTwice::*side, Sums* sums) {
  for (const domain::TallyEntry& entry : entries) {
    Weighed& weighed = (*sums)[entry.key].*side;
    ++weighed.count;
    weighed.revenue += entry.numbers[0];
    weighed.weighted += entry.numbers[1];
  }
}

const ProcessStage* StageOf(const ProcessDefinition& process, const std::string& stage) {
  for (const ProcessStage& one : process.stages()) {
    if (one.stage() == stage) return &one;
  }
  return nullptr;
}

}  // namespace

ForecastDifference Compare(const std::vector<Opportunity>& opportunities,
                           const ProcessDefinition& process) {
  ForecastDifference difference;
  for (const Opportunity& before : opportunities) {
    if (before.state() != Opportunity::OPEN || before.process_definition() != process.name())
      continue;
    ++difference.opportunities;
    Opportunity after = before;
    if (const ProcessStage* stage = StageOf(process, before.stage())) {
      after.set_probability(stage->probability());
      after.set_forecast_category(stage->forecast_category());
    } else {
      difference.stage_lacks.push_back(before.name());
    }
    Add(opportunity::PipelineEntries(before), &WeighedTwice::before, &difference.by_stage);
    Add(opportunity::PipelineEntries(after), &WeighedTwice::after, &difference.by_stage);
    Add(opportunity::ForecastEntries(before), &WeighedTwice::before, &difference.by_month);
    Add(opportunity::ForecastEntries(after), &WeighedTwice::after, &difference.by_month);
  }
  std::sort(difference.stage_lacks.begin(), difference.stage_lacks.end());
  return difference;
}

}  // namespace leadstream::what_if
