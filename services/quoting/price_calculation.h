// What lines would cost, without storing anything. Pure.
#pragma once

#include <optional>

#include "common/domain/service_definition.h"
#include "leadstream/quoting/v1/calculation.pb.h"

namespace leadstream::quoting {

std::optional<domain::Refusal> CalculatePrice(const v1::CalculatePriceRequest& request,
                                              const domain::Reader& reader,
                                              v1::CalculatePriceResponse* response);

}  // namespace leadstream::quoting
