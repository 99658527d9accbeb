#include "common/store/list.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/store/keys.h"

namespace leadstream::store {
namespace {

absl::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// One index's entries under a prefix, in one direction. `suffix()` is what follows the prefix: it orders the entries.
class Walk {
 public:
  Walk(rocksdb::DB* db, const rocksdb::Snapshot* snapshot, std::string prefix, bool descending)
      : prefix_(std::move(prefix)), end_(PrefixEnd(prefix_)), descending_(descending) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    it_.reset(db->NewIterator(options));
  }

  // To the first entry strictly after `suffix` in walking order, or to the very first if it is empty.
  void Start(absl::string_view suffix) {
    if (suffix.empty()) {
      descending_ ? it_->SeekForPrev(end_) : it_->Seek(prefix_);
      if (descending_ && it_->Valid() && it_->key() == rocksdb::Slice(end_)) it_->Prev();
      return;
    }
    SkipTo(suffix);
    if (Valid() && this->suffix() == suffix) Next();
  }
  // To the first entry at or after `suffix` in walking order.
  void SkipTo(absl::string_view suffix) {
    const std::string key = absl::StrCat(prefix_, suffix);
    descending_ ? it_->SeekForPrev(key) : it_->Seek(key);
  }
  void Next() { descending_ ? it_->Prev() : it_->Next(); }
  bool Valid() const { return it_->Valid() && it_->key().starts_with(prefix_); }
  absl::string_view suffix() const { return View(it_->key()).substr(prefix_.size()); }
  // Whether `a` comes before `b` in walking order.
  bool Before(absl::string_view a, absl::string_view b) const { return descending_ ? a > b : a < b; }
  absl::Status status() const {
    return it_->status().ok() ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("reading the read model: ", it_->status().ToString()));
  }

 private:
  const std::string prefix_;
  const std::string end_;
  const bool descending_;
  std::unique_ptr<rocksdb::Iterator> it_;
};

std::string EncodeLiteral(const Equality& equality) {
  if (const auto* number = std::get_if<EnumNumber>(&equality.value)) return EncodeOrdered(int64_t{number->number});
  if (const auto* text = std::get_if<std::string>(&equality.value)) return EncodeOrdered(absl::string_view(*text));
  if (const auto* truth = std::get_if<bool>(&equality.value)) return EncodeOrdered(int64_t{*truth});
  return EncodeOrdered(std::get<int64_t>(equality.value));
}

std::string EncodeLiteral(const Bound& bound) {
  if (const auto* time = std::get_if<absl::Time>(&bound.value)) return EncodeOrdered(absl::ToUnixMicros(*time));
  if (const auto* day = std::get_if<absl::CivilDay>(&bound.value)) return EncodeOrdered(day->year() * 10'000 + day->month() * 100 + day->day());
  return EncodeOrdered(std::get<int64_t>(bound.value));
}

// The part of a sorted index that the filter's bounds leave: candidates lie in [from, to], both inclusive for safety.
struct Range {
  std::string from, to;
};

Range RangeOf(const Filter* filter, const std::string& path) {
  Range range;
  if (filter == nullptr) return range;
  for (const Bound& bound : filter->RequiredBounds()) {
    if (bound.path != path) continue;
    const std::string value = EncodeLiteral(bound);
    const bool lower = bound.op == Bound::Op::kGreater || bound.op == Bound::Op::kGreaterOrEqual;
    if (lower && value > range.from) range.from = value;
    if (!lower && (range.to.empty() || value < range.to)) range.to = value;
  }
  return range;
}

class Lister {
 public:
  Lister(const ReadModel& model, const ListQuery& query) : model_(model), query_(query) {}

  // Takes a candidate; false: the page is full or the walk long enough.
  bool Take(absl::string_view suffix, absl::string_view name, absl::Status* status) {
    if (static_cast<int>(page_.resources.size()) == query_.page_size || candidates_ == kCandidatesMax) {
      page_.next = last_;
      return false;
    }
    ++candidates_;
    last_ = std::string(suffix);
    if (!absl::StartsWith(name, query_.name_prefix)) return true;
    auto state = model_.Load(name);
    if (!state.ok()) {
      *status = state.status();
      return false;
    }
    // It may have changed since the index entry was read; then the filter, asked of what it is now, decides.
    if (state->exists() && (query_.filter == nullptr || query_.filter->Matches(*state->resource))) page_.resources.push_back(std::move(*state));
    return true;
  }

  ListPage page() && { return std::move(page_); }

 private:
  const ReadModel& model_;
  const ListQuery& query_;
  ListPage page_;
  std::string last_;
  int candidates_ = 0;
};

// Entries of matched indexes end in time:u64 name, which orders them alike: so they can be intersected by skipping.
absl::Status Intersect(std::vector<Walk>& walks, const ListQuery& query, Lister* lister) {
  constexpr size_t kTimeBytes = 8;
  for (Walk& walk : walks) walk.Start(query.after);
  for (;;) {
    for (Walk& walk : walks) {
      if (!walk.Valid()) return walk.status();
    }
    std::string furthest(walks[0].suffix());
    for (const Walk& walk : walks) {
      if (walk.Before(furthest, walk.suffix())) furthest = std::string(walk.suffix());
    }
    bool all_there = true;
    for (Walk& walk : walks) {
      if (walk.suffix() == furthest) continue;
      all_there = false;
      walk.SkipTo(furthest);
    }
    if (!all_there) continue;
    absl::Status status;
    if (!lister->Take(furthest, absl::string_view(furthest).substr(kTimeBytes), &status)) return status;
    walks[0].Next();
  }
}

}  // namespace

absl::StatusOr<ListPage> List(const ReadModel& model, const Collection& collection, const ListQuery& query) {
  const SchemaIndex* order = collection.FindIndex(domain::Index::Kind::kSorted, query.order_by);
  if (order == nullptr) return absl::InvalidArgumentError(absl::StrCat("lists are not ordered by ", query.order_by));
  rocksdb::DB* db = model.db();
  std::shared_ptr<const rocksdb::Snapshot> snapshot(db->GetSnapshot(), [db](const rocksdb::Snapshot* s) { db->ReleaseSnapshot(s); });
  Lister lister(model, query);

  std::vector<Walk> walks;
  if (query.filter != nullptr && query.order_by == "create_time") {
    for (const Equality& equality : query.filter->RequiredEqualities()) {
      const SchemaIndex* index = collection.FindIndex(domain::Index::Kind::kMatched, equality.path);
      if (index != nullptr) walks.emplace_back(db, snapshot.get(), absl::StrCat(index->prefix, EncodeLiteral(equality)), query.descending);
    }
  }
  if (!walks.empty()) {
    absl::Status walked = Intersect(walks, query, &lister);
    if (!walked.ok()) return walked;
    return std::move(lister).page();
  }

  const Range range = RangeOf(query.filter, query.order_by);
  Walk walk(db, snapshot.get(), order->prefix, query.descending);
  if (!query.after.empty()) {
    walk.Start(query.after);
  } else if (query.descending ? !range.to.empty() : !range.from.empty()) {
    walk.SkipTo(query.descending ? PrefixEnd(range.to) : range.from);
  } else {
    walk.Start("");
  }
  const size_t value_bytes_fixed = order->path->field().cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING ? 0 : 8;
  absl::Status status;
  for (; walk.Valid(); walk.Next()) {
    const absl::string_view suffix = walk.suffix();
    const size_t value_bytes = value_bytes_fixed != 0 ? value_bytes_fixed : suffix.find(absl::string_view("\0\1", 2)) + 2;
    const absl::string_view value = suffix.substr(0, value_bytes);
    if (query.descending ? (!range.from.empty() && value < range.from) : (!range.to.empty() && value > range.to)) break;
    if (!lister.Take(suffix, suffix.substr(value_bytes), &status)) break;
  }
  if (status.ok()) status = walk.status();
  if (!status.ok()) return status;
  return std::move(lister).page();
}

}  // namespace leadstream::store
