// What an opportunity counts under in the pipeline, the forecast and the funnel. The sums of it all
// are kept beside the opportunities (common/domain/tally.h).
#pragma once

#include <google/type/date.pb.h>

#include <string>
#include <vector>

#include "common/domain/tally.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"

namespace leadstream::opportunity {

// Open ones. Keys: process, customer type, stage, currency; numbers: revenue, weighted revenue.
inline constexpr char kPipeline[] = "pipeline";
// The same of each owner: process, owner, customer type, stage, currency.
inline constexpr char kPipelineOfOwner[] = "pipeline_of_owner";
// Open ones by when they would be won, and won ones by when they were; not those that are omitted.
// Keys: month, category, currency; numbers as above.
inline constexpr char kForecast[] = "forecast";
// The same of each owner: owner, month, category, currency.
inline constexpr char kForecastOfOwner[] = "forecast_of_owner";
// Each stage that one came to. Keys: process, month of its creation, stage (kWonStage: it was won);
// numbers: whether it went on, whether it was lost there, and, of those that went on, how long it
// stood there, in microseconds.
inline constexpr char kFunnel[] = "funnel";
inline constexpr char kWonStage[] = "";

std::vector<domain::TallyEntry> PipelineEntries(const v1::Opportunity& opportunity);
std::vector<domain::TallyEntry> PipelineOfOwnerEntries(const v1::Opportunity& opportunity);
std::vector<domain::TallyEntry> ForecastEntries(const v1::Opportunity& opportunity);
std::vector<domain::TallyEntry> ForecastOfOwnerEntries(const v1::Opportunity& opportunity);
std::vector<domain::TallyEntry> FunnelEntries(const v1::Opportunity& opportunity);

// "2026-03", so that the order of keys is that of months; empty for a date that is not given.
std::string MonthKey(const google::type::Date& date);
// The month of a key; its day is 0.
google::type::Date MonthOf(const std::string& key);
// "2": a category as a key, in the order of the enum.
std::string CategoryKey(v1::Opportunity::ForecastCategory category);
v1::Opportunity::ForecastCategory CategoryOf(const std::string& key);

}  // namespace leadstream::opportunity
