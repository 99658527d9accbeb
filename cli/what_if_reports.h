// What would differ, as text and as one JSON object.
#pragma once

#include <cstddef>
#include <string>

#include "cli/what_if/forecast.h"
#include "cli/what_if/prices.h"
#include "cli/what_if/scoring.h"

namespace leadstream::cli {

// Of the leads, or quotes, that would differ a table shows `rows_max`; JSON all.
std::string ToText(const what_if::ScoringDifference& difference, size_t rows_max);
std::string ToText(const what_if::ForecastDifference& difference, size_t rows_max);
std::string ToText(const what_if::PriceDifference& difference, size_t rows_max);
std::string ToJson(const what_if::ScoringDifference& difference);
std::string ToJson(const what_if::ForecastDifference& difference);
std::string ToJson(const what_if::PriceDifference& difference);

}  // namespace leadstream::cli
