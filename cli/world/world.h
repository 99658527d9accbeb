// All services without threads, network and waiting: each command is decided by the services' own
// rules, logged, folded, and followed by all that reacts to it, before the next one is looked at.
// Its clock stands still but for PassUntil, which lets happen what is due by then. What it writes
// is what a cluster might have written, and the same for the same calls.
//
// Not thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/log/event_log.h"
#include "common/runtime/peers.h"
#include "common/runtime/reaction_commands.h"
#include "common/store/read_model.h"

namespace leadstream::world {

class World : private runtime::Peers {
 public:
  struct Options {
    std::string scratch;  // where its models are, for as long as it lives
    int partitions = 12;
    uint64_t seed = 0;
    absl::Time begins;
  };
  // Claims every partition of every topic. The log, which outlives this, is empty and nobody
  // else's.
  static absl::StatusOr<std::unique_ptr<World>> Begin(log::EventLog* log, Options options);
  ~World() override;

  // A command, with all that follows from it; or a Get, or a query. An error is as over gRPC: the
  // code, and a message that begins with the reason. DataLoss, Unavailable: the world cannot go on.
  absl::Status Call(const std::string& actor, const google::protobuf::Message& request,
                    google::protobuf::Message* reply);
  absl::Time now() const { return now_; }
  absl::Status PassUntil(absl::Time time);
  // All is durable, and what services react to is known to be reacted to.
  absl::Status End();

  // In the log, claims included.
  int64_t records() const { return records_; }
  // Reactions that were refused, and wait for an operator.
  int64_t parked() const { return parked_; }

 private:
  class Seat;  // of one service

  World(log::EventLog* log, Options options);
  absl::Status TakeSeat(domain::ServiceDefinition definition);
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t revision, const std::optional<log::Position>& after,
      absl::Time deadline) override;
  absl::StatusOr<runtime::Outcome> Execute(Seat* seat, runtime::IssuedCommand command);
  absl::StatusOr<std::optional<domain::Refusal>> LookUp(const Seat& seat,
                                                        runtime::PendingCommand* command);
  absl::Status Read(const google::protobuf::Message& request, google::protobuf::Message* reply);
  // What follows from what was logged, and from that, until nothing does.
  absl::Status FollowUp();
  absl::Status React(Seat* seat, const runtime::Occasion& occasion);
  absl::Status DoWhatIsDue(Seat* seat);
  std::string NewId();
  int64_t now_us() const { return absl::ToUnixMicros(now_); }

  log::EventLog* const log_;
  const Options options_;
  const store::SharedMemory memory_;
  absl::Time now_, next_due_;
  uint64_t ids_ = 0;
  int64_t records_ = 0, parked_ = 0;
  std::vector<std::unique_ptr<Seat>> seats_;
  // By the type of the event.
  std::map<std::string, std::vector<std::pair<Seat*, const domain::Reaction*>>> reactions_;
  std::deque<log::LoggedRecord> unfollowed_;
};

}  // namespace leadstream::world
