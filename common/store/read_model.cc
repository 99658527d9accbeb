#include "common/store/read_model.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/evp.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <filesystem>

#include "common/log/no_info_log.h"
#include "common/store/batch_file.h"
#include "common/store/keys.h"
#include "common/store/model_directories.h"
#include "common/store/values.h"

namespace leadstream::store {
namespace {

// So many files of level 0 are there until they are compacted, and while the model catches up. A
// model that has just caught up has many: it is written all the same.
constexpr int kFilesMax = 4, kCatchUpFilesMax = 64, kUnlimited = 1'000'000;
constexpr int64_t kFileBytes = 64 << 20;
// A collection hardly ever changes if so many events are folded for one of it.
constexpr int64_t kHardly = 100;
constexpr size_t kKnownNamesMax = 1'000, kKnownPrefixesMax = 1'000;

absl::Status ToStatus(const rocksdb::Status& status, absl::string_view doing) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(doing, ": ", status.ToString());
  return status.IsCorruption() ? absl::DataLossError(message) : absl::UnavailableError(message);
}

absl::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// A value by key; nothing if there is none.
absl::StatusOr<std::optional<std::string>> Lookup(rocksdb::DB* db, const std::string& key) {
  std::string value;
  auto status = db->Get({}, key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return ToStatus(status, "reading the read model");
  return std::optional<std::string>(std::move(value));
}

// What the entries of a keyed index begin with for that key.
absl::StatusOr<std::string> KeyedPrefix(const Collection& collection, absl::string_view index,
                                        absl::string_view key) {
  const SchemaIndex* found = collection.FindIndex(domain::Index::Kind::kKeyed, index);
  if (found == nullptr)
    return absl::InternalError(
        absl::StrCat(collection.aggregate().collection(), " is not keyed by ", index));
  return found->prefix + EncodeOrdered(key);
}

}  // namespace

SharedMemory SharedMemory::Make(size_t block_cache_bytes, size_t write_buffer_bytes) {
  constexpr int kShardBits = 4;  // many small shards would each be emptied by a single large block
  auto cache = rocksdb::NewLRUCache(block_cache_bytes, kShardBits);
  return {cache, std::make_shared<rocksdb::WriteBufferManager>(write_buffer_bytes)};
}

ReadModel::ReadModel(const ReadModelOptions& options, const Schema* schema)
    : options_(options), schema_(schema), changes_(schema->collections().size()) {
  partitions_.resize(static_cast<size_t>(options.partitions));
}

absl::StatusOr<std::unique_ptr<ReadModel>> ReadModel::Open(const ReadModelOptions& options,
                                                           const Schema* schema) {
  auto model = std::unique_ptr<ReadModel>(new ReadModel(options, schema));
  absl::Status opened = model->OpenDb();
  if (opened.ok()) opened = model->LoadPartitions();
  if (absl::IsDataLoss(opened)) {
    model->db_.reset();
    absl::Status aside = SetAside(options.directory);
    if (!aside.ok()) return aside;
    opened = model->OpenDb();
    if (opened.ok()) opened = model->LoadPartitions();
  }
  if (!opened.ok()) return opened;
  if (options.flush_interval < absl::InfiniteDuration())
    model->flusher_ = std::thread([raw = model.get()] { raw->FlushEveryInterval(); });
  return model;
}

ReadModel::~ReadModel() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
  }
  if (!flusher_.joinable()) return;
  flusher_.join();
  if (db_ != nullptr && dirty_) db_->Flush(rocksdb::FlushOptions()).PermitUncheckedError();
}

absl::Status ReadModel::OpenDb() {
  rocksdb::Options options;
  if (options_.env != nullptr) {
    options.env = options_.env;
  } else {
    std::error_code error;
    std::filesystem::create_directories(options_.directory, error);
    if (error)
      return absl::UnavailableError(
          absl::StrCat("cannot make the directory ", options_.directory, ": ", error.message()));
    BatchFile::RemoveOld(options_.directory);
  }
  options.create_if_missing = true;
  // The first levels are rewritten all the time, the deeper ones hold nearly all of a large model.
  options.compression_per_level = {rocksdb::kNoCompression, rocksdb::kLZ4Compression,
                                   rocksdb::kZSTD};
  options.write_buffer_size = 32u << 20;
  options.max_background_jobs = 2;
  options.level0_file_num_compaction_trigger = kFilesMax;
  options.max_bytes_for_level_base = kFilesMax * kFileBytes;
  options.level0_slowdown_writes_trigger = options.level0_stop_writes_trigger = kUnlimited;
  options.info_log = log::NewNoInfoLog();
  options.write_buffer_manager = options_.memory.write_buffers;
  // Names, times and offsets grow: most keys belong beside the last one of the same kind and index.
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewFixedPrefixTransform(IndexPrefix(0, 0).size()));
  // Each command looks for a name and a request id that are mostly new.
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = 0.02;
  options.avoid_flush_during_shutdown = true;  // the destructor flushes, if there is anything
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = options_.memory.block_cache;
  // Index and filter in blocks of their own, so that a look-up reads a few KiB of them: whole, they
  // are megabytes for a file of small keys, and drive one another out of the cache.
  table.cache_index_and_filter_blocks = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* opened = nullptr;
  auto status = rocksdb::DB::Open(options, options_.directory, &opened);
  if (!status.ok())
    return ToStatus(status, absl::StrCat("opening the read model in ", options_.directory));
  db_.reset(opened);
  return absl::OkStatus();
}

absl::Status ReadModel::LoadPartitions() {
  auto format = Lookup(db_.get(), FormatKey());
  if (!format.ok()) return format.status();
  if (*format && **format != kFormatVersion)
    return absl::DataLossError(
        absl::StrCat("the read model has format ", **format, ", not ", kFormatVersion));
  if (!*format) {
    rocksdb::WriteOptions no_wal;
    no_wal.disableWAL = true;
    absl::Status written = ToStatus(
        db_->Put(no_wal, FormatKey(), rocksdb::Slice(kFormatVersion.data(), kFormatVersion.size())),
        "beginning the read model");
    if (!written.ok()) return written;
  }
  absl::MutexLock lock(&mutex_);
  for (int number = 0; number < options_.partitions; ++number) {
    Partition& partition = partitions_[static_cast<size_t>(number)];
    partition = {};
    auto stored = Lookup(db_.get(), PartitionKey(number));
    if (!stored.ok()) return stored.status();
    if (*stored) {
      absl::Status decoded = DecodePartition(**stored, &partition.next_offset, &partition.fence);
      if (!decoded.ok()) return decoded;
    }
    const std::string prefix = ExpiryPrefix(number);
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
    it->Seek(prefix);
    if (it->Valid() && it->key().starts_with(prefix))
      partition.oldest_request_us = ReadBigEndian64(View(it->key()).substr(prefix.size()));
  }
  return absl::OkStatus();
}

absl::StatusOr<StoredState> ReadModel::Load(absl::string_view name) const {
  if (auto cached = cache_.Get(name)) return *cached;
  return LoadFromDisk(name);
}

absl::StatusOr<StoredState> ReadModel::LoadFromDisk(absl::string_view name) const {
  const Collection* collection = schema_->OfName(name);
  if (collection == nullptr) return StoredState{};
  auto bytes = Lookup(db_.get(), StateKey(name));
  if (!bytes.ok()) return bytes.status();
  if (!*bytes) return StoredState{};
  return DecodeState(collection->aggregate().prototype(), **bytes);
}

absl::StatusOr<StoredState> ReadModel::Find(absl::string_view name) const {
  auto state = Load(name);
  if (!state.ok()) return state;
  if (!state->exists()) return absl::NotFoundError(absl::StrCat("there is no ", name));
  return state;
}

absl::StatusOr<std::vector<StoredEvent>> ReadModel::Events(absl::string_view name,
                                                           int64_t from_revision,
                                                           size_t limit) const {
  std::vector<StoredEvent> events;
  const std::string prefix = HistoryPrefix(name);
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  for (it->Seek(HistoryKey(name, from_revision));
       it->Valid() && it->key().starts_with(prefix) && events.size() < limit; it->Next()) {
    auto event = DecodeHistory(View(it->value()));
    if (!event.ok()) return event.status();
    events.push_back(std::move(*event));
  }
  if (!it->status().ok()) return ToStatus(it->status(), "reading the read model");
  return events;
}

absl::StatusOr<StoredState> ReadModel::Refold(
    absl::string_view name, const std::function<bool(const common::v1::Record&)>& take) const {
  const Collection* collection = schema_->OfName(name);
  if (collection == nullptr) return absl::NotFoundError(absl::StrCat("there is no ", name));
  StoredState state;
  std::shared_ptr<google::protobuf::Message> resource(collection->aggregate().prototype().New());
  const std::string prefix = HistoryPrefix(name);
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    auto event = DecodeHistory(View(it->value()));
    if (!event.ok()) return event.status();
    if (!take(event->record)) break;
    collection->Fold(event->record, resource.get());
    const domain::Fold* fold = collection->aggregate().FindFold(event->record.type());
    state.deleted = fold != nullptr && fold->deletes;
    state.revision = event->record.revision();
    state.partition = event->position.partition;
    state.offset = event->position.offset;
  }
  if (!it->status().ok()) return ToStatus(it->status(), "reading the read model");
  if (!state.exists()) return absl::OutOfRangeError(absl::StrCat(name, " did not exist then"));
  state.resource = std::move(resource);
  return state;
}

absl::StatusOr<StoredState> ReadModel::AtRevision(absl::string_view name, int64_t revision) const {
  auto state = Refold(
      name, [revision](const common::v1::Record& record) { return record.revision() <= revision; });
  if (state.ok() && state->revision != revision)
    return absl::OutOfRangeError(absl::StrCat(name, " has no revision ", revision));
  return state;
}

absl::StatusOr<StoredState> ReadModel::AtTime(absl::string_view name, int64_t time_us) const {
  return Refold(
      name, [time_us](const common::v1::Record& record) { return record.time_us() <= time_us; });
}

absl::StatusOr<std::optional<AcceptedRequest>> ReadModel::Request(
    absl::string_view request_id) const {
  auto bytes = Lookup(db_.get(), RequestKey(request_id));
  if (!bytes.ok()) return bytes.status();
  if (!*bytes) return std::optional<AcceptedRequest>();
  auto request = DecodeRequest(**bytes);
  if (!request.ok()) return request.status();
  return std::optional<AcceptedRequest>(std::move(*request));
}

absl::StatusOr<std::optional<std::string>> ReadModel::Fact(int partition,
                                                           absl::string_view key) const {
  return Lookup(db_.get(), FactKey(partition, key));
}

absl::StatusOr<domain::TallyTotal> ReadModel::LoadTally(const std::string& key) const {
  auto bytes = Lookup(db_.get(), key);
  if (!bytes.ok()) return bytes.status();
  return *bytes ? DecodeTally(**bytes) : domain::TallyTotal();
}

absl::StatusOr<std::vector<std::string>> ReadModel::Keyed(const Collection& collection,
                                                          absl::string_view index,
                                                          absl::string_view key, size_t limit,
                                                          absl::string_view after) const {
  auto prefix = KeyedPrefix(collection, index, key);
  if (!prefix.ok()) return prefix.status();
  if (!after.empty() || !HardlyChanges(collection)) return ReadKeyed(*prefix, limit, after);
  const int64_t changes = changes_[static_cast<size_t>(collection.number())];
  {
    absl::MutexLock lock(&known_mutex_);
    auto at = known_.find(*prefix);
    if (at != known_.end() && at->second.changes == changes && at->second.limit == limit)
      return at->second.names;
  }
  auto names = ReadKeyed(*prefix, limit, after);
  if (!names.ok() || names->size() > kKnownNamesMax) return names;
  absl::MutexLock lock(&known_mutex_);
  if (known_.size() >= kKnownPrefixesMax) known_.clear();
  known_[*prefix] = {changes, limit, *names};
  return names;
}

bool ReadModel::HardlyChanges(const Collection& collection) const {
  return changes_[static_cast<size_t>(collection.number())] * kHardly <= events_folded_.value();
}

absl::StatusOr<std::vector<std::string>> ReadModel::ReadKeyed(const std::string& prefix,
                                                              size_t limit,
                                                              absl::string_view after) const {
  std::vector<std::string> names;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  // Behind a name is that name and a zero byte, or whatever is greater.
  const std::string first =
      after.empty() ? prefix : absl::StrCat(prefix, after, absl::string_view("\0", 1));
  for (it->Seek(first); it->Valid() && it->key().starts_with(prefix) && names.size() < limit;
       it->Next()) {
    names.emplace_back(View(it->key()).substr(prefix.size()));
  }
  if (!it->status().ok()) return ToStatus(it->status(), "reading the read model");
  return names;
}

absl::StatusOr<std::string> ReadModel::LastKeyed(const Collection& collection,
                                                 absl::string_view index, absl::string_view key,
                                                 absl::string_view up_to) const {
  auto prefix = KeyedPrefix(collection, index, key);
  if (!prefix.ok()) return prefix.status();
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  it->SeekForPrev(absl::StrCat(*prefix, up_to));
  if (it->Valid() && it->key().starts_with(*prefix))
    return std::string(View(it->key()).substr(prefix->size()));
  if (!it->status().ok()) return ToStatus(it->status(), "reading the read model");
  return "";
}

int64_t ReadModel::NextOffset(int partition) const {
  absl::MutexLock lock(&mutex_);
  return partitions_[static_cast<size_t>(partition)].next_offset;
}

log::Fence ReadModel::FenceOf(int partition) const {
  absl::MutexLock lock(&mutex_);
  return partitions_[static_cast<size_t>(partition)].fence;
}

absl::Status ReadModel::WaitFor(int partition, int64_t next_offset, absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  auto reached = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return partitions_[static_cast<size_t>(partition)].next_offset >= next_offset;
  };
  auto decided = [&]()
                     ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return reached() || folds_no_more_; };
  const bool in_time = mutex_.AwaitWithDeadline(absl::Condition(&decided), deadline);
  if (reached()) return absl::OkStatus();
  const std::string missing =
      absl::StrCat("partition ", partition, " is not folded up to ", next_offset);
  if (in_time) return absl::CancelledError(absl::StrCat(missing, ", and will not be"));
  return absl::DeadlineExceededError(absl::StrCat(missing, " yet"));
}

void ReadModel::FoldsNoMore() {
  absl::MutexLock lock(&mutex_);
  folds_no_more_ = true;
}

void ReadModel::PassOver(int partition, int64_t offset) {
  absl::MutexLock lock(&mutex_);
  passed_over_.emplace(partition, offset);
}

bool ReadModel::PassesOver(int partition, int64_t offset) const {
  absl::MutexLock lock(&mutex_);
  return passed_over_.contains({partition, offset});
}

std::shared_ptr<void> ReadModel::Subscribe(std::function<void()> applied) {
  absl::MutexLock lock(&mutex_);
  const int64_t id = next_subscriber_++;
  subscribers_[id] = std::move(applied);
  return {reinterpret_cast<void*>(id + 1), [this, id](void*) {
            absl::MutexLock unlock(&mutex_);
            subscribers_.erase(id);
          }};
}

std::shared_ptr<void> ReadModel::CatchUp() {
  auto compact_at = [this](int files) {
    db_->SetOptions({{"level0_file_num_compaction_trigger", absl::StrCat(files)},
                     {"max_bytes_for_level_base", absl::StrCat(files * kFileBytes)}})
        .PermitUncheckedError();
  };
  compact_at(kCatchUpFilesMax);
  return {db_.get(), [compact_at](void*) { compact_at(kFilesMax); }};
}

absl::Status ReadModel::Flush() {
  dirty_ = false;
  return ToStatus(db_->Flush(rocksdb::FlushOptions()), "flushing the read model");
}

absl::Status ReadModel::Recover() {
  if (options_.fault) return options_.fault();
  return ToStatus(db_->Resume(), "writing the read model");
}

void ReadModel::FlushEveryInterval() {
  for (;;) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&closing_), options_.flush_interval)) return;
    }
    // A failure shows in the next write; what was not flushed is folded again.
    if (dirty_) Flush().IgnoreError();
  }
}

absl::StatusOr<std::string> ReadModel::Fingerprint() const {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  auto add = [&](const rocksdb::Slice& bytes) {
    const std::string size =
        BigEndian64(static_cast<int64_t>(bytes.size()));  // so that no two sequences run together
    EVP_DigestUpdate(digest.get(), size.data(), size.size());
    EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size());
  };
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    add(it->key());
    add(it->value());
  }
  if (!it->status().ok()) return ToStatus(it->status(), "reading the read model");
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  EVP_DigestFinal_ex(digest.get(), sum, &bytes);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<char*>(sum), bytes));
}

}  // namespace leadstream::store
