// Resources of some services as they stood, one after the other.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/history/history.h"

namespace leadstream::what_if {

// `show` gets the collection, "leads", and the resource, serialized; one at a time. `until`:
// nothing: now. Unavailable: the log cannot be read now.
absl::Status EachResource(
    history::History* history, const std::vector<std::string>& services,
    std::optional<absl::Time> until, size_t threads,
    const std::function<void(const std::string& collection, const std::string& resource)>& show);

}  // namespace leadstream::what_if
