// A candidate's position is its key in the sorted index of `order_by`, without the prefix: value,
// name. It is that also where matched indexes are walked, so that a page token outlives a change of
// plan, such as a new version with another index.
#include "common/store/list.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <utility>

#include "common/store/index_walk.h"
#include "common/store/keys.h"

namespace leadstream::store {
namespace {

using domain::Index;

// All values of one index that are not strings take so many bytes.
constexpr size_t kFixedValueBytes = 8;

std::string EncodeLiteral(const domain::Equality& equality) {
  if (const auto* number = std::get_if<domain::EnumNumber>(&equality.value))
    return EncodeOrdered(int64_t{number->number});
  if (const auto* text = std::get_if<std::string>(&equality.value))
    return EncodeOrdered(absl::string_view(*text));
  if (const auto* truth = std::get_if<bool>(&equality.value)) return EncodeOrdered(int64_t{*truth});
  return EncodeOrdered(std::get<int64_t>(equality.value));
}

std::string EncodeLiteral(const domain::Bound& bound) {
  if (const auto* time = std::get_if<absl::Time>(&bound.value))
    return EncodeOrdered(absl::ToUnixMicros(*time));
  if (const auto* day = std::get_if<absl::CivilDay>(&bound.value))
    return EncodeOrdered(day->year() * 10'000 + day->month() * 100 + day->day());
  return EncodeOrdered(std::get<int64_t>(bound.value));
}

// The part of the order that the filter's bounds leave: candidates lie in [from, to]. Both are
// inclusive also where the bound is not: an index holds microseconds, so that a later time may have
// an equal key. Empty: no bound.
struct Range {
  std::string from, to;
};

Range RangeOf(const domain::Filter* filter, const std::string& path) {
  Range range;
  if (filter == nullptr) return range;
  for (const domain::Bound& bound : filter->RequiredBounds()) {
    if (bound.path != path) continue;
    const std::string value = EncodeLiteral(bound);
    const bool lower =
        bound.op == domain::Bound::Op::kGreater || bound.op == domain::Bound::Op::kGreaterOrEqual;
    if (lower && value > range.from) range.from = value;
    if (!lower && (range.to.empty() || value < range.to)) range.to = value;
  }
  return range;
}

// Between a suffix of a matched index (time:u64 name) and one of the sorted index of create_time
// (ordered value, name): the sign bit is all that they differ in.
std::string FlipSign(absl::string_view suffix) {
  std::string flipped(suffix);
  if (!flipped.empty()) flipped[0] = static_cast<char>(flipped[0] ^ 0x80);
  return flipped;
}

class Lister {
 public:
  Lister(const ReadModel& model, const ListQuery& query) : model_(model), query_(query) {}

  // Looks at a candidate; false: the page is full, the walk long enough, or the disk failed.
  bool Take(absl::string_view position, absl::string_view name) {
    if (static_cast<int>(page_.resources.size()) == query_.page_size) return End();
    if (!Pass(position)) return false;
    if (!absl::StartsWith(name, query_.name_prefix)) return true;
    auto state = model_.Load(name);
    if (!state.ok()) {
      status_ = state.status();
      return false;
    }
    // It may have changed since the index entry was read; then the filter, asked of what it is now,
    // decides.
    if (state->exists() && (query_.filter == nullptr || query_.filter->Matches(*state->resource)))
      page_.resources.push_back(std::move(*state));
    return true;
  }

  // Counts an entry that is no candidate; false: the walk is long enough.
  bool Pass(absl::string_view position) {
    if (looked_at_ == kCandidatesMax) return End();
    ++looked_at_;
    last_.assign(position.data(), position.size());
    return true;
  }

  absl::StatusOr<ListPage> Page(const absl::Status& walked) && {
    if (!status_.ok()) return status_;
    if (!walked.ok()) return walked;
    return std::move(page_);
  }

 private:
  bool End() {
    page_.next = last_;
    return false;
  }

  const ReadModel& model_;
  const ListQuery& query_;
  ListPage page_;
  std::string last_;
  int looked_at_ = 0;
  absl::Status status_;
};

size_t ValueBytes(const SchemaIndex& order, absl::string_view position) {
  const bool fixed =
      order.path->field().cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING;
  return fixed ? kFixedValueBytes : position.find(absl::string_view("\0\1", 2)) + 2;
}

// The prefixes of the matched indexes' entries that the filter demands; of each index the first:
// what else is asked of the same field is left to the filter. Only in creation order, which theirs
// is.
std::vector<std::string> MatchedPrefixes(const Collection& collection, const ListQuery& query) {
  std::vector<std::string> prefixes;
  if (query.filter == nullptr || query.order_by != "create_time") return prefixes;
  absl::flat_hash_set<const SchemaIndex*> used;
  for (const domain::Equality& equality : query.filter->RequiredEqualities()) {
    const SchemaIndex* index = collection.FindIndex(Index::Kind::kMatched, equality.path);
    if (index != nullptr && used.insert(index).second)
      prefixes.push_back(absl::StrCat(index->prefix, EncodeLiteral(equality)));
  }
  return prefixes;
}

}  // namespace

absl::StatusOr<ListPage> List(const ReadModel& model, const Collection& collection,
                              const ListQuery& query) {
  const SchemaIndex* order = collection.FindIndex(Index::Kind::kSorted, query.order_by);
  if (order == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("lists are not ordered by ", query.order_by));
  rocksdb::DB* db = model.db();
  std::shared_ptr<const rocksdb::Snapshot> snapshot(
      db->GetSnapshot(), [db](const rocksdb::Snapshot* s) { db->ReleaseSnapshot(s); });

  std::vector<std::string> prefixes = MatchedPrefixes(collection, query);
  const bool matched = !prefixes.empty();
  if (!matched) prefixes.push_back(order->prefix);
  std::vector<IndexWalk> walks;
  for (std::string& prefix : prefixes)
    walks.emplace_back(db, snapshot.get(), std::move(prefix), query.descending);
  CommonEntries entries(std::move(walks), query.descending);
  const auto convert = [matched](absl::string_view text) {
    return matched ? FlipSign(text) : std::string(text);
  };

  const Range range = RangeOf(query.filter, query.order_by);
  const std::string& first = query.descending ? range.to : range.from;
  if (!query.after.empty()) {
    entries.StartAfter(convert(query.after));
  } else if (!first.empty()) {
    entries.StartAtValue(convert(first));
  } else {
    entries.Start();
  }

  Lister lister(model, query);
  for (auto where = entries.where(); where != CommonEntries::Where::kEnd; where = entries.where()) {
    const bool together = where == CommonEntries::Where::kTogether;
    const std::string position = convert(together ? entries.suffix() : entries.Passed());
    const size_t value_bytes = ValueBytes(*order, position);
    const absl::string_view value = absl::string_view(position).substr(0, value_bytes);
    if (query.descending ? value < range.from : (!range.to.empty() && value > range.to)) break;
    if (!(together ? lister.Take(position, absl::string_view(position).substr(value_bytes))
                   : lister.Pass(position)))
      break;
    together ? entries.Next() : entries.Approach();
  }
  return std::move(lister).Page(entries.status());
}

absl::Status ForEach(const ReadModel& model, const Collection& collection,
                     const domain::Filter* filter,
                     const std::function<void(const StoredState&)>& visit) {
  ListQuery query;
  query.filter = filter;
  query.page_size = kPageSizeMax;
  do {
    auto page = List(model, collection, query);
    if (!page.ok()) return page.status();
    for (const StoredState& state : page->resources) visit(state);
    query.after = page->next;
  } while (!query.after.empty());
  return absl::OkStatus();
}

}  // namespace leadstream::store
