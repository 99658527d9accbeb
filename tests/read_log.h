// All that a topic holds now, partition by partition in order.
#pragma once

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <functional>
#include <string>

#include "common/log/event_log.h"

namespace leadstream::testing {

inline absl::Status EachRecord(log::EventLog* log, const std::string& topic,
                               const std::function<void(log::LoggedRecord)>& take) {
  auto all = log->Ends(topic);
  if (!all.ok()) return all.status();
  log::Positions from, ends;
  for (const auto& [partition, end] : *all) {
    if (end == 0) continue;
    from[partition] = 0;
    ends[partition] = end;
  }
  auto cursor = log->Read(topic, from);
  if (!cursor.ok()) return cursor.status();
  while (!ends.empty()) {
    auto records = (*cursor)->Next(1'000, absl::Now() + absl::Seconds(30));
    if (!records.ok()) return records.status();
    if (records->empty())
      return absl::UnavailableError(absl::StrCat("the log of ", topic, " does not answer"));
    for (log::LoggedRecord& logged : *records) {
      auto end = ends.find(logged.partition);
      if (end == ends.end()) continue;  // written meanwhile
      if (logged.offset + 1 == end->second) ends.erase(end);
      take(std::move(logged));
    }
  }
  return absl::OkStatus();
}

}  // namespace leadstream::testing
