#include "common/runtime/service.h"

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>

#include "common/domain/validation.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/runtime/ids.h"
#include "common/runtime/parked_reactions.h"
#include "common/runtime/resource_types.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr int kLookupThreads = 4;
constexpr size_t kLookupQueueMax = 10'000;
constexpr absl::Duration kLookupDeadlineMax = absl::Seconds(10);

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
        request.GetReflection()->HasField(request, field)) {
      return &request.GetReflection()->GetMessage(request, field);
    }
  }
  return nullptr;
}

}  // namespace

Service::Service(domain::ServiceDefinition definition, log::EventLog* log, Peers* peers,
                 ServiceOptions options)
    : definition_(WithParkedReactions(std::move(definition))),
      log_(log),
      peers_(peers),
      options_(std::move(options)),
      page_tokens_(options_.page_token_key),
      schema_(std::make_unique<store::Schema>(definition_)) {}

absl::StatusOr<std::unique_ptr<Service>> Service::Open(domain::ServiceDefinition definition,
                                                       log::EventLog* log, Peers* peers,
                                                       ServiceOptions options) {
  if (!options.now_us) options.now_us = NowMicros;
  auto service =
      std::unique_ptr<Service>(new Service(std::move(definition), log, peers, std::move(options)));
  absl::Status opened =
      log->CreateTopic(log::TopicOf(service->name()), service->options_.partitions);
  if (opened.ok()) opened = service->OpenModel();
  if (!opened.ok()) return opened;
  WriterOptions writer;
  writer.service = service->name();
  writer.node = service->options_.node;
  writer.address = service->options_.address;
  writer.queue_depth_max = service->options_.queue_depth_max;
  writer.now_us = service->options_.now_us;
  writer.report = service->options_.report;
  service->writer_ = std::make_unique<Writer>(log, service->model_.get(), std::move(writer));
  service->lookups_ = std::make_unique<WorkerPool>(kLookupThreads, kLookupQueueMax);
  ReactionRunner::Options reactions;
  reactions.service = service->name();
  reactions.report = service->options_.report;
  service->reactions_ = std::make_unique<ReactionRunner>(
      &service->definition_.reactions, log, peers,
      [raw = service.get()](std::unique_ptr<Message> request, CallInfo call,
                            std::function<void(Outcome)> done) {
        raw->Execute(std::move(request), std::move(call), std::move(done));
      },
      std::move(reactions));
  return service;
}

Service::~Service() { Drain(); }

// A model that is ahead of its log was folded from another one: it is begun anew.
absl::Status Service::OpenModel() {
  store::ReadModelOptions model;
  model.directory = (std::filesystem::path(options_.directory) / name()).string();
  model.partitions = options_.partitions;
  model.memory = options_.memory;
  model.request_window = options_.request_window;
  for (int attempt = 0;; ++attempt) {
    auto opened = store::ReadModel::Open(model, schema_.get());
    if (!opened.ok()) return opened.status();
    model_ = std::move(*opened);
    bool ahead = false;
    for (int partition = 0; partition < options_.partitions; ++partition) {
      auto end = log_->End(log::TopicOf(name()), partition);
      if (!end.ok()) return end.status();
      ahead |= model_->NextOffset(partition) > *end;
    }
    if (!ahead) return absl::OkStatus();
    if (attempt > 0)
      return absl::DataLossError(
          absl::StrCat("the read model in ", model.directory, " is ahead of the log"));
    options_.report(
        3,
        absl::StrCat(name(), ": the read model is ahead of the log; it is set aside and rebuilt"));
    model_.reset();
    absl::Status aside = store::ReadModel::SetAside(model.directory);
    if (!aside.ok()) return aside;
  }
}

absl::Status Service::Start(absl::Time deadline) {
  writer_->Start();
  absl::Status serving = writer_->WaitUntilServing(deadline);
  if (serving.ok()) reactions_->Start();
  return serving;
}

void Service::Drain() {
  if (reactions_ != nullptr) reactions_->Stop();
  lookups_.reset();
  if (writer_ != nullptr) writer_->Drain();
  if (model_ != nullptr) model_->Flush().IgnoreError();  // what is not flushed is folded again
}

const domain::Command* Service::FindCommand(const google::protobuf::Descriptor* request) const {
  const store::Collection* collection = schema_->OfCommand(request);
  return collection == nullptr ? nullptr : collection->aggregate().FindCommand(request);
}

void Service::Execute(std::unique_ptr<Message> request, CallInfo call,
                      std::function<void(Outcome)> done) {
  PendingCommand command;
  command.collection = schema_->OfCommand(request->GetDescriptor());
  if (command.collection == nullptr) {
    return done({Failure(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNIMPLEMENTED,
                         absl::StrCat(request->GetDescriptor()->name(), " is no command here")),
                 {},
                 {}});
  }
  command.command = command.collection->aggregate().FindCommand(request->GetDescriptor());
  // Events that the machinery issues as its own commands are not a caller's input.
  if (absl::EndsWith(request->GetDescriptor()->name(), "Request")) {
    domain::ClearOutputOnly(request.get());
    auto bad = domain::Validate(*request);
    if (!bad.empty()) return done({BadFields(std::move(bad)), {}, {}});
  }
  command.request = std::move(request);
  command.call = std::move(call);
  command.done = std::move(done);
  command.request_id = StringField(*command.request, "request_id");
  if (!command.request_id.empty()) command.request_hash = HashOf(*command.request);
  if (auto refusal = Address(&command)) return command.done({std::move(refusal), {}, {}});
  if (!caught_up()) return command.done({NotCaughtUp(), {}, {}});
  FindNeeds(std::move(command));
}

std::optional<domain::Refusal> Service::Address(PendingCommand* command) const {
  const Message& request = *command->request;
  const domain::Aggregate& aggregate = command->collection->aggregate();
  const Message* resource = ResourceIn(request, *command->collection);
  const ResourceType* type = ResourceTypeOf(aggregate.prototype().GetDescriptor());
  command->name = StringField(request, "name");
  if (const auto* parked = dynamic_cast<const common::v1::ReactionParked*>(&request))
    command->name = parked->parked_reaction().name();
  if (command->command->creates && absl::EndsWith(request.GetDescriptor()->name(), "Request")) {
    const std::string id = StringField(request, type->id_field);
    command->name = id.empty() ? NewName(*command->collection, command->request_id)
                               : absl::StrCat(aggregate.collection(), "/", id);
  } else if (command->name.empty() && resource != nullptr) {
    command->name = StringField(*resource, "name");
    command->etag = StringField(
        *resource,
        "etag");  // of the resource itself; one that a command on another brings along has its own
  }
  if (store::CollectionOf(command->name) != aggregate.collection()) {
    return BadFields({{"name", absl::StrCat("is not a name of ", aggregate.collection(), "/*")}});
  }
  if (command->etag.empty()) command->etag = StringField(request, "etag");
  command->partition = log::PartitionOf(aggregate.PartitionKey(command->name), options_.partitions);
  return std::nullopt;
}

// A retry of a creation must meet the partition that remembers its request id, on whatever node: so
// the name made up for it is one that lies in the partition which the request id chooses. (UUIDs
// are tried until one does, `partitions` on average.)
std::string Service::NewName(const store::Collection& collection,
                             const std::string& request_id) const {
  const domain::Aggregate& aggregate = collection.aggregate();
  const int64_t now_us = options_.now_us();
  std::string name = absl::StrCat(aggregate.collection(), "/", NewUuid(now_us));
  if (request_id.empty() || aggregate.has_partition_key()) return name;
  const int wanted = log::PartitionOf(request_id, options_.partitions);
  while (log::PartitionOf(name, options_.partitions) != wanted)
    name = absl::StrCat(aggregate.collection(), "/", NewUuid(now_us));
  return name;
}

void Service::FindNeeds(PendingCommand command) {
  std::vector<std::string> needs;
  if (command.command->needs) needs = command.command->needs(*command.request);
  const bool at_hand =
      absl::c_all_of(
          needs, [this](const std::string& name) { return schema_->OfName(name) != nullptr; }) &&
      HasFolded(command.call.after);
  if (needs.empty() || at_hand) {
    if (auto refusal = FindEach(needs, &command)) return command.done({std::move(refusal), {}, {}});
    return writer_->Submit(std::move(command));
  }
  auto shared = std::make_shared<PendingCommand>(std::move(command));
  const bool taken = lookups_->Add([this, shared, needs] {
    if (auto refusal = FindEach(needs, shared.get()))
      return shared->done({std::move(refusal), {}, {}});
    writer_->Submit(std::move(*shared));
  });
  if (!taken)
    shared->done({Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                          "too many commands wait"),
                  {},
                  {}});
}

std::optional<domain::Refusal> Service::FindEach(const std::vector<std::string>& needs,
                                                 PendingCommand* command) const {
  const absl::Time deadline = std::min(command->call.deadline, absl::Now() + kLookupDeadlineMax);
  const auto& after = command->call.after;
  for (const std::string& name : needs) {
    absl::StatusOr<std::shared_ptr<const Message>> found;
    if (schema_->OfName(name) == nullptr) {
      found = peers_->Get(name, 0, after, deadline);
    } else {
      absl::Status folded = HasFolded(after)
                                ? absl::OkStatus()
                                : model_->WaitFor(after->partition, after->offset + 1, deadline);
      found = folded.ok() ? absl::StatusOr<std::shared_ptr<const Message>>(Find(name)) : folded;
    }
    if (found.ok() && *found != nullptr) {
      command->found[name] = std::move(*found);
    } else if (found.ok() || absl::IsNotFound(found.status())) {
      return Failure(absl::StatusCode::kFailedPrecondition, common::v1::REFERENCE_NOT_FOUND,
                     absl::StrCat("there is no ", name));
    } else {
      return Failure(absl::StatusCode::kUnavailable, common::v1::WRITER_UNAVAILABLE,
                     absl::StrCat(name, " cannot be read: ", found.status().message()));
    }
  }
  return std::nullopt;
}

bool Service::HasFolded(const std::optional<log::Position>& position) const {
  return !position || position->service != name() ||
         model_->NextOffset(position->partition) > position->offset;
}

void Service::RetryParked(const std::string& name, CallInfo call,
                          std::function<void(Outcome)> done) {
  auto shared_done = std::make_shared<std::function<void(Outcome)>>(std::move(done));
  const bool taken = lookups_->Add([this, name, call, shared_done] {
    if (!caught_up()) return (*shared_done)({NotCaughtUp(), {}, {}});
    auto state = model_->Find(name);
    if (!state.ok()) return (*shared_done)({FailureOf(state.status()), {}, {}});
    const auto& parked = static_cast<const common::v1::ParkedReaction&>(*state->resource);
    std::unique_ptr<Message> next;
    std::optional<domain::Refusal> refusal;
    if (parked.state() == common::v1::ParkedReaction::PARKED) {
      auto again =
          reactions_->ReactAgain(parked.reaction(), parked.command_key(), parked.position());
      if (!again.ok()) return (*shared_done)({FailureOf(again.status()), {}, {}});
      refusal = std::move(*again);
      if (refusal && IsPassing(refusal->code)) return (*shared_done)({std::move(refusal), {}, {}});
    }
    PendingCommand command;
    if (refusal) {
      auto event = std::make_unique<common::v1::ReactionRefusedAgain>();
      event->set_reason(refusal->reason);
      event->set_message(refusal->message);
      command.request = std::move(event);
    } else {
      command.request = std::make_unique<common::v1::ParkedReactionDone>();
    }
    command.collection = schema_->OfCommand(command.request->GetDescriptor());
    command.command = command.collection->aggregate().FindCommand(command.request->GetDescriptor());
    command.name = name;
    command.partition = log::PartitionOf(name, options_.partitions);
    command.call = call;
    command.done = *shared_done;
    writer_->Submit(std::move(command));
  });
  if (!taken)
    (*shared_done)({Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                            "too many commands wait"),
                    {},
                    {}});
}

std::shared_ptr<const Message> Service::Find(absl::string_view name) const {
  auto state = model_->Find(name);
  return state.ok() ? state->resource : nullptr;
}

std::vector<std::string> Service::Keyed(absl::string_view collection, absl::string_view index,
                                        absl::string_view key, size_t limit) const {
  const store::Collection* found = schema_->OfName(absl::StrCat(collection, "/x"));
  if (found == nullptr) return {};
  auto names = model_->Keyed(*found, index, key, limit);
  return names.ok() ? std::move(*names) : std::vector<std::string>();
}

}  // namespace leadstream::runtime
