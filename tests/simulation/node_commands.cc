// How a node finds what a command needs: service_lookups.cc without its threads.
#include <absl/strings/str_cat.h>

#include "common/runtime/resource_types.h"
#include "tests/simulation/node.h"
#include "tests/simulation/reactor_loop.h"

namespace leadstream::simulation {

using google::protobuf::Message;
using runtime::Failure;
using runtime::PendingCommand;

void Node::Execute(std::unique_ptr<Message> request, runtime::CallInfo call,
                   std::function<void(runtime::Outcome)> done) {
  ExecuteForwarded(std::move(request), "", std::move(call), std::move(done));
}

void Node::ExecuteForwarded(std::unique_ptr<Message> request, std::string resource,
                            runtime::CallInfo call, std::function<void(runtime::Outcome)> done) {
  PendingCommand command;
  command.name = std::move(resource);
  command.forwarded = !command.name.empty();
  command.call = std::move(call);
  command.done = std::move(done);
  if (auto refusal = addressing_.Address(std::move(request), &command))
    return command.done({std::move(refusal), {}, {}});
  if (!life_->replica->caught_up()) return command.done({runtime::NotCaughtUp(), {}, {}});
  if (!life_->replica->MayDecide(command.partition))
    return life_->replica->Submit(std::move(command));
  FindNeeds(std::make_shared<PendingCommand>(std::move(command)), Now() + absl::Seconds(10));
}

bool Node::HasFolded(const std::optional<log::Position>& position) {
  return !position || position->service != service_ ||
         life_->model->NextOffset(position->partition) > position->offset;
}

// Asks again until the deadline, as a thread would wait.
void Node::FindNeeds(std::shared_ptr<PendingCommand> command, absl::Time deadline) {
  command->looked_up = true;
  auto state = life_->model->Find(command->name);
  const Message& prototype = command->collection->aggregate().prototype();
  const auto needs = domain::StillNeeded(
      *command->command, state.ok() && state->resource != nullptr ? *state->resource : prototype,
      *command->request, command->found);
  for (const std::string& need : needs) {
    const bool own = type_.schema.OfName(need) != nullptr;
    auto found = own ? FindOwn(need, command->call.after) : AskPeers(need, 0, command->call.after);
    if (found.ok() && *found != nullptr) {
      command->found[need] = std::move(*found);
      continue;
    }
    if (found.ok() || absl::IsNotFound(found.status()))
      return command->done(
          {Failure(absl::StatusCode::kFailedPrecondition, common::v1::REFERENCE_NOT_FOUND,
                   absl::StrCat("there is no ", need)),
           {},
           {}});
    if (Now() > std::min(deadline, command->call.deadline))
      return command->done({Failure(absl::StatusCode::kUnavailable, common::v1::WRITER_UNAVAILABLE,
                                    absl::StrCat(need, " cannot be read")),
                            {},
                            {}});
    return Post(absl::Milliseconds(20),
                [this, command, deadline] { FindNeeds(command, deadline); });
  }
  if (!needs.empty()) return FindNeeds(command, deadline);  // there may be more
  life_->replica->Submit(std::move(*command));
}

// As it is at the log's end, or Unavailable.
absl::StatusOr<std::shared_ptr<const Message>> Node::FindOwn(
    const std::string& resource, const std::optional<log::Position>& after) {
  const int partition = addressing_.PartitionOf(*type_.schema.OfName(resource), resource);
  const bool fresh = world_->log.Reachable(name_) &&
                     life_->model->NextOffset(partition) >= world_->log.End(topic_, partition);
  if (!HasFolded(after) || !fresh) return absl::UnavailableError("not folded so far yet");
  auto state = life_->model->Find(resource);
  if (absl::IsNotFound(state.status())) return std::shared_ptr<const Message>();
  if (!state.ok()) return state.status();
  return state->resource;
}

absl::StatusOr<std::shared_ptr<const Message>> Node::Get(
    const std::string& resource, int64_t revision, const std::optional<log::Position>& after) {
  if (life_ == nullptr || paused_ || !life_->replica->caught_up())
    return absl::UnavailableError(absl::StrCat(name_, " does not answer"));
  auto now = FindOwn(resource, after);
  if (now.ok() && *now == nullptr) return absl::NotFoundError(absl::StrCat("no ", resource));
  if (!now.ok() || revision == 0) return now;
  auto then = life_->model->AtRevision(resource, revision);
  if (!then.ok()) return then.status();
  return then->resource;
}

absl::StatusOr<std::shared_ptr<const Message>> Node::AskPeers(
    const std::string& resource, int64_t revision, const std::optional<log::Position>& after) {
  const runtime::ResourceType* type = runtime::ResourceTypeOf(resource);
  if (type == nullptr || !world_->nodes.contains(type->service)) {
    if (world_->random.Chance(0.2)) return absl::UnavailableError("its owner does not answer");
    return absl::NotFoundError(absl::StrCat("nobody has ", resource));
  }
  Node* peer = world_->random.Of(world_->nodes.at(type->service));
  if (peer != this && !world_->Connected(name_, peer->name()))
    return absl::UnavailableError(absl::StrCat(peer->name(), " is not reached"));
  return peer->Get(resource, revision, after);
}

}  // namespace leadstream::simulation
