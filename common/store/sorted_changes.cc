#include "common/store/sorted_changes.h"

#include <absl/strings/string_view.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace leadstream::store {
namespace {

struct Change {
  KeyChange what;
  uint32_t number;  // in the batch
  // The first bytes of the key behind those that it shares with all others of its kind, as numbers
  // that are ordered as they are: nearly all comparisons need no more.
  uint64_t head, next;
};

bool IsBefore(const Change& a, const Change& b) {
  if (a.head != b.head) return a.head < b.head;
  if (a.next != b.next) return a.next < b.next;
  const int order = a.what.key.compare(b.what.key);
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
    size_t shared = changes_.front().what.key.size();
    for (const Change& change : changes_)
      shared = std::min(shared, change.what.key.difference_offset(changes_.front().what.key));
    for (Change& change : changes_) {
      change.head = Number(change.what.key, shared);
      change.next = Number(change.what.key, shared + sizeof(change.head));
    }
    std::sort(changes_.begin(), changes_.end(), IsBefore);
    // From behind, so that the last change of a key is the one that stays.
    auto kept =
        std::unique(changes_.rbegin(), changes_.rend(),
                    [](const Change& a, const Change& b) { return a.what.key == b.what.key; });
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
    last_->second.Add({{key, value, deletes}, number_++, 0, 0});
    return rocksdb::Status::OK();
  }

  static constexpr size_t kKindBytes = 3;  // an index, or a letter and some of the name

  std::map<std::string, Kind> kinds_;
  std::map<std::string, Kind>::value_type* last_ = nullptr;
  uint32_t number_ = 0;
};

}  // namespace

rocksdb::Status InKeyOrder(const rocksdb::WriteBatch& batch,
                           absl::FunctionRef<rocksdb::Status(const KeyChange&)> take) {
  Changes changes;
  rocksdb::Status status = batch.Iterate(&changes);
  for (auto& [prefix, kind] : changes.kinds()) {
    for (const Change& change : kind.Sorted()) {
      if (!status.ok()) return status;
      status = take(change.what);
    }
  }
  return status;
}

}  // namespace leadstream::store
