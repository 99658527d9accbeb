// The grammar of the read model's keys. One RocksDB column family; the first byte says what a key
// is.
//
// (One family with prefixes, not one family each: without a write-ahead log, RocksDB before 8.1 can
// lose the data of a family that an atomic flush leaves out.)
//
//   'c' aggregate:u8 tally:u8 parts partition:u32  -> count, sums      what resources add up to
//   'f' partition:u32 key                          -> value            a fact of the partition
//   'h' name NUL revision:u64                      -> position, Record a resource's story
//   'i' aggregate:u8 index:u8 value [time:u64] name -> empty           what lists filter, order by
//   'm' "format"                                   -> format version
//   'm' "partition" partition:u32                  -> next offset, epoch, writer
//   'q' partition:u32 time:u64 request id          -> empty            when to forget a request id
//   'r' request id                                 -> resource name, revision, hash, time
//   's' name                                       -> revision, position, resource
//   't' partition:u32 due:u64 timer NUL name       -> empty            what is due by itself, and
//   when
//
// Integers are big-endian, so that byte order is number order. Values of an index are made by
// EncodeOrdered; the parts of a tally's key are made by tallies.cc. Names and request ids hold no
// NUL (validation sees to it). These letters and numbers are on disk: never change or reuse one; a
// change of the grammar is a new format version, and the model is rebuilt from the log.
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>

#include "common/log/big_endian.h"

namespace leadstream::store {

inline constexpr absl::string_view kFormatVersion = "7";

using log::BigEndian32;
using log::BigEndian64;
using log::ReadBigEndian32;
using log::ReadBigEndian64;

inline std::string StateKey(absl::string_view name) { return absl::StrCat("s", name); }
inline std::string RequestKey(absl::string_view request_id) {
  return absl::StrCat("r", request_id);
}
inline std::string HistoryPrefix(absl::string_view name) {
  return absl::StrCat("h", name, absl::string_view("\0", 1));
}
inline std::string HistoryKey(absl::string_view name, int64_t revision) {
  return HistoryPrefix(name) + BigEndian64(revision);
}
inline std::string ExpiryPrefix(int partition) { return "q" + BigEndian32(partition); }
inline std::string ExpiryKey(int partition, int64_t time_us, absl::string_view request_id) {
  return absl::StrCat(ExpiryPrefix(partition), BigEndian64(time_us), request_id);
}
inline std::string FactKey(int partition, absl::string_view key) {
  return absl::StrCat("f", BigEndian32(partition), key);
}
inline std::string TimerPrefix(int partition) { return "t" + BigEndian32(partition); }
inline std::string TimerKey(int partition, int64_t due_us, absl::string_view timer,
                            absl::string_view name) {
  return absl::StrCat(TimerPrefix(partition), BigEndian64(due_us), timer,
                      absl::string_view("\0", 1), name);
}
inline std::string FormatKey() { return "mformat"; }
inline std::string PartitionKey(int partition) { return "mpartition" + BigEndian32(partition); }
inline std::string IndexPrefix(int aggregate, int index) {
  return absl::StrCat("i", std::string(1, static_cast<char>(aggregate)),
                      std::string(1, static_cast<char>(index)));
}
inline std::string TallyPrefix(int aggregate, int tally) {
  return absl::StrCat("c", std::string(1, static_cast<char>(aggregate)),
                      std::string(1, static_cast<char>(tally)));
}

// The smallest key that is greater than every key with this prefix.
inline std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (!prefix.empty())
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace leadstream::store
