#include "common/store/fold_batch.h"

#include <absl/algorithm/container.h>
#include <absl/hash/hash.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <tuple>

#include "common/store/keys.h"
#include "common/store/sorted_changes.h"
#include "common/store/tallies.h"
#include "common/store/values.h"

namespace leadstream::store {

using common::v1::Record;

namespace {

constexpr size_t kExpiriesReadMax = 4'096;
// Of fewer events it costs more to sort the changes than it saves.
constexpr size_t kSortedFrom = 4;

bool IsLater(const AcceptedRequest& one, const AcceptedRequest& other) {
  return std::tie(one.time_us, one.name, one.revision) >
         std::tie(other.time_us, other.name, other.revision);
}

// Where indexes and timers have the resource, in order; nowhere if there is none.
std::vector<std::string> SortedKeys(int partition, const Collection& collection,
                                    absl::string_view name, const StoredState& state) {
  if (!state.exists()) return {};
  std::vector<std::string> keys = collection.KeysOf(partition, name, *state.resource);
  std::sort(keys.begin(), keys.end());
  return keys;
}

absl::Status Written(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("writing the read model: ", status.ToString()));
}

}  // namespace

// What the rules remember of an event lands in the batch.
class FoldBatch::FactsOf : public domain::MutableFacts {
 public:
  FactsOf(FoldBatch* batch, int partition) : batch_(batch), partition_(partition) {}

  std::optional<std::string> Get(absl::string_view key) const override {
    auto fact = batch_->Fact(partition_, key);
    if (!fact.ok()) {
      if (status.ok()) status = fact.status();
      return std::nullopt;
    }
    return *fact;
  }
  void Put(absl::string_view key, absl::string_view value) override {
    const std::string stored = FactKey(partition_, key);
    batch_->facts_[stored] = std::string(value);
    batch_->batch_.Put(stored, rocksdb::Slice(value.data(), value.size())).PermitUncheckedError();
  }

  mutable absl::Status status;

 private:
  FoldBatch* batch_;
  const int partition_;
};

FoldBatch::Touched& FoldBatch::PartitionOf(int partition) {
  auto at = partitions_.find(partition);
  if (at == partitions_.end()) {
    absl::MutexLock lock(&model_->mutex_);
    const auto& stored = model_->partitions_[static_cast<size_t>(partition)];
    at =
        partitions_
            .emplace(partition, Touched{stored.next_offset, stored.fence, stored.oldest_request_us})
            .first;
  }
  return at->second;
}

absl::StatusOr<StoredState> FoldBatch::State(absl::string_view name) const {
  auto at = states_.find(name);
  if (at != states_.end()) return at->second;
  if (name == no_state_) return StoredState();
  if (auto cached = model_->cache_.Get(name)) return *cached;
  auto state = model_->LoadFromDisk(name);
  if (!state.ok()) return state;
  if (state->revision > 0) {
    model_->cache_.Put(name, *state);
  } else {
    no_state_ = std::string(name);
  }
  return state;
}

absl::StatusOr<std::optional<AcceptedRequest>> FoldBatch::Request(
    absl::string_view request_id) const {
  auto at = requests_.find(request_id);
  if (at != requests_.end()) return at->second;
  if (request_id == no_request_) return std::nullopt;
  if (many_.is_new_request && many_.is_new_request(HashOf(request_id))) return std::nullopt;
  auto request = model_->Request(request_id);
  if (request.ok() && !*request) no_request_ = std::string(request_id);
  return request;
}

absl::StatusOr<std::optional<std::string>> FoldBatch::Fact(int partition,
                                                           absl::string_view key) const {
  auto at = facts_.find(FactKey(partition, key));
  if (at != facts_.end()) return std::optional<std::string>(at->second);
  return model_->Fact(partition, key);
}

absl::Status FoldBatch::Add(int partition, int64_t offset, const Record& record,
                            const google::protobuf::Message* event) {
  Touched& touched = PartitionOf(partition);
  if (offset < touched.next_offset) return absl::OkStatus();
  if (offset > touched.next_offset) {
    return absl::DataLossError(absl::StrCat("partition ", partition, " goes on at ", offset,
                                            ", but ", touched.next_offset, " was next"));
  }
  const bool counts = touched.fence.Admit(record);
  if (counts || (model_->options_.every_record_counts && log::Fence::IsEvent(record))) {
    absl::Status folded = FoldEvent(partition, offset, record, event);
    if (!folded.ok()) return folded;
    ++events_;
  }
  touched.next_offset = offset + 1;
  return absl::OkStatus();
}

absl::Status FoldBatch::FoldEvent(int partition, int64_t offset, const Record& record,
                                  const google::protobuf::Message* event) {
  const Collection* collection = model_->schema().OfName(record.subject());
  if (collection == nullptr)
    return absl::OkStatus();  // a collection of a newer version: kept in the log, unknown here
  auto before =
      many_.names_are_new && record.revision() == 1 ? StoredState() : State(record.subject());
  if (!before.ok()) return before.status();
  if (record.revision() != before->revision + 1) {
    return absl::DataLossError(absl::StrCat(record.subject(), " goes from revision ",
                                            before->revision, " to ", record.revision()));
  }
  const domain::Fold* fold = collection->aggregate().FindFold(record.type());
  std::shared_ptr<google::protobuf::Message> resource(collection->aggregate().prototype().New());
  if (before->resource != nullptr) resource->CopyFrom(*before->resource);
  std::unique_ptr<google::protobuf::Message> parsed;
  if (event == nullptr) {
    parsed = collection->EventOf(record);
    event = parsed.get();
    // One of a type that is unknown is a newer version's, and kept.
    if (event == nullptr && fold != nullptr && !model_->PassesOver(partition, offset)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the ", record.type(), " of ", record.subject(), " (revision ", record.revision(),
          ", recorded ",
          absl::FormatTime(absl::FromUnixMicros(record.time_us()), absl::UTCTimeZone()),
          ") cannot be read"));
    }
  }
  collection->Fold(record, event, resource.get());

  StoredState after{resource, record.revision(), partition, offset,
                    fold != nullptr && fold->deletes};
  batch_.Put(StateKey(record.subject()), EncodeState(after));
  batch_.Put(HistoryKey(record.subject(), record.revision()),
             EncodeHistory({partition, offset}, record));

  auto known = keys_.extract(record.subject());
  const std::vector<std::string> old_keys =
      known.empty() ? SortedKeys(partition, *collection, record.subject(), *before)
                    : std::move(known.mapped());
  std::vector<std::string> new_keys = SortedKeys(partition, *collection, record.subject(), after);
  for (const std::string& key : old_keys) {
    if (!absl::c_binary_search(new_keys, key)) batch_.Delete(key);
  }
  for (const std::string& key : new_keys) {
    if (!absl::c_binary_search(old_keys, key)) batch_.Put(key, rocksdb::Slice());
  }
  if (many_.bytes > 0) keys_[record.subject()] = std::move(new_keys);

  absl::Status tallied = Tally(partition, *collection, *before, after);
  if (!tallied.ok()) return tallied;

  if (fold != nullptr && fold->remember && event != nullptr) {
    FactsOf facts(this, partition);
    fold->remember(*event, *resource, &facts);
    if (!facts.status.ok()) return facts.status;
  }
  states_[record.subject()] = std::move(after);
  ++changes_[collection->number()];
  return RememberRequest(partition, record);
}

absl::Status FoldBatch::Tally(int partition, const Collection& collection,
                              const StoredState& before, const StoredState& after) {
  if (collection.aggregate().tallies().empty()) return absl::OkStatus();
  for (const auto& [key, change] :
       TallyChanges(collection, partition, before.exists() ? before.resource.get() : nullptr,
                    after.exists() ? after.resource.get() : nullptr)) {
    if (change.IsZero()) continue;
    auto known = tallies_.find(key);
    if (known == tallies_.end()) {
      auto stored = model_->LoadTally(key);
      if (!stored.ok()) return stored.status();
      known = tallies_.emplace(key, *std::move(stored)).first;
    }
    domain::TallyTotal& total = known->second;
    total.Add(change);
    if (total.IsZero()) {
      batch_.Delete(key);
    } else {
      batch_.Put(key, EncodeTally(total));
    }
  }
  return absl::OkStatus();
}

absl::Status FoldBatch::RememberRequest(int partition, const Record& record) {
  const int64_t window_us = absl::ToInt64Microseconds(model_->options_.request_window);
  absl::Status forgotten = ForgetRequests(partition, record.time_us() - window_us);
  if (!forgotten.ok() || record.request_id().empty()) return forgotten;
  AcceptedRequest request{record.subject(), record.revision(), record.request_hash(),
                          record.time_us()};
  batch_.Put(ExpiryKey(partition, record.time_us(), record.request_id()), rocksdb::Slice());
  // An id that was forgotten may be used again, in another partition too, and that one may be
  // folded first: the later use is remembered.
  auto known = Request(record.request_id());
  if (!known.ok()) return known.status();
  if (!*known || IsLater(request, **known)) {
    batch_.Put(RequestKey(record.request_id()), EncodeRequest(request));
    requests_[record.request_id()] = std::move(request);
  }
  expiries_[partition].emplace(record.time_us(), record.request_id());
  Touched& touched = PartitionOf(partition);
  touched.oldest_request_us = std::min(touched.oldest_request_us, record.time_us());
  return absl::OkStatus();
}

// By log time, never by the clock, and so many for each record, the oldest first: folding the same
// log again forgets the same ids at the same records, however it is cut into batches. After a long
// pause all ids are due at once, and a command must not wait for that.
absl::Status FoldBatch::ForgetRequests(int partition, int64_t before_us) {
  Touched& touched = PartitionOf(partition);
  if (touched.oldest_request_us >= before_us) return absl::OkStatus();
  auto& added = expiries_[partition];
  for (int left = kForgottenAtOnceMax;; --left) {
    absl::Status read = ReadExpiries(partition, &touched);
    if (!read.ok()) return read;
    auto& stored = touched.expiries;
    if (added.empty() && stored.empty()) {
      touched.oldest_request_us = INT64_MAX;
      return absl::OkStatus();
    }
    const bool is_added = !added.empty() && (stored.empty() || *added.begin() < stored.front());
    const Expiry& oldest = is_added ? *added.begin() : stored.front();
    if (oldest.first >= before_us || left == 0) {
      touched.oldest_request_us = oldest.first;
      return absl::OkStatus();
    }
    absl::Status forgotten = ForgetRequest(partition, oldest);
    if (!forgotten.ok()) return forgotten;
    if (is_added) {
      added.erase(added.begin());
    } else {
      stored.pop_front();
    }
  }
}

absl::Status FoldBatch::ForgetRequest(int partition, const Expiry& expiry) {
  const auto& [time_us, request_id] = expiry;
  batch_.Delete(ExpiryKey(partition, time_us, request_id));
  auto known = Request(request_id);
  if (!known.ok()) return known.status();
  if (!*known || (*known)->time_us != time_us) return absl::OkStatus();  // used again since
  batch_.Delete(RequestKey(request_id));
  requests_[request_id] = std::nullopt;
  return absl::OkStatus();
}

// The more the longer the batch is: to begin to read costs as much as many keys. Where nothing was
// read before it begins at the oldest one, since behind what earlier batches have forgotten the
// database steps over each deleted key.
absl::Status FoldBatch::ReadExpiries(int partition, Touched* touched) {
  const size_t wanted = touched->expiries_to_read;
  if (!touched->expiries.empty() || wanted == 0) return absl::OkStatus();
  const std::string prefix = ExpiryPrefix(partition);
  std::unique_ptr<rocksdb::Iterator> it(model_->db_->NewIterator({}));
  it->Seek(touched->expiries_read_to.empty()
               ? ExpiryKey(partition, touched->oldest_request_us, "")
               : absl::StrCat(touched->expiries_read_to, absl::string_view("\0", 1)));
  for (; it->Valid() && it->key().starts_with(prefix) && touched->expiries.size() < wanted;
       it->Next()) {
    touched->expiries_read_to = it->key().ToString();
    const absl::string_view rest =
        absl::string_view(touched->expiries_read_to).substr(prefix.size());
    touched->expiries.emplace_back(ReadBigEndian64(rest), rest.substr(8));
  }
  if (!it->status().ok()) return absl::UnavailableError(it->status().ToString());
  const bool more = touched->expiries.size() == wanted;
  touched->expiries_to_read = more ? std::min(2 * wanted, kExpiriesReadMax) : 0;
  return absl::OkStatus();
}

void FoldBatch::PutPartitions() {
  for (const auto& [partition, touched] : partitions_)
    batch_.Put(PartitionKey(partition), EncodePartition(touched.next_offset, touched.fence));
}

size_t FoldBatch::HashOf(absl::string_view request_id) {
  return absl::Hash<absl::string_view>()(request_id);
}

absl::Status FoldBatch::WriteFile() {
  PutPartitions();
  return Written(BatchFile::Write(batch_, model_->db_.get(), &file_));
}

std::vector<size_t> FoldBatch::RequestIds() const {
  std::vector<size_t> hashes;
  hashes.reserve(requests_.size());
  for (const auto& request : requests_) hashes.push_back(HashOf(request.first));
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

rocksdb::Status FoldBatch::Write() {
  rocksdb::WriteOptions no_wal;
  no_wal.disableWAL = true;
  if (events_ < kSortedFrom) return model_->db_->Write(no_wal, &batch_);
  rocksdb::WriteBatch sorted(batch_.GetDataSize());
  rocksdb::Status status = InKeyOrder(batch_, [&sorted](const KeyChange& change) {
    return change.deletes ? sorted.Delete(change.key) : sorted.Put(change.key, change.value);
  });
  return status.ok() ? model_->db_->Write(no_wal, &sorted) : status;
}

absl::Status FoldBatch::Commit() {
  if (model_->options_.fault) {
    absl::Status fault = model_->options_.fault();
    if (!fault.ok()) return fault;
  }
  const absl::Time began = absl::Now();
  if (file_ == nullptr) PutPartitions();
  absl::Status status = Written(file_ != nullptr ? file_->TakeIn() : Write());
  if (!status.ok()) return status;
  model_->dirty_ = true;
  for (const auto& [name, state] : states_) model_->cache_.Put(name, state);
  for (const auto& [collection, changes] : changes_)
    model_->changes_[static_cast<size_t>(collection)] += changes;
  absl::MutexLock lock(&model_->mutex_);
  for (const auto& [number, touched] : partitions_) {
    auto& partition = model_->partitions_[static_cast<size_t>(number)];
    partition.next_offset = touched.next_offset;
    partition.fence = touched.fence;
    partition.oldest_request_us = touched.oldest_request_us;
  }
  model_->events_folded_.Add(static_cast<int64_t>(events_));
  model_->apply_duration_.Observe(absl::ToInt64Nanoseconds(absl::Now() - began));
  for (const auto& [id, applied] : model_->subscribers_) applied();
  return absl::OkStatus();
}

}  // namespace leadstream::store
