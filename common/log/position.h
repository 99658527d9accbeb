// A position as callers see it: "lead/3:1041", the topic's service, the partition, the offset of
// one event.
#pragma once

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace leadstream::log {

// The topic of a service.
inline std::string TopicOf(absl::string_view service) {
  return absl::StrCat("leadstream.", service);
}

// The group under which a service keeps how far its reactions have read.
inline std::string ReactionGroupOf(absl::string_view service) {
  return absl::StrCat("leadstream.", service, ".reactions");
}

struct Position {
  std::string service;
  int partition = 0;
  int64_t offset = 0;
};

inline std::string ToString(const Position& position) {
  return absl::StrCat(position.service, "/", position.partition, ":", position.offset);
}

inline std::optional<Position> ParsePosition(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::ByAnyChar("/:"));
  Position position;
  if (parts.size() != 3 || parts[0].empty() || !absl::SimpleAtoi(parts[1], &position.partition) ||
      !absl::SimpleAtoi(parts[2], &position.offset)) {
    return std::nullopt;
  }
  if (position.partition < 0 || position.offset < 0) return std::nullopt;
  position.service = std::string(parts[0]);
  return position;
}

}  // namespace leadstream::log
