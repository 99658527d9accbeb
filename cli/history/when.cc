#include "cli/history/when.h"

#include <absl/strings/str_cat.h>

#include <optional>

#include "cli/history/history.h"
#include "cli/history/scan.h"

namespace leadstream::history {

absl::StatusOr<absl::Time> TimeOf(log::EventLog* log, const log::Position& position) {
  const auto [service, partition, offset] = position;
  const absl::Status none =
      absl::OutOfRangeError(absl::StrCat("there is no event at ", log::ToString(position)));
  auto ends = log->Ends(log::TopicOf(service));
  if (absl::IsNotFound(ends.status())) return none;
  if (!ends.ok()) return ends.status();
  auto end = ends->find(partition);
  if (end == ends->end() || offset < 0 || offset >= end->second) return none;
  std::optional<absl::Time> time;
  ScanOptions options;
  options.from[service][partition].next_offset = offset;
  options.to[service][partition] = offset + 1;
  options.seen = [&](size_t, const std::string&, const log::LoggedRecord& logged, bool) {
    if (logged.offset == offset) time = absl::FromUnixMicros(logged.record.time_us());
  };
  absl::Status read = Scan(log, {{service, {partition}}}, options,
                           [](size_t, const std::string&, const log::LoggedRecord&) {});
  if (!read.ok()) return read;
  if (!time) return none;
  return *time;
}

absl::StatusOr<absl::Time> ParseWhen(log::EventLog* log, const std::string& text) {
  if (const auto position = log::ParsePosition(text)) return TimeOf(log, *position);
  auto time = ParseTime(text);
  if (time.ok()) return time;
  return absl::InvalidArgumentError(
      absl::StrCat("'", text,
                   "' is neither a time, such as 2026-03-01 or 2026-03-01T09:30:00Z, nor a "
                   "position, such as lead/3:1041"));
}

}  // namespace leadstream::history
