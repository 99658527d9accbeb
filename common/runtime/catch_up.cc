#include "common/runtime/catch_up.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "common/log/fence.h"

namespace leadstream::runtime {
namespace {

constexpr size_t kReadRecordsMax = 5'000;
// Nine bytes each, twice that while their table grows.
constexpr size_t kRequestIdsMax = 10'000'000;
// What a byte of an event comes to in a batch, at most about: state, history, indexes.
constexpr size_t kBatchBytes = 3;
constexpr absl::Duration kReadWaitMax = absl::Milliseconds(200);

bool HaveCommon(const std::vector<size_t>& a, const std::vector<size_t>& b) {
  for (auto at = a.begin(), other = b.begin(); at != a.end() && other != b.end();) {
    if (*at == *other) return true;
    *at < *other ? ++at : ++other;
  }
  return false;
}

}  // namespace

CatchUp::CatchUp(log::EventLog* log, std::string topic, store::ReadModel* model,
                 CatchUpOptions options)
    : log_(log),
      topic_(std::move(topic)),
      model_(model),
      options_(std::move(options)),
      skips_(log, topic_) {}

absl::Status CatchUp::Run(const log::Positions& to) {
  const auto compacting_less = model_->CatchUp();
  {
    absl::MutexLock lock(&mutex_);
    began_empty_ = true;
    for (const auto& [partition, end] : to) {
      const int64_t folded = model_->NextOffset(partition);
      began_empty_ &= folded == 0;
      if (folded >= end) continue;
      left_[partition] = end;
      all_ += end - folded;
    }
  }
  std::vector<absl::Status> ended(static_cast<size_t>(std::max(options_.threads, 1)));
  std::vector<std::thread> threads;
  for (absl::Status& status : ended)
    threads.emplace_back([this, &status] { status = FoldPartitions(); });
  for (std::thread& thread : threads) thread.join();
  for (absl::Status& status : ended) {
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

std::optional<std::pair<int, int64_t>> CatchUp::TakePartition() {
  absl::MutexLock lock(&mutex_);
  if (left_.empty()) return std::nullopt;
  const std::pair<int, int64_t> taken = *left_.begin();
  left_.erase(left_.begin());
  return taken;
}

// One partition after the other: a cursor reads ahead so many bytes, of however many partitions.
absl::Status CatchUp::FoldPartitions() {
  std::unique_ptr<log::Cursor> cursor;
  absl::Status unreadable;
  while (auto next = TakePartition()) {
    const auto [partition, end] = *next;
    const int64_t from = model_->NextOffset(partition);
    if (cursor == nullptr) {
      auto opened = log_->Read(topic_, {{partition, from}});
      if (!opened.ok()) return opened.status();
      cursor = std::move(*opened);
    } else if (absl::Status resumed = cursor->Resume(partition, from); !resumed.ok()) {
      return resumed;
    }
    absl::Status folded = FoldPartition(cursor.get(), partition, end);
    if (absl::IsFailedPrecondition(folded)) {
      unreadable.Update(folded);
    } else if (!folded.ok()) {
      return folded;
    }
    if (options_.stop()) break;
    cursor->Pause(partition);
  }
  return unreadable;
}

absl::Status CatchUp::FoldPartition(log::Cursor* cursor, int partition, int64_t end) {
  bool ended = false;
  while (!ended && model_->NextOffset(partition) < end && !options_.stop()) {
    auto records = Read(cursor, static_cast<size_t>(end - model_->NextOffset(partition)));
    if (!records.ok()) return records.status();
    absl::Status folded = FoldRecords(*records, &ended);
    if (!folded.ok()) return folded;
  }
  return absl::OkStatus();
}

// As many as a batch takes, and no more than `left`: what is beyond is not asked for, and the end
// of a partition is not waited at.
absl::StatusOr<std::vector<log::LoggedRecord>> CatchUp::Read(log::Cursor* cursor,
                                                             size_t left) const {
  const size_t records_max = std::min(options_.records_max, left);
  std::vector<log::LoggedRecord> records;
  size_t bytes = 0;
  while (records.size() < records_max && bytes < options_.bytes_max && !options_.stop()) {
    auto some = cursor->Next(std::min(kReadRecordsMax, records_max - records.size()),
                             absl::Now() + kReadWaitMax);
    if (!some.ok()) return some.status();
    if (some->empty()) break;
    for (log::LoggedRecord& logged : *some) {
      bytes += logged.record.data().size();
      records.push_back(std::move(logged));
    }
  }
  return records;
}

absl::Status CatchUp::FoldRecords(const std::vector<log::LoggedRecord>& records, bool* ended) {
  if (records.empty()) return absl::OkStatus();
  int64_t begun = 0;
  {
    absl::MutexLock lock(&mutex_);
    begun = committed_;
    under_way_.insert(begun);
  }
  store::FoldBatch batch(model_, Many());
  absl::Status folded = AddAll(records, &batch, ended);
  if (folded.ok()) folded = batch.WriteFile();
  absl::MutexLock lock(&mutex_);
  under_way_.erase(under_way_.find(begun));
  if (folded.ok()) folded = Commit(begun, &batch, records);
  if (!folded.ok()) return folded;
  done_ += static_cast<int64_t>(records.size());
  options_.progress(done_, all_);
  return absl::OkStatus();
}

absl::Status CatchUp::AddAll(const std::vector<log::LoggedRecord>& records, store::FoldBatch* batch,
                             bool* ended) {
  for (const log::LoggedRecord& logged : records) {
    const common::v1::Record& record = logged.record;
    if (record.time_us() > options_.until_us && log::Fence::IsEvent(record) &&
        batch->FenceOf(logged.partition).Admit(record)) {
      *ended = true;
      return absl::OkStatus();
    }
    absl::Status added = batch->Add(logged.partition, logged.offset, record);
    if (absl::IsFailedPrecondition(added)) {
      added = PassOver(logged, added);
      if (added.ok()) added = batch->Add(logged.partition, logged.offset, record);
    }
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status CatchUp::PassOver(const log::LoggedRecord& logged, const absl::Status& unreadable) {
  auto skipped = skips_.Contains(logged.partition, logged.offset);
  if (!skipped.ok()) return skipped.status();
  if (!*skipped)
    return absl::FailedPreconditionError(absl::StrCat(topic_, "/", logged.partition, ":",
                                                      logged.offset, ": ", unreadable.message()));
  model_->PassOver(logged.partition, logged.offset);
  return absl::OkStatus();
}

store::ManyRecords CatchUp::Many() {
  store::ManyRecords many;
  many.bytes = kBatchBytes * options_.bytes_max;
  many.names_are_new = true;
  if (began_empty_) {
    many.is_new_request = [this](size_t request_id) {
      absl::MutexLock lock(&mutex_);
      return request_ids_.size() < kRequestIdsMax && !request_ids_.contains(request_id);
    };
  }
  return many;
}

// A batch that shares a request id with another one that it has not seen is folded once more, with
// nobody beside it: which use of the id is remembered follows from all of them.
absl::Status CatchUp::Commit(int64_t begun, store::FoldBatch* batch,
                             const std::vector<log::LoggedRecord>& records) {
  std::vector<size_t> request_ids = batch->RequestIds();
  absl::Status committed;
  if (HasConflict(begun, request_ids)) {
    store::FoldBatch anew(model_);  // looks for everything
    bool ended = false;
    committed = AddAll(records, &anew, &ended);
    if (committed.ok()) committed = anew.Commit();
  } else {
    committed = batch->Commit();
  }
  if (!committed.ok()) return committed;
  ++committed_;
  if (began_empty_ && request_ids_.size() < kRequestIdsMax)
    request_ids_.insert(request_ids.begin(), request_ids.end());
  if (under_way_.empty()) {
    commits_.clear();
  } else {
    commits_[committed_] = std::move(request_ids);
    commits_.erase(commits_.begin(), commits_.upper_bound(*under_way_.begin()));
  }
  return absl::OkStatus();
}

bool CatchUp::HasConflict(int64_t begun, const std::vector<size_t>& request_ids) const {
  return std::any_of(
      commits_.upper_bound(begun), commits_.end(),
      [&](const Commits::value_type& commit) { return HaveCommon(request_ids, commit.second); });
}

}  // namespace leadstream::runtime
