#include "common/store/tallies.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <memory>
#include <optional>

#include "common/domain/check.h"
#include "common/store/keys.h"
#include "common/store/values.h"

namespace leadstream::store {

using domain::Decimal;
using domain::TallyBounds;
using domain::TallyEntry;
using domain::TallySum;
using domain::TallyTotal;
using google::protobuf::Message;

namespace {

// Parts of a key are encoded by EncodeWhole, so that the order of keys is that of their parts, one
// after the other. This is the part at the beginning of `bytes`, which goes on behind it then;
// nothing if there is none.
std::optional<std::string> TakePart(absl::string_view* bytes) {
  std::string part;
  for (size_t i = 0; i + 1 < bytes->size(); ++i) {
    part.push_back((*bytes)[i]);
    if ((*bytes)[i] != '\0') continue;
    if ((*bytes)[++i] == '\xFF') continue;
    part.pop_back();
    bytes->remove_prefix(i + 1);
    return part;
  }
  return std::nullopt;
}

// Behind the parts is the partition.
constexpr size_t kPartitionBytes = 4;

void AddEntries(const Collection& collection, int partition, const Message& state, bool take_away,
                std::map<std::string, TallyTotal>* changes) {
  const auto& tallies = collection.aggregate().tallies();
  for (size_t number = 0; number < tallies.size(); ++number) {
    for (const TallyEntry& entry : tallies[number].entries(state)) {
      std::string key = TallyPrefix(collection.number(), static_cast<int>(number));
      for (const std::string& part : entry.key) key.append(EncodeWhole(part));
      key.append(BigEndian32(partition));
      TallyTotal value{take_away ? -1 : 1, entry.numbers};
      if (take_away) {
        for (Decimal& sum : value.sums) sum = -sum;
      }
      (*changes)[std::move(key)].Add(value);
    }
  }
}

// The walk over one tally, within bounds.
class Walk {
 public:
  Walk(std::string prefix, const std::vector<TallyBounds>& bounds, rocksdb::Iterator* it)
      : prefix_(std::move(prefix)), bounds_(bounds), it_(it) {}

  absl::StatusOr<std::vector<TallySum>> Run() {
    it_->Seek(prefix_);
    while (it_->Valid() && it_->key().starts_with(prefix_)) {
      const absl::string_view key(it_->key().data() + prefix_.size(),
                                  it_->key().size() - prefix_.size());
      absl::string_view rest = key;
      const bool is_same = !found_.empty() && key.size() == parts_.size() + kPartitionBytes &&
                           absl::StartsWith(key, parts_);  // in another partition
      if (!is_same && !Enter(key, &rest)) {
        if (broken_) return absl::DataLossError("the read model holds a broken tally");
        continue;
      }
      auto total = DecodeTally({it_->value().data(), it_->value().size()});
      if (!total.ok()) return total.status();
      found_.back().total.Add(*total);
      it_->Next();
    }
    if (!it_->status().ok())
      return absl::UnavailableError(
          absl::StrCat("reading the read model: ", it_->status().ToString()));
    return std::move(found_);
  }

 private:
  // Begins the sum of a key; false if it is out of bounds, and then the iterator is at the next one
  // that may be within.
  bool Enter(absl::string_view key, absl::string_view* rest) {
    TallySum sum;
    while (rest->size() > kPartitionBytes) {
      const absl::string_view before = key.substr(0, key.size() - rest->size());
      auto part = TakePart(rest);
      if (!part) {
        broken_ = true;
        return false;
      }
      const size_t number = sum.key.size();
      if (number < bounds_.size() && bounds_[number].bounded) {
        const TallyBounds& bounds = bounds_[number];
        if (*part < bounds.first) {
          it_->Seek(absl::StrCat(prefix_, before, EncodeWhole(bounds.first)));
          return false;
        }
        if (*part > bounds.last) {
          it_->Seek(PrefixEnd(absl::StrCat(prefix_, before)));
          return false;
        }
      }
      sum.key.push_back(*std::move(part));
    }
    parts_ = std::string(key.substr(0, key.size() - rest->size()));
    found_.push_back(std::move(sum));
    return true;
  }

  const std::string prefix_;
  const std::vector<TallyBounds>& bounds_;
  rocksdb::Iterator* const it_;
  std::string parts_;  // of the sum that is being added up
  std::vector<TallySum> found_;
  bool broken_ = false;
};

}  // namespace

std::map<std::string, TallyTotal> TallyChanges(const Collection& collection, int partition,
                                               const Message* before, const Message* after) {
  std::map<std::string, TallyTotal> changes;
  if (before != nullptr) AddEntries(collection, partition, *before, true, &changes);
  if (after != nullptr) AddEntries(collection, partition, *after, false, &changes);
  return changes;
}

absl::StatusOr<std::vector<TallySum>> Tallies(const ReadModel& model, const Collection& collection,
                                              absl::string_view tally,
                                              const std::vector<TallyBounds>& bounds) {
  const auto& tallies = collection.aggregate().tallies();
  size_t number = 0;
  while (number < tallies.size() && tallies[number].name != tally) ++number;
  domain::Check(number < tallies.size(), absl::StrCat("there is no tally ", tally));
  std::unique_ptr<rocksdb::Iterator> it(model.db()->NewIterator({}));
  return Walk(TallyPrefix(collection.number(), static_cast<int>(number)), bounds, it.get()).Run();
}

}  // namespace leadstream::store
