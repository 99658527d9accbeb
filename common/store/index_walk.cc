#include "common/store/index_walk.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "common/store/keys.h"

namespace leadstream::store {

IndexWalk::IndexWalk(rocksdb::DB* db, const rocksdb::Snapshot* snapshot, std::string prefix,
                     bool descending)
    : prefix_(std::move(prefix)), descending_(descending) {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot;
  it_.reset(db->NewIterator(options));
}

void IndexWalk::Start() { SkipToValue(""); }

void IndexWalk::SkipTo(absl::string_view suffix) {
  const std::string key = absl::StrCat(prefix_, suffix);
  descending_ ? it_->SeekForPrev(key) : it_->Seek(key);
}

void IndexWalk::SkipToValue(absl::string_view value) {
  const std::string key = absl::StrCat(prefix_, value);
  if (!descending_) return it_->Seek(key);
  // Of the whole key: a value of nothing but FF has no end of its own.
  const std::string end = PrefixEnd(key);
  it_->SeekForPrev(end);
  if (it_->Valid() && it_->key() == rocksdb::Slice(end)) it_->Prev();
}

void IndexWalk::Next() { descending_ ? it_->Prev() : it_->Next(); }

absl::string_view IndexWalk::suffix() const {
  return absl::string_view(it_->key().data(), it_->key().size()).substr(prefix_.size());
}

absl::Status IndexWalk::status() const {
  if (it_->status().ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("reading the read model: ", it_->status().ToString()));
}

void CommonEntries::Start() {
  for (IndexWalk& walk : walks_) walk.Start();
}

void CommonEntries::StartAfter(absl::string_view suffix) {
  for (IndexWalk& walk : walks_) {
    walk.SkipTo(suffix);
    if (walk.Valid() && walk.suffix() == suffix) walk.Next();
  }
}

void CommonEntries::StartAtValue(absl::string_view value) {
  for (IndexWalk& walk : walks_) walk.SkipToValue(value);
}

CommonEntries::Where CommonEntries::where() const {
  if (!std::all_of(walks_.begin(), walks_.end(),
                   [](const IndexWalk& walk) { return walk.Valid(); }))
    return Where::kEnd;
  const bool together = std::all_of(walks_.begin(), walks_.end(), [this](const IndexWalk& walk) {
    return walk.suffix() == suffix();
  });
  return together ? Where::kTogether : Where::kApart;
}

absl::string_view CommonEntries::Passed() const {
  absl::string_view first = suffix();
  for (const IndexWalk& walk : walks_) {
    if (Before(walk.suffix(), first)) first = walk.suffix();
  }
  return first;
}

void CommonEntries::Approach() {
  absl::string_view found = suffix();
  for (const IndexWalk& walk : walks_) {
    if (Before(found, walk.suffix())) found = walk.suffix();
  }
  const std::string furthest(found);
  for (IndexWalk& walk : walks_) {
    if (walk.suffix() != furthest) walk.SkipTo(furthest);
  }
}

absl::Status CommonEntries::status() const {
  for (const IndexWalk& walk : walks_) {
    if (absl::Status status = walk.status(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace leadstream::store
