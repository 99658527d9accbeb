#include "common/ops/sampler.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/log/position.h"

namespace leadstream::ops {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

}  // namespace

Sampler::Sampler(std::vector<runtime::Service*> services, log::EventLog* log)
    : services_(std::move(services)), log_(log), thread_([this] { Run(); }) {}

Sampler::~Sampler() { Stop(); }

void Sampler::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool Sampler::stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

Sample Sampler::Of(const runtime::Service& service) const {
  absl::MutexLock lock(&mutex_);
  auto at = samples_.find(&service);
  return at == samples_.end() ? Sample() : at->second;
}

void Sampler::Run() {
  for (;;) {
    std::map<std::string, log::Positions> ends;  // of this round, by topic
    for (runtime::Service* service : services_) {
      if (stopping()) return;
      Look(service, &ends);
    }
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kInterval)) return;
  }
}

void Sampler::Look(runtime::Service* service, std::map<std::string, log::Positions>* ends) {
  // Nothing where the log does not answer; then what it last said holds.
  auto ends_of = [&](const std::string& topic) -> const log::Positions& {
    auto [at, is_new] = ends->try_emplace(topic);
    if (is_new && !stopping()) {
      auto asked = log_->Ends(topic);
      if (asked.ok()) at->second = std::move(*asked);
    }
    return at->second;
  };
  Sample sample = Of(*service);
  const absl::Time asked_at = absl::Now();
  const log::Positions& own = ends_of(log::TopicOf(service->name()));
  if (!own.empty()) {
    sample.ends = own;
    backlogs_[service].Saw(asked_at, own);
  }
  // A writer does not read back what it has written.
  log::Positions folded;
  for (int partition = 0; partition < service->model().partitions(); ++partition) {
    if (!service->replica().Writes(partition))
      folded[partition] = service->model().NextOffset(partition);
  }
  sample.lag = backlogs_[service].AgeAt(absl::Now(), folded);
  sample.lag_events = 0;
  for (const auto& [partition, next] : folded) {
    auto end = sample.ends.find(partition);
    if (end != sample.ends.end()) sample.lag_events += std::max<int64_t>(0, end->second - next);
  }
  sample.reaction_lag_events = 0;
  for (const auto& [topic, done] : service->ReactedTo()) {
    const log::Positions& until = ends_of(topic);
    for (const auto& [partition, next] : done) {
      auto end = until.find(partition);
      if (end != until.end())
        sample.reaction_lag_events += std::max<int64_t>(0, end->second - next);
    }
  }
  if (service->caught_up()) sample.parked_reactions = service->ParkedReactions();
  absl::MutexLock lock(&mutex_);
  samples_[service] = std::move(sample);
}

}  // namespace leadstream::ops
