#include "common/server/long_reads.h"

#include <utility>

namespace leadstream::server {

bool LongReads::Add(const std::string& who, std::function<void()> read) {
  absl::MutexLock lock(&mutex_);
  auto at = waiting_.find(who);
  if (at != waiting_.end() && at->second.size() >= waiting_of_one_max_) return false;
  if (!pool_.Add([this] { ReadNext(); })) return false;
  auto& reads = waiting_[who];
  if (reads.empty()) turns_.push_back(who);
  reads.push_back(std::move(read));
  return true;
}

void LongReads::ReadNext() {
  std::function<void()> read;
  {
    absl::MutexLock lock(&mutex_);
    const std::string who = std::move(turns_.front());
    turns_.pop_front();
    auto at = waiting_.find(who);
    read = std::move(at->second.front());
    at->second.pop_front();
    if (at->second.empty()) {
      waiting_.erase(at);
    } else {
      turns_.push_back(who);
    }
  }
  read();
}

}  // namespace leadstream::server
