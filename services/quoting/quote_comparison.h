// Two revisions of a quote side by side. Pure.
#pragma once

#include <optional>

#include "common/domain/service_definition.h"
#include "leadstream/quoting/v1/comparison.pb.h"

namespace leadstream::quoting {

std::optional<domain::Refusal> CompareQuotes(const v1::CompareQuotesRequest& request,
                                             const domain::Reader& reader,
                                             v1::CompareQuotesResponse* response);

}  // namespace leadstream::quoting
