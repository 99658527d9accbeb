#include "cli/verify/flow_checks.h"

#include <absl/hash/hash.h>
#include <absl/strings/str_cat.h>

#include "common/log/position.h"

namespace leadstream::verify {
namespace {

// How far apart the clocks of two nodes may be.
constexpr int64_t kClocksApartUs = int64_t{3600} * 1'000'000;

size_t HashOf(const std::string& text) { return absl::Hash<std::string>()(text); }

}  // namespace

void FlowChecks::See(const std::string& service, const log::LoggedRecord& logged) {
  const log::Record& record = logged.record;
  const Known itself{record.time_us(), HashOf(record.correlation_id())};
  const std::string position = log::ToString({service, logged.partition, logged.offset});
  absl::MutexLock lock(&mutex_);
  if (!record.id().empty() && !events_.try_emplace(HashOf(record.id()), itself).second)
    findings_->Add({"event-id-doubled", position, record.subject(),
                    absl::StrCat("another event has the id ", record.id())});
  if (record.causation_id().empty()) return;
  const Effect effect{HashOf(record.causation_id()), itself, position, record.subject()};
  if (auto cause = events_.find(effect.cause); cause != events_.end()) {
    Compare(effect, cause->second);
  } else {
    waiting_.push_back(effect);
  }
}

void FlowChecks::Compare(const Effect& effect, const Known& cause) {
  if (effect.itself.time_us < cause.time_us - kClocksApartUs)
    findings_->Add({"cause-later", effect.position, effect.resource,
                    "it was recorded before the event that caused it"});
  if (effect.itself.flow != cause.flow)
    findings_->Add({"flow-differs", effect.position, effect.resource,
                    "the event that caused it belongs to another flow"});
}

void FlowChecks::Finish(int64_t settled_us, bool all_there) {
  absl::MutexLock lock(&mutex_);
  for (const Effect& effect : waiting_) {
    auto cause = events_.find(effect.cause);
    if (cause != events_.end()) {
      Compare(effect, cause->second);
    } else if (all_there && effect.itself.time_us <= settled_us) {
      findings_->Add({"cause-missing", effect.position, effect.resource,
                      "the event that caused it is not there"});
    }
  }
}

}  // namespace leadstream::verify
