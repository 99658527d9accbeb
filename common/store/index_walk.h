// Walking indexes in one direction, one or several at a time.
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

namespace leadstream::store {

// One index's entries under a prefix. What follows the prefix, the suffix, orders them.
class IndexWalk {
 public:
  // The snapshot must outlive it.
  IndexWalk(rocksdb::DB* db, const rocksdb::Snapshot* snapshot, std::string prefix,
            bool descending);

  // To the very first entry in walking order.
  void Start();
  // To the first entry at or after `suffix` in walking order.
  void SkipTo(absl::string_view suffix);
  // To the first entry in walking order whose suffix begins with `value`, or to where it would be.
  void SkipToValue(absl::string_view value);
  void Next();
  bool Valid() const { return it_->Valid() && it_->key().starts_with(prefix_); }
  absl::string_view suffix() const;
  // Unavailable: the disk failed, and that is why it is not valid.
  absl::Status status() const;

 private:
  std::string prefix_;
  bool descending_;
  std::unique_ptr<rocksdb::Iterator> it_;
};

// The entries that all of several walks have, found by letting each skip ahead to where the others
// are.
class CommonEntries {
 public:
  // Not empty, all in one direction.
  CommonEntries(std::vector<IndexWalk> walks, bool descending)
      : walks_(std::move(walks)), descending_(descending) {}

  void Start();
  // To the first entry strictly after `suffix` in walking order.
  void StartAfter(absl::string_view suffix);
  void StartAtValue(absl::string_view value);
  void Next() { walks_.front().Next(); }

  // kTogether: all walks are at one entry, `suffix()`. kApart: they are not; each is to be brought
  // nearer by Approach.
  enum class Where { kTogether, kApart, kEnd };
  Where where() const;
  absl::string_view suffix() const { return walks_.front().suffix(); }
  // Apart: the walk that is furthest behind is there. That entry and all before it are done with.
  absl::string_view Passed() const;
  void Approach();
  absl::Status status() const;

 private:
  bool Before(absl::string_view a, absl::string_view b) const {
    return descending_ ? a > b : a < b;
  }

  std::vector<IndexWalk> walks_;
  bool descending_;
};

}  // namespace leadstream::store
