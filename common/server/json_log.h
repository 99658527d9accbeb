// Log lines as JSON objects: {"time":"...","level":"info","message":"..."}.
#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace leadstream::server {

std::unique_ptr<spdlog::formatter> NewJsonFormatter();

}  // namespace leadstream::server
