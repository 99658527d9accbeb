// One node's part in one service: it follows every partition, and decides the commands of those it
// writes. No thread, no clock, no network of its own: all that happens to it comes in by a call, on
// one thread, and all that it does goes out through its host, so that the same code runs in a
// process (replica_thread.h) and in a simulation.
//
// A command goes to the writer of its partition: decided here, passed on to the node that the log
// names, or kept until there is one or its deadline has come. Deciding goes in groups: whatever
// waits, of all partitions that have nothing in flight, is decided, appended, taken into the read
// model and answered together. No timer: the next group gathers meanwhile. Whose commands may be
// decided, and what is in doubt, ownership.h says.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/counters.h"
#include "common/runtime/group.h"
#include "common/runtime/ownership.h"

namespace leadstream::runtime {

// What a replica needs of the world. What it asks for is answered once, on the replica's thread,
// and not within the call.
class ReplicaHost {
 public:
  virtual ~ReplicaHost() = default;
  virtual absl::Time Now() = 0;      // for deadlines and silence
  virtual int64_t TimeMicros() = 0;  // for records: microseconds since the Unix epoch
  virtual std::string NewId() = 0;
  // The records stay the caller's until the answer.
  virtual void Append(const std::vector<log::PendingRecord>& records,
                      std::function<void(log::AppendResult)> done) = 0;
  virtual void FindEnd(int partition, std::function<void(absl::StatusOr<int64_t>)> done) = 0;
  // Makes log and read model usable after a failure, and reads on from where the read model stands.
  virtual void Recover(std::function<void(absl::Status)> done) = 0;
  // Has another node carry a command out; null: it could not, or nobody knows whether it did.
  virtual void Forward(const std::string& address, std::shared_ptr<const PendingCommand> command,
                       std::function<void(std::optional<Outcome>)> done) = 0;
  // Finds what a command needs of other resources, and submits it again (or refuses it).
  virtual void LookUp(PendingCommand command) = 0;
  virtual void FindEnds(std::function<void(absl::StatusOr<log::Positions>)> done) = 0;
  // Whether an operator has decided to pass over the record there (log/skips.h).
  virtual void FindSkip(int partition, int64_t offset,
                        std::function<void(absl::StatusOr<bool>)> done) = 0;
  virtual void Report(int level, const std::string& message) = 0;
  // Does what need not hold up the replica, elsewhere and soon.
  virtual void DoAside(std::function<void()> what) = 0;
};

struct ReplicaOptions {
  std::string service;
  log::NodeIdentity self;
  size_t queue_depth_max = 10'000;
  size_t group_records_max = 1'024;
  absl::Duration retry_delay = absl::Milliseconds(200);
  absl::Duration forward_retry_delay = absl::Milliseconds(20);
  absl::Duration writer_silence_max = absl::Milliseconds(800);
  // No other node can write the log: a failure of it is answered at once, for nobody will take
  // over.
  bool exclusive = false;
  Mutant mutant = Mutant::kNone;
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

class Replica {
 public:
  Replica(store::ReadModel* model, ReplicaHost* host, ReplicaOptions options);

  // Where other nodes reach this one; before Start.
  void AnswersAt(const std::string& address) { options_.self.address = address; }
  // The log's ends when it started: it is caught up when it has folded so far.
  void Start(const log::Positions& ends);
  // Takes a command. RESOURCE_EXHAUSTED when too many wait.
  void Submit(PendingCommand command);
  // This node's share of the partitions, anew.
  void Propose(const std::vector<int>& partitions);
  // Records as they stand in the log, each partition's in order, without a hole.
  void Fold(std::vector<log::LoggedRecord> records);
  // The same, but already folded into the read model by others. Only until it is caught up.
  void FoldedElsewhere();
  // A node of this service answered, or asked.
  void Heard(const log::NodeIdentity& peer, bool ready);
  // Lets nothing new in but what other nodes' callers wait for, finishes what it has, hands its
  // partitions over; then calls `done`, at the latest at the deadline.
  void Drain(absl::Time deadline, std::function<void()> done);
  // Does what is due. To be called after each of the others, and whenever `next` has come.
  absl::Time Advance();

  // It shows all that was answered before it started.
  bool caught_up() const { return caught_up_; }
  // And each partition has a writer that is not known to be gone, this node's own are served.
  bool serving() const;
  bool MayDecide(int partition) const;
  // It has to be told what the log holds of the partition. Of one that it writes it knows, and
  // looks every now and then whether there is something else behind what it has appended.
  bool WantsToRead(int partition) const;
  // The last valid claim is its own, and it has read all that was answered before it started.
  bool IsWriter(int partition) const;
  // The nodes it heard of lately, but itself.
  std::vector<log::NodeIdentity> Peers() const;
  size_t commands_waiting() const { return waiting_; }
  size_t commands_forwarded() const { return forwarded_; }
  // How many partitions nobody is known to write: never claimed, or claimed by a node that says
  // nothing, or by this one, which cannot decide.
  int PartitionsWithoutWriter() const;
  // Those that stand still at a record that cannot be read, and why. Each is served as it was up to
  // there, by no writer of this node, until an operator decides to pass over the record.
  struct Stop {
    int64_t offset = 0;
    std::string why;
  };
  std::map<int, Stop> Stops() const;
  bool group_in_flight() const { return groups_in_flight_ > 0; }

 private:
  static constexpr absl::Duration kTick = absl::Milliseconds(20);
  static constexpr absl::Duration kGroupPatience = absl::Milliseconds(5);

  struct InDoubt {
    Decided decided;
    int64_t offset;  // as reported; -1: not
  };
  // At a record that cannot be read.
  struct Standstill {
    Stop stop;
    bool decided = false;  // to be passed over, when it is read once more
    bool looking = false;
    absl::Time look_not_before = absl::InfinitePast();
  };
  struct Partition {
    Partition(int partition, Ownership owned) : number(partition), ownership(std::move(owned)) {}
    const int number;
    Ownership ownership;
    // As the read model has them.
    log::Fence fence;
    int64_t next_offset = 0;
    std::deque<PendingCommand> waiting;
    bool in_flight = false;
    bool handed_over = false;
    std::vector<log::LoggedRecord> held;  // read while a group is in flight
    std::vector<InDoubt> in_doubt;
    std::optional<Standstill> standstill;
    absl::Time writer_since;
    int64_t read_to = 0;  // there is something that it has not written itself
    absl::Time forward_not_before = absl::InfinitePast();
  };
  struct Peer {
    log::NodeIdentity identity;
    absl::Time heard;
    bool ready = false;
  };
  // Not an event: a claim, a question, an answer.
  struct Sent {
    int partition = 0;
    common::v1::Record record;
    std::function<void(std::optional<int64_t>)> done;
  };
  struct InFlight {
    std::unique_ptr<Group> group;
    std::vector<Partition*> partitions;
    int unreported = 0;  // the append, and each partition whose end is asked for
    log::AppendResult appended;
    std::set<int> behind;  // partitions with records, or perhaps, that it was not decided on
  };

  Ownership::View ViewOf(const Partition& partition) const;
  void Folded(Partition* partition);
  absl::Time HeardOf(const log::Fence& fence, absl::Time since) const;
  bool FoldNow(std::vector<log::LoggedRecord> records);
  void StandStill(Partition* partition, int64_t offset, absl::string_view why);
  void GoOn(Partition* partition);
  void LookForSkips();
  // `before`: who wrote until then, by incarnation.
  void CountClaim(const Partition& partition, const std::string& before, const log::Fence& fence);
  void TakeStep(Partition* partition);
  void AppendOne(Partition* partition, common::v1::Record record,
                 std::function<void(std::optional<int64_t>)> done);
  void Flush();
  void Decide();
  void Prove(std::shared_ptr<InFlight> in_flight);
  void Reported(const std::shared_ptr<InFlight>& in_flight);
  void Appended(InFlight in_flight, log::AppendResult result);
  void AnswerAll(InFlight* in_flight);
  void Doubt(InFlight in_flight, const log::AppendResult& result);
  void Settle(Partition* partition);
  void Route(Partition* partition);
  void Forward(Partition* partition, PendingCommand command);
  void Requeue(PendingCommand command);
  void RefuseOverdue();
  void RefuseWaiting(const domain::Refusal& refusal);
  void Answer(PendingCommand command, Outcome outcome);
  void Refuse(PendingCommand command, domain::Refusal refusal);
  void Failed(const std::string& doing, const absl::Status& status);
  void RecoverIfDue();
  void LookForOthers();
  void HandOver();
  bool HasGone() const;

  store::ReadModel* const model_;
  ReplicaHost* const host_;
  ReplicaOptions options_;
  std::deque<Partition> partitions_;   // they stay where they are
  std::map<std::string, Peer> peers_;  // by incarnation
  log::Positions start_ends_;
  bool started_ = false;
  bool caught_up_ = false;
  int groups_in_flight_ = 0;
  absl::Time latest_group_ = absl::InfinitePast();
  size_t waiting_ = 0;    // commands in any queue
  size_t forwarded_ = 0;  // and those that another node has
  bool failed_ = false;
  bool recovering_ = false;
  bool looking_ = false;
  absl::Time looked_ = absl::InfinitePast();
  absl::Time recover_at_ = absl::InfinitePast();
  absl::Time overdue_checked_ = absl::InfinitePast();
  int64_t last_time_us_ = 0;
  std::function<void()> drained_;
  std::vector<Sent> outbox_;
  bool draining_ = false;
  bool has_successor_ = false;
  bool gone_ = false;  // it writes nothing any more, and takes nothing
  absl::Time drain_deadline_ = absl::InfiniteFuture();
};

}  // namespace leadstream::runtime
