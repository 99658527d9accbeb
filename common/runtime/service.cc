#include "common/runtime/service.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>

#include "common/log/position.h"
#include "common/runtime/ids.h"
#include "common/runtime/model_reader.h"
#include "common/runtime/parked_reactions.h"
#include "common/store/list.h"
#include "common/store/model_directories.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

using google::protobuf::Message;

namespace {

constexpr int kLookupThreads = 4;
constexpr absl::Duration kDrainMax = absl::Seconds(10);
constexpr int64_t kMomentUs = 100'000;

void EndSpan(telemetry::Span* span, const Outcome& outcome) {
  if (!span->recorded()) return;
  if (outcome.refusal) {
    span->Set("leadstream.reason", outcome.refusal->reason);
    return span->End(IsOfTheRules(*outcome.refusal) ? "" : outcome.refusal->message);
  }
  if (outcome.after.resource != nullptr)
    span->Set("leadstream.resource", StringOf(*outcome.after.resource, "name"));
  span->Set("leadstream.position", log::ToString(outcome.position));
  span->Set("leadstream.repeated", outcome.repeated ? "true" : "false");
  span->End();
}

}  // namespace

Service::Service(domain::ServiceDefinition definition, log::EventLog* log, Peers* peers,
                 ServiceOptions options)
    : definition_(WithParkedReactions(std::move(definition))),
      log_(log),
      peers_(peers),
      options_(std::move(options)),
      self_{options_.node, NewUuid(options_.now_us()), ""},
      page_tokens_(options_.page_token_key),
      schema_(std::make_unique<store::Schema>(definition_)),
      ends_([this] { return log_->Ends(log::TopicOf(name())); }) {}

absl::StatusOr<std::unique_ptr<Service>> Service::Open(domain::ServiceDefinition definition,
                                                       log::EventLog* log, Peers* peers,
                                                       ServiceOptions options) {
  if (!options.now_us) options.now_us = NowMicros;
  auto service =
      std::unique_ptr<Service>(new Service(std::move(definition), log, peers, std::move(options)));
  auto partitions = log->Partitions(log::TopicOf(service->name()));
  if (!partitions.ok()) return partitions.status();
  service->partitions_ = *partitions;
  service->addressing_ = std::make_unique<Addressing>(
      service->schema_.get(), *partitions,
      [now_us = service->options_.now_us] { return NewUuid(now_us()); },
      [raw = service.get()] { return raw->PartitionOfTheMoment(); });
  absl::Status opened = service->OpenModel();
  if (!opened.ok()) return opened;
  ReplicaThread::Options replica;
  replica.replica.service = service->name();
  replica.replica.self = service->self_;
  replica.replica.queue_depth_max = service->options_.queue_depth_max;
  replica.replica.writer_silence_max = service->options_.writer_silence_max;
  replica.replica.exclusive = log->exclusive();
  replica.replica.counters = service->counters_;
  replica.now_us = service->options_.now_us;
  replica.forward = service->options_.forward;
  replica.report = service->options_.report;
  replica.look_up = [raw = service.get()](PendingCommand command) {
    raw->FindNeeds(std::move(command));
  };
  service->replica_ =
      std::make_unique<ReplicaThread>(log, service->model_.get(), std::move(replica));
  service->lookups_ = std::make_unique<WorkerPool>(kLookupThreads, kLookupQueueMax);
  ReactionRunner::Options reactions;
  reactions.service = service->name();
  reactions.counters = service->counters_;
  reactions.tracer = service->options_.tracer;
  reactions.owns = [raw = service.get()](int partition) {
    return raw->replica_->IsWriter(partition % raw->partitions_);
  };
  reactions.own = [raw = service.get()](
                      const log::Position& after, std::chrono::steady_clock::time_point since,
                      absl::Time deadline) -> absl::StatusOr<const domain::Reader*> {
    // A log can be read a moment before its writer has folded what is in it.
    absl::Status seen = raw->AwaitFolded(after, deadline);
    if (seen.ok()) seen = raw->Freshen("", deadline, since);
    if (!seen.ok()) return seen;
    return raw;
  };
  reactions.report = service->options_.report;
  auto execute = [raw = service.get()](std::unique_ptr<Message> request, CallInfo call,
                                       std::function<void(Outcome)> done) {
    raw->Execute(std::move(request), std::move(call), std::move(done));
  };
  service->reactions_ = std::make_unique<ReactionRunner>(&service->definition_.reactions, log,
                                                         peers, execute, std::move(reactions));
  TimerRunner::Options timers;
  timers.service = service->name();
  timers.counters = service->counters_;
  timers.tracer = service->options_.tracer;
  timers.now_us = service->options_.now_us;
  timers.writes = [raw = service.get()](int partition) { return raw->replica_->Writes(partition); };
  timers.report = service->options_.report;
  service->timers_ =
      std::make_unique<TimerRunner>(service->model_.get(), execute, std::move(timers));
  service->replica_->OnWritersChanged([raw = service.get()] { raw->reactions_->OwnsOther(); });
  return service;
}

Service::~Service() { Drain(); }

void Service::SkipRecord(const log::Position& position, const std::string& actor,
                         const std::string& reason,
                         std::function<void(std::optional<domain::Refusal>, log::Position)> done) {
  const std::map<int, Replica::Stop> stops = replica_->Stops();
  auto stop = stops.find(position.partition);
  if (stop == stops.end() || stop->second.offset != position.offset) {
    return done(
        Failure(absl::StatusCode::kFailedPrecondition, common::v1::RECORD_NOT_STOPPED_AT,
                absl::StrCat("this node does not stand still at ", log::ToString(position))),
        {});
  }
  const int64_t now_us = options_.now_us();
  auto record = std::make_shared<common::v1::Record>(
      model_->FenceOf(position.partition)
          .Skip(NewUuid(now_us), actor, position.offset, reason, now_us));
  log_->Append(
      log::TopicOf(name()), {{position.partition, record.get()}},
      [service = name(), partition = position.partition, record, done](log::AppendResult result) {
        if (!result.status.ok()) return done(FailureOf(result.status), {});
        done(std::nullopt, {service, partition, result.offsets.front()});
      });
}

// A model that is ahead of its log was folded from another one: it is begun anew.
absl::Status Service::OpenModel() {
  store::ReadModelOptions model;
  model.directory = (std::filesystem::path(options_.directory) / name()).string();
  model.partitions = partitions_;
  model.memory = options_.memory;
  model.request_window = options_.request_window;
  auto switched = store::SwitchToNext(model.directory);
  if (!switched.ok()) return switched.status();
  if (*switched)
    options_.report(2, absl::StrCat(name(),
                                    ": goes on with the read model that was built beside; "
                                    "the one before is in ",
                                    store::PreviousDirectory(model.directory)));
  for (int attempt = 0;; ++attempt) {
    auto opened = store::ReadModel::Open(model, schema_.get());
    if (!opened.ok()) return opened.status();
    model_ = std::move(*opened);
    auto ends = log_->Ends(log::TopicOf(name()));
    if (!ends.ok()) return ends.status();
    bool ahead = false;
    for (const auto& [partition, end] : *ends) ahead |= model_->NextOffset(partition) > end;
    if (!ahead) return absl::OkStatus();
    if (attempt > 0)
      return absl::DataLossError(
          absl::StrCat("the read model in ", model.directory, " is ahead of the log"));
    options_.report(
        3,
        absl::StrCat(name(), ": the read model is ahead of the log; it is set aside and rebuilt"));
    model_.reset();
    absl::Status aside = store::SetAside(model.directory);
    if (!aside.ok()) return aside;
  }
}

void Service::AnswersAt(const std::string& address) {
  self_.address = address;
  replica_->AnswersAt(address);
}

std::set<std::string> Service::PeerAddresses() {
  std::set<std::string> addresses;
  for (int partition = 0; partition < model_->partitions(); ++partition) {
    const log::Fence fence = model_->FenceOf(partition);
    if (fence.epoch() > 0) addresses.insert(fence.writer().address);
  }
  for (const log::NodeIdentity& peer : replica_->Peers()) addresses.insert(peer.address);
  addresses.erase(self_.address);
  addresses.erase("");
  return addresses;
}

absl::Status Service::Start(absl::Time deadline) {
  replica_->Start();
  absl::Status serving = replica_->WaitUntilServing(deadline);
  if (serving.ok()) {
    reactions_->Start();
    timers_->Start();
  }
  return serving;
}

void Service::HandOver() {
  if (timers_ != nullptr) timers_->Stop();
  if (reactions_ != nullptr) reactions_->Stop();
  if (replica_ != nullptr) replica_->HandOver(kDrainMax);
}

void Service::Drain() {
  HandOver();
  if (replica_ != nullptr) replica_->Drain(kDrainMax);
  // What still waits for events is to be asked of another node; lookups would wait ten seconds.
  if (model_ != nullptr) model_->FoldsNoMore();
  // Kept: until the server is shut down, calls still come, and are told to go elsewhere.
  if (lookups_ != nullptr) lookups_->Close();
  if (model_ != nullptr) model_->Flush().IgnoreError();  // what is not flushed is folded again
}

int64_t Service::ParkedReactions() const {
  const store::Collection& collection =
      *schema_->OfResource(common::v1::ParkedReaction::descriptor());
  auto filter =
      domain::Filter::Compile(*common::v1::ParkedReaction::descriptor(), "state = PARKED");
  int64_t count = 0;
  store::ForEach(*model_, collection, filter->get(), [&count](const store::StoredState&) {
    ++count;
  }).IgnoreError();
  return count;
}

const domain::Command* Service::FindCommand(const google::protobuf::Descriptor* request) const {
  const store::Collection* collection = schema_->OfCommand(request);
  return collection == nullptr ? nullptr : collection->aggregate().FindCommand(request);
}

telemetry::Span Service::BeginSpan(const Message& request, CallInfo* call) const {
  auto span = options_.tracer->Follow(telemetry::SpanRecord::kInternal, name(),
                                      absl::StrCat("decide ", request.GetDescriptor()->name()),
                                      call->traceparent);
  call->traceparent = span.traceparent();
  return span;
}

void Service::Execute(std::unique_ptr<Message> request, CallInfo call,
                      std::function<void(Outcome)> done) {
  PendingCommand command;
  auto span = BeginSpan(*request, &call);
  command.call = std::move(call);
  command.done = [counters = counters_.get(), span = std::move(span),
                  done = std::move(done)](Outcome outcome) mutable {
    counters->Answered(outcome);
    EndSpan(&span, outcome);
    done(std::move(outcome));
  };
  Execute(std::move(request), std::move(command));
}

void Service::ExecuteForwarded(std::unique_ptr<Message> request, std::string name, CallInfo call,
                               std::function<void(Outcome)> done) {
  PendingCommand command;
  command.name = std::move(name);
  command.forwarded = true;
  auto span = BeginSpan(*request, &call);
  command.call = std::move(call);
  command.done = std::move(done);
  if (span.recorded()) {
    command.done = [span = std::move(span),
                    done = std::move(command.done)](Outcome outcome) mutable {
      EndSpan(&span, outcome);
      done(std::move(outcome));
    };
  }
  Execute(std::move(request), std::move(command));
}

void Service::Execute(std::unique_ptr<Message> request, PendingCommand command) {
  if (auto refusal = addressing_->Address(std::move(request), &command))
    return command.done({std::move(refusal), {}, {}});
  if (!caught_up()) return command.done({NotCaughtUp(), {}, {}});
  // Sent again, it is answered without asking anybody.
  const bool again = command.command->needs && WasAccepted(*model_, command);
  if (replica_->Writes(command.partition) && !again) return FindNeeds(std::move(command));
  replica_->Submit(std::move(command));  // it knows who does, or waits until somebody does
}

// Brokers are asked for each partition of a group, so what may lie anywhere lies together for a
// moment; and where this node writes, so that it need not be passed on.
int Service::PartitionOfTheMoment() const {
  if (log_->exclusive()) return -1;  // its groups are one write, whatever they touch
  const auto moment = static_cast<int>(options_.now_us() / kMomentUs % partitions_);
  for (int i = 0; i < partitions_; ++i) {
    const int partition = (moment + i) % partitions_;
    if (replica_->Writes(partition)) return partition;
  }
  return -1;
}

void Service::RetryParked(const std::string& name, CallInfo call,
                          std::function<void(Outcome)> done) {
  auto shared_done = std::make_shared<std::function<void(Outcome)>>(std::move(done));
  const bool taken = lookups_->Add([this, name, call, shared_done] {
    if (!caught_up()) return (*shared_done)({NotCaughtUp(), {}, {}});
    auto state = model_->Find(name);
    if (!state.ok()) return (*shared_done)({FailureOf(state.status()), {}, {}});
    const auto& parked = static_cast<const common::v1::ParkedReaction&>(*state->resource);
    std::optional<domain::Refusal> refusal;
    if (parked.state() == common::v1::ParkedReaction::PARKED) {
      auto again =
          reactions_->ReactAgain(parked.reaction(), parked.command_key(), parked.position());
      if (!again.ok()) return (*shared_done)({FailureOf(again.status()), {}, {}});
      refusal = std::move(*again);
      if (refusal && IsPassing(refusal->code)) return (*shared_done)({std::move(refusal), {}, {}});
    }
    std::unique_ptr<Message> event;
    if (refusal) {
      auto refused = std::make_unique<common::v1::ReactionRefusedAgain>();
      refused->set_reason(refusal->reason);
      refused->set_message(refusal->message);
      event = std::move(refused);
    } else {
      event = std::make_unique<common::v1::ParkedReactionDone>();
    }
    PendingCommand command;
    command.name = name;
    command.call = call;
    if (auto unknown = addressing_->Address(std::move(event), &command))
      return (*shared_done)({std::move(unknown), {}, {}});
    command.looked_up = true;  // it needs nothing
    command.done = *shared_done;
    replica_->Submit(std::move(command));
  });
  if (!taken) (*shared_done)({LookupNotTaken(), {}, {}});
}

std::shared_ptr<const Message> Service::Find(absl::string_view name) const {
  return ModelReader(model_.get(), options_.now_us()).Find(name);
}

std::shared_ptr<const Message> Service::FindAt(absl::string_view name, int64_t revision) const {
  return ModelReader(model_.get(), options_.now_us()).FindAt(name, revision);
}

google::protobuf::Timestamp Service::Now() const {
  return ModelReader(model_.get(), options_.now_us()).Now();
}

std::vector<std::string> Service::Keyed(absl::string_view collection, absl::string_view index,
                                        absl::string_view key, size_t limit,
                                        absl::string_view after) const {
  return ModelReader(model_.get(), options_.now_us()).Keyed(collection, index, key, limit, after);
}

std::string Service::LastKeyed(absl::string_view collection, absl::string_view index,
                               absl::string_view key, absl::string_view up_to) const {
  return ModelReader(model_.get(), options_.now_us()).LastKeyed(collection, index, key, up_to);
}

std::vector<domain::TallySum> Service::Tallies(
    absl::string_view collection, absl::string_view tally,
    const std::vector<domain::TallyBounds>& bounds) const {
  return ModelReader(model_.get(), options_.now_us()).Tallies(collection, tally, bounds);
}

}  // namespace leadstream::runtime
