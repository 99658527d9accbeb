#include "common/log/skips.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>

namespace leadstream::log {
namespace {

constexpr size_t kReadMax = 10'000;
// A log that gives nothing for so long, before its end, cannot be read now.
constexpr absl::Duration kSilenceMax = absl::Seconds(30);

}  // namespace

std::optional<int64_t> SkippedBy(const Record& record) {
  common::v1::RecordSkipped skipped;
  if (record.type() != skipped.GetDescriptor()->full_name() ||
      !skipped.ParseFromString(record.data()))
    return std::nullopt;
  return skipped.offset();
}

absl::StatusOr<bool> Skips::Contains(int partition, int64_t offset) {
  absl::MutexLock lock(&mutex_);
  Looked& looked = looked_[partition];
  if (looked.skipped.contains(offset)) return true;
  looked.next_offset = std::max(looked.next_offset, offset + 1);
  auto end = log_->End(topic_, partition);
  if (!end.ok()) return end.status();
  if (looked.next_offset >= *end) return false;
  auto cursor = log_->Read(topic_, {{partition, looked.next_offset}});
  if (!cursor.ok()) return cursor.status();
  while (looked.next_offset < *end) {
    auto shown =
        (*cursor)->Show(kReadMax, absl::Now() + kSilenceMax, [&looked](const LoggedRecord& logged) {
          if (auto skipped = SkippedBy(logged.record)) looked.skipped.insert(*skipped);
          looked.next_offset = logged.offset + 1;
        });
    if (!shown.ok()) return shown.status();
    if (*shown == 0)
      return absl::UnavailableError(
          absl::StrCat(topic_, "/", partition, " does not go on at ", looked.next_offset));
  }
  return looked.skipped.contains(offset);
}

}  // namespace leadstream::log
