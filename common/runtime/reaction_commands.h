// What a reaction to an event comes to: commands, each with the request id that makes it one effect
// however often it is issued, and what the refusal of one is parked as.
#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "common/domain/reaction.h"
#include "common/log/event_log.h"
#include "common/runtime/command.h"
#include "common/runtime/peers.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

// The event that a reaction is to, as it stands in the log.
struct Occasion {
  const domain::Reaction* reaction = nullptr;
  log::LoggedRecord logged;
};

// A command to issue, as it goes to Service::Execute.
struct IssuedCommand {
  std::unique_ptr<google::protobuf::Message> request;
  CallInfo call;
};

// The service's own resources, with the event at `after` and all that was answered before `since`,
// by the deadline.
using OwnReader = std::function<absl::StatusOr<const domain::Reader*>(
    const log::Position& after, std::chrono::steady_clock::time_point since, absl::Time deadline)>;
// Asks other services, and `own`, for what the event does not carry, so it may wait. An error that
// passes (IsPassing): ask again later. Any other: the event cannot be reacted to.
absl::StatusOr<domain::Commands> CommandsOf(
    const Occasion& occasion, Peers* peers, absl::Time deadline, const OwnReader& own = nullptr,
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now());
// To be carried out by `deadline`.
IssuedCommand Issue(const Occasion& occasion, const domain::Commands::Command& command,
                    absl::Time deadline);
// That the command with this key was refused; an event of `service` itself.
IssuedCommand Park(const std::string& service, const Occasion& occasion, const std::string& key,
                   const domain::Refusal& refusal, absl::Time deadline);
// A refusal that says that there is nothing left to do of the reaction.
bool IsDone(const domain::Reaction& reaction, const domain::Refusal& refusal);
// Where the event stands.
log::Position PositionOf(const Occasion& occasion);

}  // namespace leadstream::runtime
