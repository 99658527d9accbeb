// One service on one node: its rules, its writer, its read model, its reactions. No gRPC in here.
//
// Thread-safe. Everything that is not about a network lives below this line: a call from gRPC, a
// reaction's command and a test all come in by Execute.
#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/runtime/addressing.h"
#include "common/runtime/command.h"
#include "common/runtime/counters.h"
#include "common/runtime/peers.h"
#include "common/runtime/reaction_runner.h"
#include "common/runtime/replica_thread.h"
#include "common/runtime/shared_answer.h"
#include "common/runtime/timer_runner.h"
#include "common/runtime/worker_pool.h"
#include "common/store/page_token.h"
#include "common/store/read_model.h"
#include "common/telemetry/trace.h"

namespace leadstream::runtime {

struct ServiceOptions {
  // Where the read model goes: `<directory>/<service>`.
  std::string directory;
  // Unique among the nodes of the cluster, and the same after a restart.
  std::string node = "node-1";
  // A writer that shows no sign of life for so long is followed by another.
  absl::Duration writer_silence_max = absl::Milliseconds(800);
  // How a command reaches the node that writes its partition; unset where there is but one.
  std::function<void(const std::string& address, std::shared_ptr<const PendingCommand> command,
                     std::function<void(std::optional<Outcome>)> done)>
      forward;
  size_t queue_depth_max = 10'000;
  store::SharedMemory memory;
  absl::Duration request_window = absl::Hours(7 * 24);
  std::string page_token_key;
  // It outlives the service.
  const telemetry::Tracer* tracer = telemetry::NoTracer();
  std::function<int64_t()> now_us;
  std::function<void(int level, const std::string& message)> report = [](int, const std::string&) {
  };
};

class Service : public domain::Reader {
 public:
  // Opens the read model of a topic that there is. Nothing runs yet.
  static absl::StatusOr<std::unique_ptr<Service>> Open(domain::ServiceDefinition definition,
                                                       log::EventLog* log, Peers* peers,
                                                       ServiceOptions options);
  ~Service() override;

  // Where other nodes reach this one; before Start.
  void AnswersAt(const std::string& address);
  // Folds, claims and serves; then reactions and timers run. Returns when commands are taken, or
  // with the reason why not by the deadline.
  absl::Status Start(absl::Time deadline);
  // Says that Drain comes soon: streams end by themselves, so that nobody waits for them.
  void AnnounceDrain() { stopping_ = true; }
  bool stopping() const { return stopping_; }
  // Stops reactions and timers, finishes commands that wait, gives its partitions to other nodes.
  // Afterwards commands are refused as SHUTTING_DOWN; reads go on.
  void HandOver();
  // The same, if it has not happened yet; reads wait for nothing more; the read model is durable.
  void Drain();
  bool serving() const { return replica_->serving(); }
  // The read model shows all that was ever answered. Before, after a crash for instance, it must
  // not be read: a resource that is not folded yet would look as if there were none.
  bool caught_up() const { return replica_->caught_up(); }

  // Carries a command out. The request is validated, completed (name, what it needs of other
  // resources), decided in order, and `done` is called once, from any thread, when it is durable or
  // refused.
  void Execute(std::unique_ptr<google::protobuf::Message> request, CallInfo call,
               std::function<void(Outcome)> done);
  // The same for one that another node has addressed and passed on: not passed on again.
  void ExecuteForwarded(std::unique_ptr<google::protobuf::Message> request, std::string name,
                        CallInfo call, std::function<void(Outcome)> done);
  // The command that a request is; null if this service has none of that type.
  const domain::Command* FindCommand(const google::protobuf::Descriptor* request) const;
  // Tries a parked reaction again; `done` gets the parked reaction as it is then.
  void RetryParked(const std::string& name, CallInfo call, std::function<void(Outcome)> done);

  std::shared_ptr<const google::protobuf::Message> Find(absl::string_view name) const override;
  std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                 absl::string_view key, size_t limit,
                                 absl::string_view after) const override;
  std::string LastKeyed(absl::string_view collection, absl::string_view index,
                        absl::string_view key, absl::string_view up_to) const override;
  std::vector<domain::TallySum> Tallies(
      absl::string_view collection, absl::string_view tally,
      const std::vector<domain::TallyBounds>& bounds) const override;
  std::shared_ptr<const google::protobuf::Message> FindAt(absl::string_view name,
                                                          int64_t revision) const override;
  google::protobuf::Timestamp Now() const override;

  const domain::ServiceDefinition& definition() const { return definition_; }
  const std::string& name() const { return definition_.name; }
  const store::Schema& schema() const { return *schema_; }
  store::ReadModel& model() { return *model_; }
  const store::ReadModel& model() const { return *model_; }
  log::EventLog& log() { return *log_; }
  Peers& peers() const { return *peers_; }
  const store::PageTokens& page_tokens() const { return page_tokens_; }
  const ServiceOptions& options() const { return options_; }
  // This node, in this life of its process.
  const log::NodeIdentity& self() const { return self_; }
  // Nodes of this service, as they speak to each other.
  ReplicaThread& replica() { return *replica_; }
  // Where the nodes answer that this one has to hear of: the writers, and who has spoken to it.
  std::set<std::string> PeerAddresses();
  // Until this node has folded all that was answered before of the resource (of all resources, if
  // the name is none of this service's). What it writes itself it has; what others write is a
  // moment old, so the log is asked for its end. DeadlineExceeded, Unavailable: it has not. Of all
  // resources those are left out whose partition stands still (Replica::Stops).
  absl::Status Freshen(
      absl::string_view name, absl::Time deadline,
      std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now()) const;
  // It needs not wait for that.
  bool IsFresh(absl::string_view name) const;
  // By topic, up to where its reactions are done: what follows from an event before that position
  // has been answered, or parked.
  std::map<std::string, log::Positions> ReactedTo() { return reactions_->Done(); }
  // Decides to pass over the record at that position, where the partition stands still on this node
  // (Replica::Stops). `done` gets the decision's own position, or why not: RECORD_NOT_STOPPED_AT.
  void SkipRecord(const log::Position& position, const std::string& actor,
                  const std::string& reason,
                  std::function<void(std::optional<domain::Refusal>, log::Position)> done);
  // How many reactions wait for an operator.
  int64_t ParkedReactions() const;
  Counters& counters() { return *counters_; }

 private:
  static constexpr size_t kLookupQueueMax = 10'000;

  Service(domain::ServiceDefinition definition, log::EventLog* log, Peers* peers,
          ServiceOptions options);
  absl::Status OpenModel();
  void Execute(std::unique_ptr<google::protobuf::Message> request, PendingCommand command);
  // A span from here to the answer, which is what the event then follows from.
  telemetry::Span BeginSpan(const google::protobuf::Message& request, CallInfo* call) const;
  int PartitionOfTheMoment() const;
  void FindNeeds(PendingCommand command);
  domain::Refusal LookupNotTaken() const;
  std::vector<std::string> StillNeeded(const PendingCommand& command) const;
  bool AreAtHand(const std::vector<std::string>& needs, const PendingCommand& command) const;
  // `fresh`: the partitions that are known to be folded far enough, so that each is asked for once.
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> FindOwn(
      const std::string& name, int64_t revision, const std::optional<log::Position>& after,
      absl::Time deadline, std::set<int>* fresh) const;
  // Reads `needs` into the command, waiting for other services, and for this one to have folded
  // what the call follows from.
  std::optional<domain::Refusal> FindEach(const std::vector<std::string>& needs,
                                          PendingCommand* command) const;
  // Reads every resource of a collection, named as "scoringRules/-", likewise.
  absl::Status FindAll(const std::string& collection, PendingCommand* command,
                       absl::Time deadline) const;
  // True of a position of another service, and of none.
  bool HasFolded(const std::optional<log::Position>& position) const;
  absl::Status AwaitFolded(const std::optional<log::Position>& position, absl::Time deadline) const;

  const domain::ServiceDefinition definition_;
  log::EventLog* const log_;
  Peers* const peers_;
  const ServiceOptions options_;
  int partitions_ = 0;
  log::NodeIdentity self_;
  const store::PageTokens page_tokens_;
  const std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
  std::atomic<bool> stopping_{false};
  std::unique_ptr<store::Schema> schema_;
  // Where the log ends: many ask at a time when events come quickly.
  mutable SharedAnswer<absl::StatusOr<log::Positions>> ends_;
  std::unique_ptr<Addressing> addressing_;
  std::unique_ptr<store::ReadModel> model_;
  std::unique_ptr<ReplicaThread> replica_;
  std::unique_ptr<WorkerPool> lookups_;  // waits for other services, so that no gRPC thread does
  std::unique_ptr<ReactionRunner> reactions_;
  std::unique_ptr<TimerRunner> timers_;
};

}  // namespace leadstream::runtime
