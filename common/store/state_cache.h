// Resources as they are now, parsed, the most recently used ones. Thread-safe. Only the thread that
// folds a resource's partition puts it here: a reader that put what it had loaded a moment ago
// could put back what was changed since.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>
#include <absl/strings/string_view.h>
#include <absl/synchronization/mutex.h>
#include <google/protobuf/message.h>

#include <array>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace leadstream::store {

// A resource with what the machinery knows of it. Revision 0: there never was one of that name.
struct StoredState {
  std::shared_ptr<const google::protobuf::Message> resource;
  int64_t revision = 0;
  int partition = 0;
  int64_t offset = -1;  // of its last event
  bool deleted = false;

  bool exists() const { return revision > 0 && !deleted; }
};

class StateCache {
 public:
  explicit StateCache(size_t entries_max = 16 << 10) : shard_entries_max_(entries_max / kShards) {}

  std::optional<StoredState> Get(absl::string_view name) {
    Shard& shard = ShardOf(name);
    absl::MutexLock lock(&shard.mutex);
    auto at = shard.entries.find(name);
    if (at == shard.entries.end()) return std::nullopt;
    shard.recent.splice(shard.recent.begin(), shard.recent, at->second);
    return at->second->state;
  }

  void Put(absl::string_view name, const StoredState& state) {
    Shard& shard = ShardOf(name);
    absl::MutexLock lock(&shard.mutex);
    auto at = shard.entries.find(name);
    if (at != shard.entries.end()) {
      at->second->state = state;
      shard.recent.splice(shard.recent.begin(), shard.recent, at->second);
      return;
    }
    shard.recent.push_front({std::string(name), state});
    shard.entries[shard.recent.front().name] = shard.recent.begin();
    if (shard.recent.size() > shard_entries_max_) {
      shard.entries.erase(shard.recent.back().name);
      shard.recent.pop_back();
    }
  }

 private:
  static constexpr size_t kShards = 16;
  struct Entry {
    std::string name;
    StoredState state;
  };
  struct Shard {
    absl::Mutex mutex;
    std::list<Entry> recent ABSL_GUARDED_BY(mutex);
    absl::flat_hash_map<absl::string_view, std::list<Entry>::iterator> entries
        ABSL_GUARDED_BY(mutex);
  };
  Shard& ShardOf(absl::string_view name) {
    return shards_[absl::Hash<absl::string_view>()(name) % kShards];
  }

  const size_t shard_entries_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace leadstream::store
