// The commands that only the machinery issues have no RPC: the event they become is their request.
#include "common/runtime/parked_reactions.h"

#include <absl/strings/str_cat.h>

#include "leadstream/common/v1/error_reason.pb.h"

namespace leadstream::runtime {
namespace {

using namespace common::v1;  // NOLINT(google-build-using-namespace): the rules read as the proto
                             // does
using domain::Context;
using domain::Decision;

Decision Park(const ParkedReaction&, const ReactionParked& parked, const Context&) {
  return parked;
}

Decision RefuseAgain(const ParkedReaction& reaction, const ReactionRefusedAgain& again,
                     const Context&) {
  if (reaction.state() != ParkedReaction::PARKED)
    return domain::Refuse(PARKED_REACTION_NOT_OPEN, "it was retried or dropped already");
  return again;
}

Decision Finish(const ParkedReaction& reaction, const ParkedReactionDone& done, const Context&) {
  if (reaction.state() != ParkedReaction::PARKED)
    return domain::Refuse(PARKED_REACTION_NOT_OPEN, "it was retried or dropped already");
  return done;
}

Decision Drop(const ParkedReaction& reaction, const DropParkedReactionRequest& request,
              const Context&) {
  if (reaction.state() != ParkedReaction::PARKED)
    return domain::Refuse(PARKED_REACTION_NOT_OPEN, "it was retried or dropped already");
  ParkedReactionDropped dropped;
  dropped.set_reason(request.reason());
  return dropped;
}

void Evolve(const ReactionParked& parked, ParkedReaction* reaction) {
  *reaction = parked.parked_reaction();
  reaction->set_state(ParkedReaction::PARKED);
  reaction->set_attempts(1);
}

void Evolve(const ReactionRefusedAgain& again, ParkedReaction* reaction) {
  reaction->set_reason(again.reason());
  reaction->set_message(again.message());
  reaction->set_attempts(reaction->attempts() + 1);
}

void Evolve(const ParkedReactionDone&, ParkedReaction* reaction) {
  reaction->set_state(ParkedReaction::DONE);
  reaction->set_attempts(reaction->attempts() + 1);
}

void Evolve(const ParkedReactionDropped& dropped, ParkedReaction* reaction) {
  reaction->set_state(ParkedReaction::DROPPED);
  reaction->set_drop_reason(dropped.reason());
}

}  // namespace

domain::Aggregate ParkedReactionAggregate(const std::string& service) {
  return domain::AggregateOf<ParkedReaction>(absl::StrCat("services/", service, "/parkedReactions"))
      .Creates<ReactionParked>(Park)
      .On<ReactionRefusedAgain>(RefuseAgain)
      .On<ParkedReactionDone>(Finish)
      .On<DropParkedReactionRequest>(Drop)
      .Folds<ReactionParked>(Evolve)
      .Folds<ReactionRefusedAgain>(Evolve)
      .Folds<ParkedReactionDone>(Evolve)
      .Folds<ParkedReactionDropped>(Evolve)
      .MatchedBy("state");
}

domain::ServiceDefinition WithParkedReactions(domain::ServiceDefinition definition) {
  definition.aggregates.insert(definition.aggregates.begin(),
                               ParkedReactionAggregate(definition.name));
  return definition;
}

}  // namespace leadstream::runtime
