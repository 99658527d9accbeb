// A process of one service, in the simulation: the real replica, read model and reactors, on the
// scheduler. What replica_thread.cc, reaction_runner.cc and service.cc do with threads, this does
// with events; what happens to processes happens to it: it crashes, is paused, drained, cut off.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/addressing.h"
#include "common/runtime/replica.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/world.h"

namespace leadstream::simulation {

class ReactorLoop;
class TimerLoop;

class Node : private runtime::ReplicaHost {
 public:
  using Message = google::protobuf::Message;

  Node(World* world, std::string service, int number);
  ~Node() override;

  // It answers at its name.
  const std::string& name() const { return name_; }
  const std::string& service() const { return service_; }

  // ---- what befalls a process ----
  void Start();
  void Crash();
  void Pause(absl::Duration span);
  void Drain(absl::Duration at_most);
  void BreakDisk(absl::Duration span);
  void JumpClock(absl::Duration by) { skew_ += by; }
  bool running() const { return life_ != nullptr; }
  bool paused() const { return paused_; }
  bool draining() const;

  // ---- what reaches it; each is an event ----
  // Runs `what` in this life, when the process runs.
  void Post(absl::Duration delay, std::function<void()> what);
  // From the network, to whatever life there is then; `refused` is called if there is none.
  void Receive(std::function<void()> what, std::function<void()> refused);
  // Its share by this division; an older one than it has is none.
  void Propose(std::vector<int> share, int division);
  void Arrived(const std::string& topic);
  void Heard(const log::NodeIdentity& peer, bool ready);
  // See Service.
  void Execute(std::unique_ptr<Message> request, runtime::CallInfo call,
               std::function<void(runtime::Outcome)> done);
  void ExecuteForwarded(std::unique_ptr<Message> request, std::string resource,
                        runtime::CallInfo call, std::function<void(runtime::Outcome)> done);
  // See Peers; answers at once.
  absl::StatusOr<std::shared_ptr<const Message>> Get(const std::string& resource, int64_t revision,
                                                     const std::optional<log::Position>& after);
  absl::StatusOr<std::shared_ptr<const Message>> AskPeers(
      const std::string& resource, int64_t revision, const std::optional<log::Position>& after);

  absl::Time Now() override { return world_->scheduler.now() + skew_; }
  // Before: it has lost all that it had not flushed.
  store::ReadModel& model() { return *life_->model; }
  runtime::Replica& replica() { return *life_->replica; }
  // Why it is not as a node should be when nothing goes wrong any more; empty: it is.
  std::string Unsettled();

 private:
  static constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);
  static constexpr absl::Duration kNetworkDelayMax = absl::Milliseconds(20);

  friend class ReactorLoop;
  friend class TimerLoop;
  struct Life {
    ~Life();
    log::NodeIdentity self;
    std::unique_ptr<store::ReadModel> model;
    std::unique_ptr<runtime::Replica> replica;
    std::shared_ptr<SimulatedLog::Producer> producer;
    std::vector<std::unique_ptr<ReactorLoop>> reactors;
    std::unique_ptr<TimerLoop> timers;
    log::Positions cursor;  // of what the replica wants to read
    bool reading = false;
    std::vector<std::function<void()>> after_read;  // what comes when that is done
    int division = 0;
    bool stopping = false;
    bool draining = false;
    std::set<int> writes;
    absl::Time tick = absl::InfiniteFuture();
  };

  // ---- ReplicaHost ----
  int64_t TimeMicros() override { return absl::ToUnixMicros(Now()); }
  std::string NewId() override { return world_->NewId(); }
  void Append(const std::vector<log::PendingRecord>& records,
              std::function<void(log::AppendResult)> done) override;
  void FindEnd(int partition, std::function<void(absl::StatusOr<int64_t>)> done) override;
  void Recover(std::function<void(absl::Status)> done) override;
  void Forward(const std::string& address, std::shared_ptr<const runtime::PendingCommand> command,
               std::function<void(std::optional<runtime::Outcome>)> done) override;
  void LookUp(runtime::PendingCommand command) override;
  void FindEnds(std::function<void(absl::StatusOr<log::Positions>)> done) override;
  void FindSkip(int partition, int64_t offset,
                std::function<void(absl::StatusOr<bool>)> done) override;
  void Report(int level, const std::string& message) override;
  void DoAside(std::function<void()> what) override { what(); }

  void Deliver(int64_t life, std::function<void()> what);
  void Advance();
  void EndLife();
  void FindStartEnds();
  void FromAnew();
  void PauseAndResume();
  void Read();
  void HasRead();
  void Ping();
  void FlushNowAndThen();
  void DrainReplica(absl::Time deadline);
  void Execute(runtime::PendingCommand command);
  void FindNeeds(std::shared_ptr<runtime::PendingCommand> command, absl::Time deadline);
  absl::StatusOr<std::shared_ptr<const Message>> FindOwn(const std::string& resource,
                                                         const std::optional<log::Position>& after);
  bool HasFolded(const std::optional<log::Position>& position);

  World* const world_;
  const std::string service_, name_, topic_;
  const ServiceType& type_;
  const int partitions_;
  const runtime::Addressing addressing_;
  Disk disk_;
  absl::Duration skew_;
  std::unique_ptr<Life> life_;
  int64_t life_number_ = 0;
  bool paused_ = false;
  std::deque<std::pair<int64_t, std::function<void()>>> backlog_;  // of a paused process, by life
};

}  // namespace leadstream::simulation
