// How a node addresses a command and finds what it needs: service.cc without its threads.
#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "common/domain/validation.h"
#include "common/log/partitioner.h"
#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "tests/simulation/node.h"
#include "tests/simulation/reactor_loop.h"

namespace leadstream::simulation {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using runtime::Failure;
using runtime::PendingCommand;

std::string StringField(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    return "";
  return message.GetReflection()->GetString(message, field);
}

// The resource inside a Create or Update request; null if the request holds none.
const Message* ResourceIn(const Message& request, const store::Collection& collection) {
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (!field->is_repeated() &&
        field->message_type() == collection.aggregate().prototype().GetDescriptor() &&
        request.GetReflection()->HasField(request, field))
      return &request.GetReflection()->GetMessage(request, field);
  }
  return nullptr;
}

}  // namespace

void Node::Execute(std::unique_ptr<Message> request, runtime::CallInfo call,
                   std::function<void(runtime::Outcome)> done) {
  ExecuteForwarded(std::move(request), "", std::move(call), std::move(done));
}

void Node::ExecuteForwarded(std::unique_ptr<Message> request, std::string resource,
                            runtime::CallInfo call, std::function<void(runtime::Outcome)> done) {
  PendingCommand command;
  command.collection = type_.schema.OfCommand(request->GetDescriptor());
  command.command = command.collection->aggregate().FindCommand(request->GetDescriptor());
  command.name = std::move(resource);
  command.forwarded = !command.name.empty();
  if (!command.forwarded && absl::EndsWith(request->GetDescriptor()->name(), "Request")) {
    domain::ClearOutputOnly(request.get());
    auto bad = domain::Validate(*request);
    if (!bad.empty()) return done({runtime::BadFields(std::move(bad)), {}, {}});
  }
  command.request = std::move(request);
  command.call = std::move(call);
  command.done = std::move(done);
  command.request_id = StringField(*command.request, "request_id");
  if (!command.request_id.empty()) command.request_hash = runtime::HashOf(*command.request);
  if (auto refusal = Address(&command)) return command.done({std::move(refusal), {}, {}});
  if (!life_->replica->caught_up()) return command.done({runtime::NotCaughtUp(), {}, {}});
  if (!life_->replica->MayDecide(command.partition))
    return life_->replica->Submit(std::move(command));
  FindNeeds(std::make_shared<PendingCommand>(std::move(command)), Now() + absl::Seconds(10));
}

std::optional<domain::Refusal> Node::Address(PendingCommand* command) {
  const Message& request = *command->request;
  const domain::Aggregate& aggregate = command->collection->aggregate();
  const Message* resource = ResourceIn(request, *command->collection);
  const runtime::ResourceType* type =
      runtime::ResourceTypeOf(aggregate.prototype().GetDescriptor());
  const std::string named = StringField(request, "name");
  if (command->name.empty()) command->name = named;
  if (const auto* parked = dynamic_cast<const common::v1::ReactionParked*>(&request))
    command->name = parked->parked_reaction().name();
  if (command->command->creates && type != nullptr &&
      absl::EndsWith(request.GetDescriptor()->name(), "Request")) {
    const std::string id = StringField(request, type->id_field);
    if (command->name.empty())
      command->name = id.empty() ? NewName(*command->collection, command->request_id)
                                 : absl::StrCat(aggregate.collection(), "/", id);
  } else if (named.empty() && resource != nullptr) {
    if (command->name.empty()) command->name = StringField(*resource, "name");
    command->etag = StringField(*resource, "etag");
  }
  if (store::CollectionOf(command->name) != aggregate.collection())
    return runtime::BadFields(
        {{"name", absl::StrCat("is not a name of ", aggregate.collection(), "/*")}});
  if (command->etag.empty()) command->etag = StringField(request, "etag");
  command->partition = PartitionOf(*command->collection, command->name);
  return std::nullopt;
}

// In the partition that the request id chooses, whatever node makes it up: see service.cc.
std::string Node::NewName(const store::Collection& collection, const std::string& request_id) {
  const domain::Aggregate& aggregate = collection.aggregate();
  auto make = [&] { return absl::StrCat(aggregate.collection(), "/", world_->NewId()); };
  std::string name = make();
  if (request_id.empty() || aggregate.has_partition_key()) return name;
  const int wanted = log::PartitionOf(request_id, partitions_);
  while (log::PartitionOf(name, partitions_) != wanted) name = make();
  return name;
}

int Node::PartitionOf(const store::Collection& collection, absl::string_view resource) const {
  return log::PartitionOf(collection.aggregate().PartitionKey(resource), partitions_);
}

bool Node::HasFolded(const std::optional<log::Position>& position) {
  return !position || position->service != service_ ||
         life_->model->NextOffset(position->partition) > position->offset;
}

// Asks again until the deadline, as a thread would wait.
void Node::FindNeeds(std::shared_ptr<PendingCommand> command, absl::Time deadline) {
  command->looked_up = true;
  std::vector<std::string> needs;
  if (command->command->needs) needs = command->command->needs(*command->request);
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
  life_->replica->Submit(std::move(*command));
}

// As it is at the log's end, or Unavailable.
absl::StatusOr<std::shared_ptr<const Message>> Node::FindOwn(
    const std::string& resource, const std::optional<log::Position>& after) {
  const int partition = PartitionOf(*type_.schema.OfName(resource), resource);
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
