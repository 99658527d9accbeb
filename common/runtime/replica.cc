#include "common/runtime/replica.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/runtime/ids.h"

namespace leadstream::runtime {

using common::v1::Record;

namespace {

constexpr absl::Duration kLookInterval = absl::Milliseconds(100);
constexpr absl::Duration kIdleTick = absl::Milliseconds(100);
// A peer that was not heard of for so long is no successor, and then forgotten.
constexpr absl::Duration kPeerFresh = absl::Seconds(1), kPeerForgotten = absl::Minutes(1);

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
    Partition& partition = partitions_[static_cast<size_t>(logged.partition)];
    if (logged.offset < batch.NextOffset(logged.partition)) continue;
    // What was read ahead behind it comes once more.
    const auto& standstill = partition.standstill;
    if (standstill && (!standstill->decided || logged.offset != standstill->stop.offset)) continue;
    const int64_t epoch = batch.FenceOf(logged.partition).epoch();
    folded = batch.Add(logged.partition, logged.offset, logged.record);
    if (absl::IsFailedPrecondition(folded)) {
      StandStill(&partition, logged.offset, folded.message());
      folded = absl::OkStatus();
      continue;
    }
    if (!folded.ok()) break;
    if (partition.standstill) GoOn(&partition);
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
    std::string writer = partition.fence.writer().incarnation;
    for (const Seen& one : heads) {
      if (one.claimed) {
        CountClaim(partition, writer, one.fence);
        writer = one.fence.writer().incarnation;
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

void Replica::CountClaim(const Partition& partition, const std::string& before,
                         const log::Fence& fence) {
  const std::string& self = options_.self.incarnation;
  if (fence.writer().incarnation == self) return options_.counters->claims.Add();
  if (before == self && !partition.handed_over) options_.counters->fences.Add();
}

void Replica::FoldedElsewhere() {
  for (Partition& partition : partitions_) Folded(&partition);
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
  return caught_up_ && !failed_ && !in_doubt && !gone && !partition.standstill &&
         partition.ownership.MayDecide(ViewOf(partition));
}

bool Replica::WantsToRead(int number) const {
  const Partition& partition = partitions_[static_cast<size_t>(number)];
  if (partition.standstill) return partition.standstill->decided;
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
    if (partition.standstill) return true;  // the others are served
    return partition.ownership.IsWriter(fence)
               ? partition.in_flight || MayDecide(partition.number)
               : fence.epoch() > 0 && fence.writer().node != options_.self.node;
  });
}

int Replica::PartitionsWithoutWriter() const {
  const absl::Time silent_since = host_->Now() - 2 * options_.writer_silence_max;
  return static_cast<int>(
      std::count_if(partitions_.begin(), partitions_.end(), [&](const Partition& partition) {
        const log::Fence& fence = partition.fence;
        if (fence.epoch() == 0) return true;
        if (partition.standstill) return false;  // another node may write it: it is not told here
        if (partition.ownership.IsWriter(fence))
          return !partition.in_flight && !MayDecide(partition.number);
        return fence.writer().node == options_.self.node ||
               HeardOf(fence, partition.writer_since) < silent_since;
      }));
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
              partition.fence.NextClaim(host_->NewId(), peers_[next->first].identity,
                                        host_->TimeMicros()),
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
  if (!failed_) LookForSkips();
  if (started_ && !caught_up_ && !failed_) {
    caught_up_ = std::all_of(start_ends_.begin(), start_ends_.end(), [this](const auto& end) {
      const Partition& partition = partitions_[static_cast<size_t>(end.first)];
      return partition.standstill || partition.next_offset >= end.second;
    });
  }
  RefuseOverdue();
  if (!caught_up_) return host_->Now() + kTick;
  const absl::Time forget = host_->Now() - kPeerForgotten;
  std::erase_if(peers_, [&](const auto& peer) { return peer.second.heard < forget; });
  if (!failed_) {
    for (Partition& partition : partitions_) {
      // What it stands still before may be a claim that it must not follow with one of its own.
      if (!partition.standstill) TakeStep(&partition);
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
