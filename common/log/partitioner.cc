#include "common/log/partitioner.h"

#include <cstdint>

namespace leadstream::log {
namespace {

// MurmurHash2 (Austin Appleby, public domain) with the seed that Apache Kafka uses.
uint32_t Murmur2(absl::string_view key) {
  constexpr uint32_t kSeed = 0x9747b28c, kMultiplier = 0x5bd1e995;
  constexpr int kShift = 24;
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(key[i])); };
  uint32_t hash = kSeed ^ static_cast<uint32_t>(key.size());
  size_t i = 0;
  for (; i + 4 <= key.size(); i += 4) {
    uint32_t word = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    word *= kMultiplier;
    word ^= word >> kShift;
    word *= kMultiplier;
    hash *= kMultiplier;
    hash ^= word;
  }
  if (i < key.size()) {
    for (size_t left = key.size() - i; left > 0; --left)
      hash ^= byte(i + left - 1) << (8 * (left - 1));
    hash *= kMultiplier;
  }
  hash ^= hash >> 13;
  hash *= kMultiplier;
  hash ^= hash >> 15;
  return hash;
}

}  // namespace

int PartitionOf(absl::string_view key, int partitions) {
  return static_cast<int>((Murmur2(key) & 0x7fffffff) % static_cast<uint32_t>(partitions));
}

}  // namespace leadstream::log
