// The pipeline, the forecast and the funnel as tables that people read.
#pragma once

#include <string>

#include "leadstream/opportunity/v1/process_service.pb.h"

namespace leadstream::cli {

// Stages by their label in that language, or, where there is none, by their id.
std::string ToTable(const opportunity::v1::GetPipelineResponse& pipeline,
                    const opportunity::v1::ProcessDefinition& process, const std::string& language);
std::string ToTable(const opportunity::v1::GetFunnelResponse& funnel,
                    const opportunity::v1::ProcessDefinition& process, const std::string& language);
// With a column of owners where there are some.
std::string ToTable(const opportunity::v1::GetForecastResponse& forecast);

}  // namespace leadstream::cli
