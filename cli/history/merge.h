// Partitions of several topics as one story: events that count, in the order of their time; those
// of one partition in the order of the log.
#pragma once

#include <absl/status/status.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/log/event_log.h"

namespace leadstream::history {

// False: no more.
using Take = std::function<bool(const std::string& service, const log::LoggedRecord& event)>;

// Partitions of one service's topic.
using Share = std::pair<std::string, std::vector<int>>;

// Each partition up to where it ends as this begins. Unavailable: the log cannot be read now.
absl::Status EachInTime(log::EventLog* log, const std::vector<Share>& shares, const Take& take);

}  // namespace leadstream::history
