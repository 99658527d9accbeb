// Log lines as JSON objects: {"time":"...","level":"info","message":"..."}, redacted
// (redaction.h), with trace_id and span_id where they belong to a trace.
#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace leadstream::server {

std::unique_ptr<spdlog::formatter> NewJsonFormatter();

}  // namespace leadstream::server
