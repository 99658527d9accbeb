// Identifiers and hashes.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <initializer_list>
#include <string>

namespace leadstream::runtime {

// A UUID version 7 (RFC 9562): sorted by time. Thread-safe.
std::string NewUuid(int64_t time_us);
// A UUID version 8 that follows from the parts: the same for the same ones.
std::string UuidOf(std::initializer_list<absl::string_view> parts);
// 16 bytes that tell one request from another: method and content, whatever order its maps have in
// memory.
std::string HashOf(const google::protobuf::Message& request);
// Wall clock, microseconds since the Unix epoch.
int64_t NowMicros();

}  // namespace leadstream::runtime
