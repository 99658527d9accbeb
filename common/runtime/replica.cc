#include "common/runtime/replica.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/runtime/ids.h"

namespace leadstream::runtime {

using common::v1::Record;

namespace {

constexpr absl::Duration kGroupPatience = absl::Milliseconds(5);
constexpr absl::Duration kLookInterval = absl::Milliseconds(100);
constexpr absl::Duration kTick = absl::Milliseconds(20), kIdleTick = absl::Milliseconds(100);
// A caller is answered so long before its deadline, that the answer still reaches it.
constexpr absl::Duration kAnswerMargin = absl::Milliseconds(20);
// A peer that was not heard of for so long is no successor, and then forgotten.
constexpr absl::Duration kPeerFresh = absl::Seconds(1), kPeerForgotten = absl::Minutes(1);

domain::Refusal NoWriter() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::WRITER_UNAVAILABLE,
                 "the partition has no writer at the moment; nothing was stored");
}
domain::Refusal NotKnown() {
  return Failure(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "it is not known whether the log has it; retry with the same request_id");
}
domain::Refusal LogFailed() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                 "the log cannot be written at the moment; nothing was stored");
}

}  // namespace

Replica::Replica(store::ReadModel* model, ReplicaHost* host, ReplicaOptions options)
    : model_(model), host_(host), options_(std::move(options)) {
  Ownership::Options ownership{options_.writer_silence_max, options_.retry_delay, options_.mutant};
  if (options_.exclusive) ownership.writer_silence_max = absl::InfiniteDuration();
  for (int number = 0; number < model->partitions(); ++number) {
    partitions_.emplace_back(number, Ownership(options_.self, ownership));
    partitions_.back().writer_since = host->Now();
    Folded(&partitions_.back());
  }
}

// ---- following ---------------------------------------------------------------------------------

void Replica::Start(const log::Positions& ends) {
  start_ends_ = ends;
  started_ = true;
}

void Replica::Fold(std::vector<log::LoggedRecord> records) {
  std::vector<log::LoggedRecord> now;
  for (log::LoggedRecord& logged : records) {
    Partition& partition = partitions_[static_cast<size_t>(logged.partition)];
    // What the group in flight will be folded on must not move under it.
    const bool held = partition.in_flight && options_.mutant != Mutant::kFoldUnderGroup;
    (held ? partition.held : now).push_back(std::move(logged));
  }
  if (!now.empty()) FoldNow(std::move(now));
}

bool Replica::FoldNow(std::vector<log::LoggedRecord> records) {
  store::FoldBatch batch(model_);
  struct Seen {
    Record record;  // without its event
    bool claimed;   // by it
    log::Fence fence;
  };
  std::map<int, std::vector<Seen>> seen;
  absl::Status folded;
  for (const log::LoggedRecord& logged : records) {
    if (logged.offset < batch.NextOffset(logged.partition)) continue;
    const int64_t epoch = batch.FenceOf(logged.partition).epoch();
    folded = batch.Add(logged.partition, logged.offset, logged.record);
    if (!folded.ok()) break;
    Record head;
    head.set_type(logged.record.type());
    head.set_epoch(logged.record.epoch());
    const log::Fence fence = batch.FenceOf(logged.partition);
    seen[logged.partition].push_back({std::move(head), fence.epoch() > epoch, fence});
    last_time_us_ = std::max(last_time_us_, logged.record.time_us());
  }
  if (folded.ok()) folded = batch.Commit();
  if (!folded.ok()) {
    Failed("folding", folded);
    return false;
  }
  const absl::Time now = host_->Now();
  for (auto& [number, heads] : seen) {
    Partition& partition = partitions_[static_cast<size_t>(number)];
    for (const Seen& one : heads) {
      if (one.claimed) {
        partition.writer_since = now;
        partition.forward_not_before = absl::InfinitePast();
      }
      partition.ownership.Folded(one.record, one.claimed, one.fence, now);
    }
    Folded(&partition);
    Settle(&partition);
  }
  return true;
}

// ---- who writes --------------------------------------------------------------------------------

absl::Time Replica::HeardOf(const log::Fence& fence, absl::Time since) const {
  auto at = peers_.find(fence.writer().incarnation);
  return at == peers_.end() || !at->second.ready ? since : std::max(since, at->second.heard);
}

Ownership::View Replica::ViewOf(const Partition& partition) const {
  return {host_->Now(), partition.fence, partition.next_offset,
          HeardOf(partition.fence, partition.writer_since)};
}

void Replica::Folded(Partition* partition) {
  partition->fence = model_->FenceOf(partition->number);
  partition->next_offset = model_->NextOffset(partition->number);
}

bool Replica::MayDecide(int number) const {
  const Partition& partition = partitions_[static_cast<size_t>(number)];
  const bool in_doubt = !partition.in_doubt.empty() && options_.mutant != Mutant::kDecideInDoubt;
  const bool gone = partition.handed_over && options_.mutant != Mutant::kWriteHandedOver;
  return caught_up_ && !failed_ && !in_doubt && !gone &&
         partition.ownership.MayDecide(ViewOf(partition));
}

bool Replica::WantsToRead(int number) const {
  const Partition& partition = partitions_[static_cast<size_t>(number)];
  return !MayDecide(number) || partition.next_offset < partition.read_to;
}

// A writer does not read back what it appends. A question, or a claim, of another node it would see
// at its next append; an idle one sees them here.
void Replica::LookForOthers() {
  if (options_.exclusive || looking_ || host_->Now() - looked_ < kLookInterval) return;
  if (std::all_of(partitions_.begin(), partitions_.end(),
                  [this](const Partition& one) { return WantsToRead(one.number); }))
    return;
  looking_ = true;
  host_->FindEnds([this](absl::StatusOr<log::Positions> ends) {
    looking_ = false;
    looked_ = host_->Now();
    if (!ends.ok()) return;  // it looks again
    for (const auto& [number, end] : *ends) {
      Partition& partition = partitions_[static_cast<size_t>(number)];
      if (!partition.in_flight) partition.read_to = std::max(partition.read_to, end);
    }
  });
}

bool Replica::IsWriter(int number) const {
  const Partition& partition = partitions_[static_cast<size_t>(number)];
  return caught_up_ && !partition.handed_over && partition.ownership.IsWriter(partition.fence);
}

bool Replica::serving() const {
  if (!caught_up_ || failed_ || draining_) return false;
  return std::all_of(partitions_.begin(), partitions_.end(), [this](const Partition& partition) {
    const log::Fence& fence = partition.fence;
    return partition.ownership.IsWriter(fence)
               ? partition.in_flight || MayDecide(partition.number)
               : fence.epoch() > 0 && fence.writer().node != options_.self.node;
  });
}

void Replica::Propose(const std::vector<int>& share) {
  for (Partition& partition : partitions_) {
    partition.ownership.Propose(std::find(share.begin(), share.end(), partition.number) !=
                                share.end());
  }
}

void Replica::Heard(const log::NodeIdentity& identity, bool ready) {
  if (identity.incarnation == options_.self.incarnation) return;
  Peer& peer = peers_[identity.incarnation];
  peer.identity = identity;
  peer.ready = ready;
  peer.heard = host_->Now();
}

std::vector<log::NodeIdentity> Replica::Peers() const {
  std::vector<log::NodeIdentity> known;
  for (const auto& [incarnation, peer] : peers_) known.push_back(peer.identity);
  return known;
}

void Replica::AppendOne(Partition* partition, Record record,
                        std::function<void(std::optional<int64_t>)> done) {
  outbox_.push_back({partition->number, std::move(record), std::move(done)});
}

// The claims of many partitions are one append.
void Replica::Flush() {
  if (outbox_.empty()) return;
  auto sent = std::make_shared<std::vector<Sent>>(std::move(outbox_));
  outbox_.clear();
  std::vector<log::PendingRecord> records;
  for (const Sent& one : *sent) records.push_back({one.partition, &one.record});
  host_->Append(records, [this, sent](log::AppendResult result) {
    if (!result.status.ok()) Failed("claiming", result.status);
    for (size_t i = 0; i < sent->size(); ++i)
      (*sent)[i].done(result.status.ok() ? std::optional(result.offsets[i]) : std::nullopt);
  });
}

void Replica::TakeStep(Partition* partition) {
  if (partition->in_flight) return;
  const Ownership::View view = ViewOf(*partition);
  switch (partition->ownership.Next(view)) {
    case Ownership::Step::kNone:
      return;
    case Ownership::Step::kFindEnd:
      return host_->FindEnd(partition->number, [this, partition](absl::StatusOr<int64_t> end) {
        partition->ownership.FoundEnd(end.ok() ? std::optional<int64_t>(*end) : std::nullopt,
                                      host_->Now());
      });
    case Ownership::Step::kClaim: {
      Record claim = view.fence.NextClaim(host_->NewId(), options_.self, host_->TimeMicros());
      if (options_.mutant == Mutant::kReuseEpoch)
        claim.set_epoch(std::max<int64_t>(view.fence.epoch(), 1));
      return AppendOne(partition, std::move(claim), [this, partition](auto offset) {
        partition->ownership.Claimed(offset, host_->Now());
      });
    }
    case Ownership::Step::kAsk:
      return AppendOne(
          partition, view.fence.Question(host_->NewId(), options_.self.node, host_->TimeMicros()),
          [this, partition](auto offset) { partition->ownership.Appended(offset, host_->Now()); });
    case Ownership::Step::kAnswer:
      return AppendOne(
          partition, view.fence.Answer(host_->NewId(), host_->TimeMicros()),
          [this, partition](auto offset) { partition->ownership.Appended(offset, host_->Now()); });
  }
}

// ---- commands ----------------------------------------------------------------------------------

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
    return Refuse(std::move(command), Failure(absl::StatusCode::kUnavailable,
                                              common::v1::SHUTTING_DOWN, "the node shuts down"));
  }
  if (waiting_ + forwarded_ >= options_.queue_depth_max) {
    return Refuse(std::move(command),
                  Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                          absl::StrCat(waiting_ + forwarded_, " commands wait already")));
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

// A command that was accepted before needs nothing to be answered again.
bool Replica::WasAccepted(const PendingCommand& command) const {
  if (command.request_id.empty()) return false;
  auto known = model_->Request(command.request_id);
  return known.ok() && known->has_value();
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
      if (!command.looked_up && !WasAccepted(command)) {
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
      if (!end.ok() || *end != model_->NextOffset(number)) in_flight->behind.insert(number);
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
  for (Decided& decided : in_flight->group->accepted())
    decided.command.done({std::nullopt, std::move(decided.after), std::move(decided.position)});
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
      Refuse(std::move(command), NoWriter());
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

// ---- failures, and the end ---------------------------------------------------------------------

void Replica::Failed(const std::string& doing, const absl::Status& status) {
  host_->Report(4, absl::StrCat(options_.service, ": ", doing, ": ", status.message()));
  if (!failed_) recover_at_ = host_->Now();
  failed_ = true;
  if (options_.exclusive) RefuseWaiting(LogFailed());
}

void Replica::RecoverIfDue() {
  if (!failed_ || recovering_ || host_->Now() < recover_at_) return;
  recovering_ = true;
  host_->Recover([this](absl::Status recovered) {
    recovering_ = false;
    recover_at_ = host_->Now() + options_.retry_delay;
    if (recovered.ok()) {
      failed_ = false;
      for (Partition& partition : partitions_) Settle(&partition);
    } else {
      host_->Report(3, absl::StrCat(options_.service, ": not usable yet: ", recovered.message()));
    }
  });
}

void Replica::Drain(absl::Time deadline, std::function<void()> done) {
  draining_ = true;
  drain_deadline_ = deadline;
  drained_ = std::move(done);
  for (Partition& partition : partitions_) partition.ownership.Retire();
}

// To the peer that writes least, each time.
void Replica::HandOver() {
  const absl::Time now = host_->Now();
  std::map<std::string, int> share;
  for (const auto& [incarnation, peer] : peers_) {
    if (peer.ready && now - peer.heard < kPeerFresh) share[incarnation] = 0;
  }
  has_successor_ = !share.empty();
  if (!has_successor_) return;
  for (const Partition& partition : partitions_) {
    auto at = share.find(partition.fence.writer().incarnation);
    if (at != share.end()) ++at->second;
  }
  for (Partition& partition : partitions_) {
    if (partition.handed_over || partition.in_flight || !MayDecide(partition.number)) continue;
    auto next = std::min_element(share.begin(), share.end(),
                                 [](const auto& a, const auto& b) { return a.second < b.second; });
    ++next->second;
    partition.handed_over = true;
    AppendOne(&partition,
              model_->FenceOf(partition.number)
                  .NextClaim(host_->NewId(), peers_[next->first].identity, host_->TimeMicros()),
              [](auto) {});
  }
}

// Those handed over are followed until that is in the log: from then on callers find the successor.
bool Replica::HasGone() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [this](const Partition& partition) {
    if (partition.in_flight || !partition.in_doubt.empty()) return false;
    const bool alone = !partition.handed_over && !has_successor_;
    return alone || !partition.ownership.IsWriter(partition.fence);
  });
}

absl::Time Replica::Advance() {
  RecoverIfDue();
  if (started_ && !caught_up_ && !failed_) {
    caught_up_ = std::all_of(start_ends_.begin(), start_ends_.end(), [this](const auto& end) {
      return model_->NextOffset(end.first) >= end.second;
    });
  }
  RefuseOverdue();
  if (!caught_up_) return host_->Now() + kTick;
  const absl::Time forget = host_->Now() - kPeerForgotten;
  std::erase_if(peers_, [&](const auto& peer) { return peer.second.heard < forget; });
  if (!failed_) {
    for (Partition& partition : partitions_) {
      TakeStep(&partition);
      Route(&partition);
    }
    LookForOthers();
    if (draining_) HandOver();
    Decide();
  }
  Flush();
  if (draining_ && caught_up_) gone_ |= HasGone();
  const bool finished = gone_ && waiting_ == 0 && forwarded_ == 0;
  if (drained_ && (finished || host_->Now() >= drain_deadline_)) {
    gone_ = true;
    for (Partition& partition : partitions_) {
      for (InDoubt& doubt : partition.in_doubt)
        Refuse(std::move(doubt.decided.command), NotKnown());
      partition.in_doubt.clear();
    }
    RefuseWaiting(NoWriter());
    std::exchange(drained_, nullptr)();
  }
  const absl::Time now = host_->Now();
  const absl::Time next_group = latest_group_ + kGroupPatience;
  if (waiting_ > 0 && groups_in_flight_ > 0 && next_group > now) return next_group;
  return now + (waiting_ > 0 || draining_ ? kTick : kIdleTick);
}

}  // namespace leadstream::runtime
