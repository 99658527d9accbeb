// The pipeline, the forecast and the funnel, read from sums that are kept as events come.
#pragma once

#include <optional>

#include "common/domain/decision.h"
#include "common/domain/reader.h"
#include "leadstream/opportunity/v1/process_service.pb.h"

namespace leadstream::opportunity {

std::optional<domain::Refusal> GetPipeline(const v1::GetPipelineRequest& request,
                                           const domain::Reader& reader,
                                           v1::GetPipelineResponse* response);
std::optional<domain::Refusal> GetForecast(const v1::GetForecastRequest& request,
                                           const domain::Reader& reader,
                                           v1::GetForecastResponse* response);
std::optional<domain::Refusal> GetFunnel(const v1::GetFunnelRequest& request,
                                         const domain::Reader& reader,
                                         v1::GetFunnelResponse* response);

}  // namespace leadstream::opportunity
