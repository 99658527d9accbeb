#include "common/runtime/timers.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cmath>

#include "common/runtime/ids.h"

namespace leadstream::runtime {

using google::protobuf::Message;

namespace {

void SetString(Message* message, const char* field, const std::string& value) {
  const auto* descriptor = message->GetDescriptor()->FindFieldByName(field);
  if (descriptor != nullptr) message->GetReflection()->SetString(message, descriptor, value);
}

}  // namespace

void Timers::Advance() {
  for (int partition = 0; partition < model_->partitions(); ++partition) {
    if (under_way_ >= options_.under_way_max) return;
    if (host_->Writes(partition)) AdvancePartition(partition);
  }
}

void Timers::AdvancePartition(int partition) {
  const int64_t now_us = host_->TimeMicros();
  bool all = true;
  absl::Status read = store::EachDue(*model_, partition, now_us, [&](const store::DueTimer& due) {
    if (under_way_ >= options_.under_way_max) return all = false;
    const Key key{partition, due.due_us, due.timer, due.name};
    Attempt& attempt = attempts_[key];
    attempt.seen = true;
    if (!attempt.under_way && attempt.not_before_us <= now_us) Issue(key, due, &attempt);
    return true;
  });
  if (!read.ok())
    host_->Report(3, absl::StrCat(options_.service, ": what is due: ", read.message()));
  // What is due no more is forgotten.
  const auto end = attempts_.lower_bound({partition + 1, 0, "", ""});
  for (auto it = attempts_.lower_bound({partition, 0, "", ""}); it != end;) {
    const bool gone = !it->second.seen && !it->second.under_way && all && read.ok();
    it->second.seen = false;
    it = gone ? attempts_.erase(it) : std::next(it);
  }
}

bool Timers::Settled(const domain::Aggregate& aggregate, const domain::Timer& timer,
                     const std::string& name, Attempt* attempt) const {
  auto state = model_->Find(name);
  if (!state.ok()) return false;
  if (state->revision != attempt->revision) {
    attempt->revision = state->revision;
    attempt->refusals = 0;
    attempt->delay = absl::ZeroDuration();
  }
  const domain::Command* command = aggregate.FindCommand(timer.request->GetDescriptor());
  return attempt->refusals >= options_.refusals_max && command != nullptr && !command->needs;
}

void Timers::Issue(const Key& key, const store::DueTimer& due, Attempt* attempt) {
  const store::Collection* collection = model_->schema().OfName(due.name);
  const domain::Timer* timer =
      collection == nullptr ? nullptr : collection->aggregate().FindTimer(due.timer);
  if (timer == nullptr) return;
  if (Settled(collection->aggregate(), *timer, due.name, attempt)) {
    attempt->not_before_us =
        host_->TimeMicros() + absl::ToInt64Microseconds(options_.retry_delay_max);
    return;
  }
  IssuedCommand command;
  command.request.reset(timer->request->New());
  SetString(command.request.get(), "name", due.name);
  SetString(command.request.get(), "request_id",
            UuidOf({due.name, due.timer, absl::StrCat(due.due_us)}));
  command.call.actor = absl::StrCat("timers/", due.timer);
  command.call.deadline = absl::Now() + options_.command_deadline;
  attempt->under_way = true;
  ++under_way_;
  host_->Execute(std::move(command), [this, key](Outcome outcome) { Ended(key, outcome); });
}

void Timers::Ended(const Key& key, const Outcome& outcome) {
  Attempt& attempt = attempts_.at(key);
  attempt.under_way = false;
  --under_way_;
  const bool refused = outcome.refusal && !IsPassing(outcome.refusal->code);
  absl::Duration delay;
  if (refused) {
    delay = std::min(options_.retry_delay_min * std::ldexp(1.0, attempt.refusals++),
                     options_.retry_delay_max);
  } else {
    delay = attempt.delay =
        std::clamp(attempt.delay * 2, options_.retry_delay_min, options_.failure_delay_max);
  }
  attempt.not_before_us = host_->TimeMicros() + absl::ToInt64Microseconds(delay);
  Counters& counters = *options_.counters;
  if (!outcome.refusal) return counters.timers_accepted.Add();
  if (!refused) {
    if (options_.mutant == Mutant::kSettleFailed) attempt.refusals = options_.refusals_max;
    return counters.timers_failed.Add();
  }
  counters.timers_refused.Add();
  const auto& [partition, due_us, timer, name] = key;
  host_->Report(
      3, absl::StrCat(options_.service, ": ", timer, " of ", name, ", due at ",
                      absl::FormatTime(absl::FromUnixMicros(due_us), absl::UTCTimeZone()),
                      ", was refused and is looked at again in ", absl::FormatDuration(delay), ": ",
                      outcome.refusal->reason, ": ", outcome.refusal->message));
}

}  // namespace leadstream::runtime
