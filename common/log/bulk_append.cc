#include "common/log/bulk_append.h"

#include <utility>

namespace leadstream::log {

absl::Status BulkAppend::Add(int partition, Record record) {
  group_->push_back({partition, 0, std::move(record)});
  return group_->size() < kGroup ? absl::OkStatus() : Send();
}

absl::Status BulkAppend::Send() {
  auto group = std::exchange(group_, std::make_shared<std::vector<LoggedRecord>>());
  {
    absl::MutexLock lock(&mutex_);
    auto free = [this]()
                    ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return on_their_way_ < kGroupsMax; };
    mutex_.Await(absl::Condition(&free));
    if (!failed_.ok()) return failed_;
    ++on_their_way_;
  }
  std::vector<PendingRecord> pending;
  pending.reserve(group->size());
  for (const LoggedRecord& logged : *group) pending.push_back({logged.partition, &logged.record});
  log_->Append(topic_, pending, [this, group](const AppendResult& result) {
    absl::MutexLock lock(&mutex_);
    --on_their_way_;
    if (!result.status.ok()) failed_ = result.status;
  });
  return absl::OkStatus();
}

absl::Status BulkAppend::Finish() {
  const absl::Status sent = group_->empty() ? absl::OkStatus() : Send();
  absl::MutexLock lock(&mutex_);
  auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return on_their_way_ == 0; };
  mutex_.Await(absl::Condition(&none));
  return sent.ok() ? failed_ : sent;
}

}  // namespace leadstream::log
