// A replica's commands: decided here, passed on, kept; and what the log says of those in doubt.
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/runtime/ids.h"
#include "common/runtime/replica.h"

namespace leadstream::runtime {
namespace {

// A caller is answered so long before its deadline, that the answer still reaches it.
constexpr absl::Duration kAnswerMargin = absl::Milliseconds(20);
// Fewer are answered before another thread would be awake.
constexpr size_t kAnsweredAsideFrom = 8;

}  // namespace

// A refusal says that nothing was stored, nor will be. Of a command that another node may still
// carry out nobody knows that, whatever has been found out since.
void Replica::Answer(PendingCommand command, Outcome outcome) {
  if (outcome.refusal && command.doubtful) outcome.refusal = NotKnown();
  command.done(std::move(outcome));
}

void Replica::Refuse(PendingCommand command, domain::Refusal refusal) {
  Answer(std::move(command), {std::move(refusal), {}, {}});
}

void Replica::Submit(PendingCommand command) {
  if (failed_ && options_.exclusive) return Refuse(std::move(command), LogFailed());
  // Until it has handed everything over, a node of several passes on what still comes.
  if (gone_ || (draining_ && options_.exclusive)) {
    if (command.forwarded) return Refuse(std::move(command), NoWriter());
    return Refuse(std::move(command), ShuttingDown());
  }
  if (waiting_ + forwarded_ >= options_.queue_depth_max) {
    return Refuse(std::move(command), QueueFull(waiting_ + forwarded_));
  }
  Requeue(std::move(command));
}

void Replica::Requeue(PendingCommand command) {
  ++waiting_;
  const auto number = static_cast<size_t>(command.partition);
  partitions_[number].waiting.push_back(std::move(command));
}

// Sends what waits for another node's partition there.
void Replica::Route(Partition* partition) {
  if (partition->waiting.empty() || !caught_up_) return;
  const log::Fence& fence = partition->fence;
  if (partition->ownership.IsWriter(fence)) return;
  const bool reachable = fence.epoch() > 0 && fence.writer().node != options_.self.node &&
                         host_->Now() >= partition->forward_not_before;
  std::deque<PendingCommand> waiting = std::move(partition->waiting);
  partition->waiting.clear();
  waiting_ -= waiting.size();
  for (PendingCommand& command : waiting) {
    if (command.forwarded) {
      Refuse(std::move(command),
             NoWriter());  // whoever sent it reads the same log, and tries again
    } else if (reachable) {
      Forward(partition, std::move(command));
    } else {
      Requeue(std::move(command));
    }
  }
}

void Replica::Forward(Partition* partition, PendingCommand command) {
  // Sent again, it must not be carried out again.
  const auto* field = command.request->GetDescriptor()->FindFieldByName("request_id");
  if (command.request_id.empty() && field != nullptr &&
      options_.mutant != Mutant::kForwardNameless) {
    command.request_id = host_->NewId();
    command.request->GetReflection()->SetString(command.request.get(), field, command.request_id);
    command.request_hash = HashOf(*command.request);
  }
  ++forwarded_;
  const std::string address = partition->fence.writer().address;
  auto sent = std::make_shared<PendingCommand>(std::move(command));
  host_->Forward(address, sent, [this, partition, sent](std::optional<Outcome> outcome) {
    --forwarded_;
    const bool again =
        !outcome || (outcome->refusal && outcome->refusal->reason ==
                                             domain::ReasonName(common::v1::WRITER_UNAVAILABLE));
    if (!again) return Answer(std::move(*sent), std::move(*outcome));
    sent->doubtful |= !outcome;
    partition->forward_not_before = host_->Now() + options_.forward_retry_delay;
    Requeue(std::move(*sent));
  });
}

// Whatever waits where it may be decided, of all such partitions, is one group. The next one
// gathers while it is in flight: small ones cost the brokers as much as large ones. But partitions
// whose broker is slow hold up the others for a moment only.
void Replica::Decide() {
  if (groups_in_flight_ > 0 && host_->Now() - latest_group_ < kGroupPatience) return;
  InFlight in_flight;
  size_t taken = 0;
  std::vector<PendingCommand> commands, unprepared;
  for (Partition& partition : partitions_) {
    if (partition.waiting.empty() || partition.in_flight || taken >= options_.group_records_max)
      continue;
    const bool stays = options_.mutant == Mutant::kWriteHandedOver;
    if (draining_ && has_successor_ && !stays) continue;  // they go there
    if (!MayDecide(partition.number)) continue;
    while (!partition.waiting.empty() && taken < options_.group_records_max) {
      PendingCommand command = std::move(partition.waiting.front());
      partition.waiting.pop_front();
      --waiting_;
      if (!command.looked_up && !WasAccepted(*model_, command)) {
        unprepared.push_back(std::move(command));
        continue;
      }
      commands.push_back(std::move(command));
      ++taken;
    }
    in_flight.partitions.push_back(&partition);
  }
  for (PendingCommand& command : unprepared) host_->LookUp(std::move(command));
  if (commands.empty()) return;
  options_.counters->group_commands.Observe(static_cast<int64_t>(commands.size()));

  in_flight.group = std::make_unique<Group>(model_, options_.service, options_.mutant);
  Group& group = *in_flight.group;
  last_time_us_ = std::max(last_time_us_, host_->TimeMicros());
  const absl::Time now = host_->Now();
  for (size_t i = 0; i < commands.size(); ++i) {
    auto done = commands[i].done;
    absl::Status decided =
        group.Decide(std::move(commands[i]), {now, last_time_us_, host_->NewId()});
    if (decided.ok()) continue;
    // Its batch may hold half of what failed: none of the group is appended.
    Failed("deciding", decided);
    done({FailureOf(decided), {}, {}});
    for (Decided& accepted : group.accepted())
      Refuse(std::move(accepted.command), FailureOf(decided));
    for (Undecided& other : group.others()) Refuse(std::move(other.command), FailureOf(decided));
    for (size_t rest = i + 1; rest < commands.size(); ++rest)
      Refuse(std::move(commands[rest]), FailureOf(decided));
    return;
  }
  if (group.accepted().empty() && options_.exclusive) return AnswerAll(&in_flight);
  if (options_.mutant == Mutant::kAnswerBeforeLog) {
    for (Decided& decided : group.accepted()) {
      decided.command.done({std::nullopt, decided.after, decided.position});
      decided.command.done = [](Outcome) {};
    }
  }
  for (Partition* partition : in_flight.partitions) partition->in_flight = true;
  Prove(std::make_shared<InFlight>(std::move(in_flight)));
}

// Where nothing is appended no report proves that the node still writes the partition: a refusal by
// one that was paused may rest on what has changed since. The partition's end proves it as well.
void Replica::Prove(std::shared_ptr<InFlight> in_flight) {
  Group& group = *in_flight->group;
  std::set<int> unproven;
  for (const Undecided& other : group.others()) unproven.insert(other.command.partition);
  for (const Decided& decided : group.accepted()) unproven.erase(decided.command.partition);
  if (options_.exclusive || options_.mutant == Mutant::kRefuseUnproven) unproven.clear();
  in_flight->unreported = static_cast<int>(unproven.size()) + 1;
  ++groups_in_flight_;
  latest_group_ = host_->Now();
  for (int number : unproven) {
    host_->FindEnd(number, [this, in_flight, number](absl::StatusOr<int64_t> end) {
      if (!end.ok() || *end != partitions_[static_cast<size_t>(number)].next_offset)
        in_flight->behind.insert(number);
      if (end.ok()) partitions_[static_cast<size_t>(number)].ownership.InDoubt(0, *end);
      Reported(in_flight);
    });
  }
  if (group.accepted().empty()) return Reported(in_flight);
  const std::vector<log::PendingRecord> records = group.records();
  host_->Append(records, [this, in_flight](log::AppendResult result) {
    in_flight->appended = std::move(result);
    Reported(in_flight);
  });
}

void Replica::Reported(const std::shared_ptr<InFlight>& in_flight) {
  if (--in_flight->unreported > 0) return;
  log::AppendResult appended = std::move(in_flight->appended);
  Appended(std::move(*in_flight), std::move(appended));
}

void Replica::AnswerAll(InFlight* in_flight) {
  auto answer = [](std::vector<Decided>* accepted) {
    for (Decided& decided : *accepted)
      decided.command.done({std::nullopt, std::move(decided.after), std::move(decided.position)});
  };
  if (in_flight->group->accepted().size() < kAnsweredAsideFrom) {
    answer(&in_flight->group->accepted());
  } else {
    auto accepted = std::make_shared<std::vector<Decided>>(std::move(in_flight->group->accepted()));
    host_->DoAside([answer, accepted] { answer(accepted.get()); });
  }
  for (Undecided& other : in_flight->group->others()) {
    if (in_flight->behind.contains(other.command.partition)) {
      Requeue(std::move(other.command));
    } else {
      Answer(std::move(other.command), std::move(other.outcome));
    }
  }
}

void Replica::Appended(InFlight in_flight, log::AppendResult result) {
  Group& group = *in_flight.group;
  bool expected = result.status.ok();
  for (size_t i = 0; expected && i < result.offsets.size(); ++i)
    expected = options_.mutant == Mutant::kAcceptGap ||
               result.offsets[i] == group.accepted()[i].position.offset;
  if (expected && !group.accepted().empty()) {
    absl::Status committed = group.Commit();
    expected = committed.ok();
    if (!expected) Failed("taking into the read model", committed);
  }
  --groups_in_flight_;
  for (Partition* partition : in_flight.partitions) {
    partition->in_flight = false;
    Folded(partition);
  }
  if (expected) {
    AnswerAll(&in_flight);
  } else {
    Doubt(std::move(in_flight), result);
  }
  for (Partition& partition : partitions_) {
    if (partition.in_flight || partition.held.empty()) continue;
    std::vector<log::LoggedRecord> held = std::move(partition.held);
    partition.held.clear();
    FoldNow(std::move(held));
  }
}

void Replica::Doubt(InFlight in_flight, const log::AppendResult& result) {
  if (!result.status.ok()) Failed("appending", result.status);
  Group& group = *in_flight.group;
  for (size_t i = 0; i < group.accepted().size(); ++i) {
    Decided& decided = group.accepted()[i];
    Partition& partition = partitions_[static_cast<size_t>(decided.command.partition)];
    if (!result.status.ok() && options_.mutant == Mutant::kFailOnTimeout) {
      Refuse(std::move(decided.command), NoWriter());
      continue;
    }
    if (!result.status.ok() && options_.mutant == Mutant::kAcceptOnTimeout) {
      decided.command.done({std::nullopt, std::move(decided.after), decided.position});
      continue;
    }
    const int64_t offset = result.status.ok() ? result.offsets[i] : -1;
    partition.ownership.InDoubt(decided.record.epoch(),
                                offset < 0 ? std::nullopt : std::optional(offset + 1));
    partition.in_doubt.push_back({std::move(decided), offset});
  }
  // Their answers rested on what is in doubt.
  for (Undecided& other : group.others()) {
    if (options_.mutant == Mutant::kAnswerRefused) {
      other.command.done(std::move(other.outcome));
    } else {
      Requeue(std::move(other.command));
    }
  }
  for (Partition* partition : in_flight.partitions) Settle(partition);
}

// The log has the last word: see 3 in ownership.h.
void Replica::Settle(Partition* partition) {
  if (partition->in_doubt.empty()) return;
  const log::Fence& fence = partition->fence;
  const int64_t next_offset = partition->next_offset;
  std::vector<InDoubt> open = std::move(partition->in_doubt);
  partition->in_doubt.clear();
  for (InDoubt& doubt : open) {
    Decided& decided = doubt.decided;
    auto story = model_->Events(decided.record.subject(), decided.record.revision(), 1);
    if (!story.ok()) {
      partition->in_doubt.push_back(std::move(doubt));
      continue;
    }
    if (!story->empty() && story->front().record.id() == decided.record.id()) {
      decided.after.offset = decided.position.offset = story->front().position.offset;
      decided.command.done({std::nullopt, std::move(decided.after), std::move(decided.position)});
    } else if (fence.epoch() > decided.record.epoch() ||
               (doubt.offset >= 0 && next_offset > doubt.offset) ||
               options_.mutant == Mutant::kRetryAtOnce) {
      Requeue(std::move(decided.command));  // it never will count: decided again, here or elsewhere
    } else {
      partition->in_doubt.push_back(std::move(doubt));
    }
  }
}

void Replica::RefuseOverdue() {
  const absl::Time now = host_->Now();
  if (now - overdue_checked_ < kTick) return;
  overdue_checked_ = now;
  const absl::Time due = now + kAnswerMargin;
  for (Partition& partition : partitions_) {
    for (size_t left = partition.waiting.size(); left > 0; --left) {
      PendingCommand command = std::move(partition.waiting.front());
      partition.waiting.pop_front();
      if (command.call.deadline > due) {
        partition.waiting.push_back(std::move(command));
        continue;
      }
      --waiting_;
      domain::Refusal refusal = command.call.deadline < now ? DeadlinePassed() : NoWriter();
      if (partition.standstill)
        absl::StrAppend(&refusal.message, ": ", partition.standstill->stop.why);
      Refuse(std::move(command), std::move(refusal));
    }
    auto& doubts = partition.in_doubt;
    for (size_t i = 0; i < doubts.size();) {
      if (doubts[i].decided.command.call.deadline > due) {
        ++i;
        continue;
      }
      Refuse(std::move(doubts[i].decided.command), NotKnown());
      doubts.erase(doubts.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

void Replica::RefuseWaiting(const domain::Refusal& refusal) {
  for (Partition& partition : partitions_) {
    for (PendingCommand& command : partition.waiting) Refuse(std::move(command), refusal);
    waiting_ -= partition.waiting.size();
    partition.waiting.clear();
  }
}

}  // namespace leadstream::runtime
