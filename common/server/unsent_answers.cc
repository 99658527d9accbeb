#include "common/server/unsent_answers.h"

namespace leadstream::server {

bool UnsentAnswers::MayAsk(const std::string& who) const {
  absl::MutexLock lock(&mutex_);
  auto at = by_caller_.find(who);
  if (at == by_caller_.end() || at->second <= kOfOneAlways) return true;
  return at->second <= kOfOneMax && bytes_ <= kOfAllMax;
}

void UnsentAnswers::Add(const std::string& who, size_t bytes) {
  absl::MutexLock lock(&mutex_);
  by_caller_[who] += bytes;
  bytes_ += bytes;
}

void UnsentAnswers::Remove(const std::string& who, size_t bytes) {
  absl::MutexLock lock(&mutex_);
  bytes_ -= bytes;
  auto at = by_caller_.find(who);
  if ((at->second -= bytes) == 0) by_caller_.erase(at);
}

}  // namespace leadstream::server
