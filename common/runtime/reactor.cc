#include "common/runtime/reactor.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::runtime {
namespace {

// A reaction that waits this long before it is tried again is something an operator wants to know.
constexpr absl::Duration kRetryDelayReported = absl::Seconds(1);
constexpr absl::Duration kTick = absl::Milliseconds(100);

}  // namespace

void Reactor::Own(const log::GroupProgress& partitions) {
  for (auto it = partitions_.begin(); it != partitions_.end();)
    it = partitions.contains(it->first) ? std::next(it) : partitions_.erase(it);
  for (const auto& [number, progress] : partitions) {
    if (partitions_.contains(number)) continue;
    Partition& partition = partitions_[number];
    partition.next_offset = progress.next_offset;
    partition.fence = log::Fence(progress.epoch);
    partition.kept = progress;
    partition.kept_at = host_->Now();
  }
}

log::Positions Reactor::next_offsets() const {
  log::Positions positions;
  for (const auto& [number, partition] : partitions_) positions[number] = partition.next_offset;
  return positions;
}

log::Positions Reactor::done_offsets() const {
  log::Positions positions;
  for (const auto& [number, partition] : partitions_)
    positions[number] =
        partition.open.empty() ? partition.next_offset : partition.open.begin()->first;
  return positions;
}

void Reactor::Deliver(std::vector<log::LoggedRecord> records) {
  for (log::LoggedRecord& logged : records) {
    auto at = partitions_.find(logged.partition);
    if (at == partitions_.end() || logged.offset < at->second.next_offset) continue;
    Partition& partition = at->second;
    const int64_t offset = logged.offset;
    partition.next_offset = offset + 1;
    const bool counts = partition.fence.Admit(logged.record);
    if (!counts && options_.mutant != Mutant::kReactToAll) continue;
    std::vector<Step> steps;
    for (const domain::Reaction& reaction : *reactions_) {
      if (reaction.event->GetDescriptor()->full_name() != logged.record.type()) continue;
      steps.push_back({std::make_shared<Occasion>(Occasion{&reaction, logged}), nullptr});
    }
    if (steps.empty()) continue;
    steps.back().last = true;
    partition.open[offset] = logged.record.epoch();
    ++open_;
    Lane& lane = lanes_[logged.record.subject()];
    lane.subject = logged.record.subject();
    for (Step& step : steps) lane.steps.push_back(std::move(step));
  }
}

absl::Time Reactor::Advance() {
  const absl::Time now = host_->Now();
  absl::Time next = now + kTick;
  if (!stopping_) {
    for (auto& [subject, lane] : lanes_) {
      if (under_way_ >= options_.lanes_max) break;
      if (lane.under_way) continue;
      if (lane.not_before > now) {
        next = std::min(next, lane.not_before);
        continue;
      }
      Begin(&lane);
    }
  }
  std::erase_if(
      lanes_, [](const auto& lane) { return lane.second.steps.empty() && !lane.second.under_way; });
  Commit();
  return next;
}

void Reactor::Begin(Lane* lane) {
  // What another node reacts to now is left to it.
  while (!lane->steps.empty() &&
         !partitions_.contains(lane->steps.front().occasion->logged.partition)) {
    if (lane->steps.front().last) --open_;
    lane->steps.pop_front();
  }
  if (lane->steps.empty()) return;
  lane->under_way = true;
  ++under_way_;
  Step& step = lane->steps.front();
  if (step.commands != nullptr) return IssueNext(lane);
  host_->MakeCommands(
      step.occasion, host_->Now() + options_.command_deadline,
      [this, lane](absl::StatusOr<domain::Commands> made) {
        if (made.ok()) {
          lane->steps.front().commands = std::make_shared<domain::Commands>(std::move(*made));
          return IssueNext(lane);
        }
        if (IsPassing(made.status().code())) return Retry(lane, made.status().message());
        // It cannot be reacted to at all: an operator must look at it, and nothing else should
        // wait.
        ParkStep(lane, "", FailureOf(made.status()), [this, lane] { EndStep(lane); });
      });
}

void Reactor::IssueNext(Lane* lane) {
  Step& step = lane->steps.front();
  if (step.next_command >= step.commands->all().size()) return EndStep(lane);
  const domain::Commands::Command& command = step.commands->all()[step.next_command];
  effects_ = true;
  std::shared_ptr<const Occasion> occasion = step.occasion;
  if (options_.mutant == Mutant::kReactAnew) {
    Occasion another = *occasion;
    absl::StrAppend(another.logged.record.mutable_id(), absl::FormatTime(host_->Now()));
    occasion = std::make_shared<Occasion>(std::move(another));
  }
  host_->Execute(Issue(*occasion, command, host_->Now() + options_.command_deadline),
                 [this, lane, occasion, key = command.key](Outcome outcome) {
                   if (outcome.refusal && IsPassing(outcome.refusal->code))
                     return Retry(lane, outcome.refusal->message);
                   auto go_on = [this, lane] {
                     ++lane->steps.front().next_command;
                     IssueNext(lane);
                   };
                   if (!outcome.refusal || IsDone(*occasion->reaction, *outcome.refusal))
                     return go_on();
                   ParkStep(lane, key, *outcome.refusal, go_on);
                 });
}

void Reactor::ParkStep(Lane* lane, const std::string& key, const domain::Refusal& refusal,
                       std::function<void()> then) {
  const Occasion& occasion = *lane->steps.front().occasion;
  host_->Report(3, absl::StrCat(options_.service, ": parked ", occasion.reaction->name, " of ",
                                lane->subject, ": ", refusal.reason, ": ", refusal.message));
  effects_ = true;
  host_->Execute(
      Park(options_.service, occasion, key, refusal, host_->Now() + options_.command_deadline),
      [this, lane, then](Outcome outcome) {
        if (!outcome.refusal || outcome.refusal->code == absl::StatusCode::kAlreadyExists) {
          lane->steps.front().parked = true;
          return then();
        }
        Retry(lane, outcome.refusal->message);
      });
}

void Reactor::EndStep(Lane* lane) {
  const Step step = std::move(lane->steps.front());
  lane->steps.pop_front();
  if (step.parked) {
    options_.counters->reactions_parked.Add();
  } else if (step.next_command > 0) {
    options_.counters->reactions_done.Add();
  }
  lane->under_way = false;
  lane->delay = absl::ZeroDuration();
  --under_way_;
  if (!step.last) return;
  --open_;
  auto at = partitions_.find(step.occasion->logged.partition);
  if (at != partitions_.end()) at->second.open.erase(step.occasion->logged.offset);
}

void Reactor::Retry(Lane* lane, absl::string_view why) {
  options_.counters->reactions_retried.Add();
  lane->under_way = false;
  --under_way_;
  lane->delay = std::clamp(lane->delay * 2, options_.retry_delay_min, options_.retry_delay_max);
  lane->not_before = host_->Now() + lane->delay;
  if (lane->delay < kRetryDelayReported) return;
  host_->Report(
      3, absl::StrCat(options_.service, ": ", lane->steps.front().occasion->reaction->name, " of ",
                      lane->subject, " goes on in ", absl::FormatDuration(lane->delay), ": ", why));
}

log::GroupProgress Reactor::Progress(absl::Time repeat_before) const {
  log::GroupProgress progress;
  for (const auto& [number, partition] : partitions_) {
    log::Progress reached{partition.next_offset, partition.fence.epoch()};
    // It counts, so its epoch is that of the last valid claim before it.
    if (!partition.open.empty() && options_.mutant != Mutant::kProgressAhead)
      reached = {partition.open.begin()->first, partition.open.begin()->second};
    if (reached == partition.kept && partition.kept_at > repeat_before) continue;
    progress[number] = reached;
  }
  return progress;
}

void Reactor::Commit() {
  const absl::Time now = host_->Now();
  const absl::Duration interval =
      effects_ ? options_.commit_interval : options_.idle_commit_interval;
  if (committing_ || stopping_ || now - committed_at_ < interval) return;
  log::GroupProgress progress = Progress(now - options_.repeat_commit_interval);
  committed_at_ = now;
  effects_ = false;
  if (progress.empty()) return;
  committing_ = true;
  host_->CommitProgress(progress, [this, progress, now](absl::Status kept) {
    committing_ = false;
    if (!kept.ok()) return;  // it is tried again; what is not kept is only done once more
    for (const auto& [number, reached] : progress) {
      auto at = partitions_.find(number);
      if (at == partitions_.end()) continue;
      at->second.kept = reached;
      at->second.kept_at = now;
    }
  });
}

}  // namespace leadstream::runtime
