#include "common/store/batch_file.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "common/store/keys.h"

namespace leadstream::store {
namespace {

constexpr absl::string_view kPrefix = "batch-", kSuffix = ".sst";

// What a batch does to a key; its bytes are the batch's.
struct Change {
  rocksdb::Slice key;
  rocksdb::Slice value;
  uint32_t number;  // in the batch
  bool deletes;
  // The first bytes of the key behind those that it shares with all others of its kind, as numbers
  // that are ordered as they are: nearly all comparisons need no more.
  uint64_t head, next;
};

bool IsBefore(const Change& a, const Change& b) {
  if (a.head != b.head) return a.head < b.head;
  if (a.next != b.next) return a.next < b.next;
  const int order = a.key.compare(b.key);
  return order != 0 ? order < 0 : a.number < b.number;
}

uint64_t Number(const rocksdb::Slice& key, size_t from) {
  uint64_t number = 0;
  for (size_t i = from; i < from + sizeof(number); ++i)
    number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  return number;
}

// All changes of one kind of key.
class Kind {
 public:
  void Add(Change change) { changes_.push_back(std::move(change)); }

  // In key order, the last change of each key.
  const std::vector<Change>& Sorted() {
    size_t shared = changes_.front().key.size();
    for (const Change& change : changes_)
      shared = std::min(shared, change.key.difference_offset(changes_.front().key));
    for (Change& change : changes_) {
      change.head = Number(change.key, shared);
      change.next = Number(change.key, shared + sizeof(change.head));
    }
    std::sort(changes_.begin(), changes_.end(), IsBefore);
    // From behind, so that the last change of a key is the one that stays.
    auto kept = std::unique(changes_.rbegin(), changes_.rend(),
                            [](const Change& a, const Change& b) { return a.key == b.key; });
    changes_.erase(changes_.begin(), kept.base());
    return changes_;
  }

 private:
  std::vector<Change> changes_;
};

class Changes : public rocksdb::WriteBatch::Handler {
 public:
  rocksdb::Status PutCF(uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    return Add(key, value, false);
  }
  rocksdb::Status DeleteCF(uint32_t, const rocksdb::Slice& key) override {
    return Add(key, {}, true);
  }

  // By what keys of a kind begin with, in key order.
  std::map<std::string, Kind>& kinds() { return kinds_; }

 private:
  rocksdb::Status Add(const rocksdb::Slice& key, const rocksdb::Slice& value, bool deletes) {
    const size_t bytes = std::min(key.size(), kKindBytes);
    if (last_ == nullptr || absl::string_view(key.data(), bytes) != last_->first)
      last_ = &*kinds_.try_emplace(std::string(key.data(), bytes)).first;
    last_->second.Add({key, value, number_++, deletes, 0, 0});
    return rocksdb::Status::OK();
  }

  static constexpr size_t kKindBytes = 3;  // an index, or a letter and some of the name

  std::map<std::string, Kind> kinds_;
  std::map<std::string, Kind>::value_type* last_ = nullptr;
  uint32_t number_ = 0;
};

}  // namespace

rocksdb::Status BatchFile::Write(const rocksdb::WriteBatch& batch, rocksdb::DB* db,
                                 std::unique_ptr<BatchFile>* file) {
  Changes changes;
  rocksdb::Status status = batch.Iterate(&changes);
  if (!status.ok()) return status;
  static std::atomic<int64_t> number{0};
  file->reset(new BatchFile(db, absl::StrCat(db->GetName(), "/", kPrefix, ++number, kSuffix)));
  // It lies where the first levels lie, and is rewritten soon.
  rocksdb::Options options = db->GetOptions();
  options.compression = options.compression_per_level.front();
  options.compression_per_level.clear();
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  status = writer.Open((*file)->path_);
  for (auto& [prefix, kind] : changes.kinds()) {
    for (const Change& change : kind.Sorted()) {
      if (!status.ok()) return status;
      status = change.deletes ? writer.Delete(change.key) : writer.Put(change.key, change.value);
    }
  }
  return status.ok() ? writer.Finish() : status;
}

BatchFile::~BatchFile() {
  if (!taken_in_) db_->GetEnv()->DeleteFile(path_).PermitUncheckedError();
}

rocksdb::Status BatchFile::TakeIn() {
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  rocksdb::Status status = db_->IngestExternalFile({path_}, options);
  taken_in_ = status.ok();
  return status;
}

void BatchFile::RemoveOld(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename();
    if (absl::StartsWith(name, kPrefix) && absl::EndsWith(name, kSuffix))
      std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace leadstream::store
