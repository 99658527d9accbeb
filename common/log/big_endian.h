// Integers as bytes whose order is the numbers' own (of those that are not negative).
#pragma once

#include <absl/base/internal/endian.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>

namespace leadstream::log {

inline std::string BigEndian32(int value) {
  char bytes[4];
  absl::big_endian::Store32(bytes, static_cast<uint32_t>(value));
  return std::string(bytes, sizeof bytes);
}
inline std::string BigEndian64(int64_t value) {
  char bytes[8];
  absl::big_endian::Store64(bytes, static_cast<uint64_t>(value));
  return std::string(bytes, sizeof bytes);
}
inline int ReadBigEndian32(absl::string_view bytes) {
  return static_cast<int>(absl::big_endian::Load32(bytes.data()));
}
inline int64_t ReadBigEndian64(absl::string_view bytes) {
  return static_cast<int64_t>(absl::big_endian::Load64(bytes.data()));
}

}  // namespace leadstream::log
