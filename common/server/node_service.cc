#include "common/server/node_service.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <grpcpp/impl/codegen/client_callback.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "common/domain/validation.h"
#include "common/log/position.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"
#include "common/server/errors.h"
#include "common/server/replicas.h"
#include "common/server/stories.h"
#include "leadstream/common/v1/node.pb.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::server {
namespace {

using google::protobuf::Message;
using runtime::Outcome;

constexpr char kExecutePath[] = "/leadstream.common.v1.NodeService/ExecuteCommand";
constexpr char kPingPath[] = "/leadstream.common.v1.NodeService/PingNode";
constexpr absl::Duration kForwardMax = absl::Minutes(1);
constexpr absl::Duration kFreshMax = absl::Seconds(10);

void ToProto(const log::NodeIdentity& identity, common::v1::NodeIdentity* out) {
  out->set_node(identity.node);
  out->set_incarnation(identity.incarnation);
  out->set_address(identity.address);
}
log::NodeIdentity OfProto(const common::v1::NodeIdentity& identity) {
  return {identity.node(), identity.incarnation(), identity.address()};
}

// An Any of any linked message; null if there is none of that type, or it cannot be read.
std::unique_ptr<Message> Unpack(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  const Message* prototype = runtime::PrototypeOf(url.substr(url.rfind('/') + 1));
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<Message> message(prototype->New());
  return message->ParseFromString(any.value()) ? std::move(message) : nullptr;
}

common::v1::ExecuteCommandResponse ToProto(const Outcome& outcome) {
  common::v1::ExecuteCommandResponse response;
  if (outcome.refusal) {
    common::v1::CommandRefusal* refusal = response.mutable_refusal();
    refusal->set_code(static_cast<int>(outcome.refusal->code));
    refusal->set_reason(outcome.refusal->reason);
    refusal->set_message(outcome.refusal->message);
    for (const domain::FieldViolation& field : outcome.refusal->fields) {
      auto* bad = refusal->add_fields();
      bad->set_field(field.field);
      bad->set_description(field.description);
    }
    return response;
  }
  response.mutable_resource()->PackFrom(*outcome.after.resource);
  response.set_revision(outcome.after.revision);
  response.set_deleted(outcome.after.deleted);
  response.set_position(log::ToString(outcome.position));
  response.set_repeated(outcome.repeated);
  return response;
}

std::optional<Outcome> OfProto(const common::v1::ExecuteCommandResponse& response) {
  Outcome outcome;
  if (response.has_refusal()) {
    domain::Refusal refusal{static_cast<absl::StatusCode>(response.refusal().code()),
                            response.refusal().reason(),
                            response.refusal().message(),
                            {}};
    for (const auto& field : response.refusal().fields())
      refusal.fields.push_back({field.field(), field.description()});
    outcome.refusal = std::move(refusal);
    return outcome;
  }
  auto position = log::ParsePosition(response.position());
  outcome.after.resource = Unpack(response.resource());
  if (!position || outcome.after.resource == nullptr) return std::nullopt;
  outcome.after.revision = response.revision();
  outcome.after.deleted = response.deleted();
  outcome.after.partition = position->partition;
  outcome.after.offset = position->offset;
  outcome.position = std::move(*position);
  outcome.repeated = response.repeated();
  return outcome;
}

runtime::Service* Find(const std::vector<runtime::Service*>& services, const std::string& name) {
  for (runtime::Service* service : services) {
    if (service->name() == name) return service;
  }
  return nullptr;
}

void FailUnknown(UnaryCall& call, const std::string& service) {
  call.Fail(ToGrpc(runtime::Failure(absl::StatusCode::kNotFound, common::v1::RESOURCE_NOT_FOUND,
                                    absl::StrCat("this node has no service ", service))));
}

void Execute(runtime::Service* service, const std::shared_ptr<UnaryCall>& call) {
  const auto& asked = static_cast<const common::v1::ExecuteCommandRequest&>(call->request());
  auto request = Unpack(asked.request());
  if (request == nullptr) {
    return call->Fail(
        ToGrpc(runtime::Failure(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNIMPLEMENTED,
                                absl::StrCat("this version has no ", asked.request().type_url()))));
  }
  runtime::CallInfo info;
  info.actor = asked.actor();
  info.correlation_id = asked.correlation_id();
  info.causation_id = asked.causation_id();
  info.traceparent = asked.traceparent();
  info.deadline = DeadlineOf(call->context(), kForwardMax);
  info.after = log::ParsePosition(asked.after());
  if (asked.has_owners())
    info.owners.emplace(asked.owners().owners().begin(), asked.owners().owners().end());
  const std::string name = asked.name();
  service->ExecuteForwarded(std::move(request), name, std::move(info),
                            [call](Outcome outcome) { call->Finish(ToProto(outcome)); });
}

void Status(runtime::Service* service, UnaryCall& call) {
  const auto& asked = static_cast<const common::v1::GetNodeStatusRequest&>(call.request());
  common::v1::NodeStatus status;
  if (asked.fingerprint()) {
    auto fingerprint = service->model().Fingerprint();
    if (!fingerprint.ok()) return call.Fail(ToGrpc(runtime::FailureOf(fingerprint.status())));
    status.set_fingerprint(*fingerprint);
  }
  status.set_service(absl::StrCat("services/", service->name()));
  ToProto(service->self(), status.mutable_node());
  status.set_caught_up(service->caught_up());
  status.set_serving(service->serving());
  const std::map<int, runtime::Replica::Stop> stops = service->replica().Stops();
  for (int partition = 0; partition < service->model().partitions(); ++partition) {
    common::v1::PartitionStatus* entry = status.add_partitions();
    const log::Fence fence = service->model().FenceOf(partition);
    entry->set_partition(partition);
    entry->set_epoch(fence.epoch());
    ToProto(fence.writer(), entry->mutable_writer());
    entry->set_next_offset(service->model().NextOffset(partition));
    entry->set_writes(service->replica().Writes(partition));
    if (auto stop = stops.find(partition); stop != stops.end())
      entry->set_stopped(stop->second.why);
    auto end = service->log().End(log::TopicOf(service->name()), partition);
    if (!end.ok()) return call.Fail(ToGrpc(runtime::FailureOf(end.status())));
    entry->set_end_offset(*end);
  }
  for (const log::NodeIdentity& peer : service->replica().Peers())
    ToProto(peer, status.add_peers());
  status.set_parked_reactions(service->ParkedReactions());
  call.Finish(status);
}

void Skip(const std::vector<runtime::Service*>& services, const std::shared_ptr<UnaryCall>& call) {
  const auto& asked = static_cast<const common::v1::SkipRecordRequest&>(call->request());
  std::vector<domain::FieldViolation> bad = domain::Validate(asked);
  const auto position = log::ParsePosition(asked.position());
  if (bad.empty() && !position) bad.push_back({"position", "is no position, such as lead/3:1041"});
  if (!bad.empty()) return call->Fail(ToGrpc(runtime::BadFields(std::move(bad))));
  runtime::Service* service = Find(services, position->service);
  if (service == nullptr) return FailUnknown(*call, position->service);
  const runtime::CallInfo info = CallOf(call->context(), call->caller());
  service->SkipRecord(*position, info.actor, asked.reason(),
                      [call](std::optional<domain::Refusal> refusal, log::Position decided) {
                        if (refusal) return call->Fail(ToGrpc(*refusal));
                        common::v1::SkipRecordResponse response;
                        response.set_position(log::ToString(decided));
                        call->Finish(response);
                      });
}

void Stories(runtime::Service* service, UnaryCall& call) {
  const auto& asked = static_cast<const common::v1::MergeStoriesRequest&>(call.request());
  if (asked.resources_size() > kStoriesMax) {
    return call.Fail(
        ToGrpc(runtime::BadFields({{"resources", absl::StrCat("are more than ", kStoriesMax)}})));
  }
  if (!service->caught_up()) return call.Fail(ToGrpc(runtime::NotCaughtUp()));
  const bool fresh = MetadataOf(call.context(), kFreshKey).empty() || service->IsFresh("");
  absl::Status status;
  if (!fresh) status = service->Freshen("", DeadlineOf(call.context(), kFreshMax));
  common::v1::MergeStoriesResponse response;
  if (status.ok()) status = MergeStories(*service, asked, &response);
  if (!status.ok()) return call.Fail(ToGrpc(runtime::FailureOf(status)));
  call.Finish(response);
}

}  // namespace

std::map<std::string, UnaryHandler> NodeHandlers(std::vector<runtime::Service*> services,
                                                 runtime::WorkerPool* slow) {
  std::map<std::string, UnaryHandler> handlers;
  handlers["ExecuteCommand"] = [services](std::shared_ptr<UnaryCall> call) {
    const auto& asked = static_cast<const common::v1::ExecuteCommandRequest&>(call->request());
    runtime::Service* service = Find(services, asked.service());
    if (service == nullptr) return FailUnknown(*call, asked.service());
    Execute(service, call);
  };
  handlers["PingNode"] = [services](std::shared_ptr<UnaryCall> call) {
    const auto& asked = static_cast<const common::v1::PingNodeRequest&>(call->request());
    runtime::Service* service = Find(services, asked.service());
    if (service == nullptr) return FailUnknown(*call, asked.service());
    if (asked.has_node()) service->replica().Heard(OfProto(asked.node()), asked.ready());
    common::v1::PingNodeResponse answer;
    ToProto(service->self(), answer.mutable_node());
    answer.set_ready(service->caught_up() && !service->stopping());
    call->Finish(answer);
  };
  handlers["MergeStories"] = [services, slow](std::shared_ptr<UnaryCall> call) {
    const auto& asked = static_cast<const common::v1::MergeStoriesRequest&>(call->request());
    runtime::Service* service = Find(services, asked.service());
    if (service == nullptr) return FailUnknown(*call, asked.service());
    if (!slow->Add([service, call] { Stories(service, *call); })) call->Fail(TooMany("reads wait"));
  };
  handlers["SkipRecord"] = [services, slow](std::shared_ptr<UnaryCall> call) {
    if (!slow->Add([services, call] { Skip(services, call); })) call->Fail(TooMany("calls wait"));
  };
  handlers["GetNodeStatus"] = [services, slow](std::shared_ptr<UnaryCall> call) {
    const auto& asked = static_cast<const common::v1::GetNodeStatusRequest&>(call->request());
    const std::string name(absl::StripPrefix(asked.service(), "services/"));
    runtime::Service* service = Find(services, name);
    if (service == nullptr) return FailUnknown(*call, asked.service());
    if (!slow->Add([service, call] { Status(service, *call); })) call->Fail(TooMany("reads wait"));
  };
  return handlers;
}

// ---- the client's side -------------------------------------------------------------------------

struct NodeCalls::Calling {
  grpc::ClientContext context;
  std::unique_ptr<Message> request, response;
  std::function<void(const grpc::Status&, const Message&)> done;
};

std::shared_ptr<grpc::Channel> NodeCalls::ChannelOf(const std::string& address) {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<grpc::Channel>& channel = channels_[address];
  if (channel == nullptr) channel = ChannelTo(address, credentials_);
  return channel;
}

void NodeCalls::Call(const char* path, const std::string& address,
                     std::unique_ptr<Calling> calling) {
  auto channel = ChannelOf(address);
  const grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::NORMAL_RPC);
  Calling* raw = calling.release();
  {
    absl::MutexLock lock(&mutex_);
    under_way_.insert(raw);
    if (stopping_) raw->context.TryCancel();
  }
  grpc::internal::CallbackUnaryCall<Message, Message>(channel.get(), method, &raw->context,
                                                      raw->request.get(), raw->response.get(),
                                                      [this, raw, channel](grpc::Status status) {
                                                        std::unique_ptr<Calling> ended(raw);
                                                        ended->done(status, *ended->response);
                                                        absl::MutexLock lock(&mutex_);
                                                        under_way_.erase(raw);
                                                      });
}

void NodeCalls::Forward(const std::string& service, const std::string& address,
                        std::shared_ptr<const runtime::PendingCommand> command,
                        std::function<void(std::optional<Outcome>)> done) {
  auto request = std::make_unique<common::v1::ExecuteCommandRequest>();
  request->set_service(service);
  request->mutable_request()->PackFrom(*command->request);
  request->set_name(command->name);
  request->set_actor(command->call.actor);
  request->set_correlation_id(command->call.correlation_id);
  request->set_causation_id(command->call.causation_id);
  request->set_traceparent(command->call.traceparent);
  if (command->call.after) request->set_after(log::ToString(*command->call.after));
  if (command->call.owners)
    request->mutable_owners()->mutable_owners()->Assign(command->call.owners->begin(),
                                                        command->call.owners->end());
  auto calling = std::make_unique<Calling>();
  calling->context.set_deadline(
      absl::ToChronoTime(std::min(command->call.deadline, absl::Now() + kForwardMax)));
  calling->request = std::move(request);
  calling->response = std::make_unique<common::v1::ExecuteCommandResponse>();
  calling->done = [done](const grpc::Status& status, const Message& response) {
    if (!status.ok()) return done(std::nullopt);
    done(OfProto(static_cast<const common::v1::ExecuteCommandResponse&>(response)));
  };
  Call(kExecutePath, address, std::move(calling));
}

void NodeCalls::Ping(runtime::Service* service, const std::string& address,
                     absl::Duration at_most) {
  auto request = std::make_unique<common::v1::PingNodeRequest>();
  request->set_service(service->name());
  ToProto(service->self(), request->mutable_node());
  request->set_ready(service->caught_up() && !service->stopping());
  auto calling = std::make_unique<Calling>();
  calling->context.set_deadline(absl::ToChronoTime(absl::Now() + at_most));
  calling->request = std::move(request);
  calling->response = std::make_unique<common::v1::PingNodeResponse>();
  calling->done = [service](const grpc::Status& status, const Message& response) {
    if (!status.ok()) return;
    const auto& answer = static_cast<const common::v1::PingNodeResponse&>(response);
    service->replica().Heard(OfProto(answer.node()), answer.ready());
  };
  Call(kPingPath, address, std::move(calling));
}

void NodeCalls::StartPinging(std::vector<runtime::Service*> services,
                             absl::Duration ping_interval) {
  pinging_ = std::thread([this, services = std::move(services), ping_interval] {
    for (;;) {
      for (runtime::Service* service : services) {
        for (const std::string& address : service->PeerAddresses())
          Ping(service, address, ping_interval * 3);
      }
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), ping_interval)) return;
    }
  });
}

void NodeCalls::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (Calling* calling : under_way_) calling->context.TryCancel();
  }
  if (pinging_.joinable()) pinging_.join();
  absl::MutexLock lock(&mutex_);
  auto quiet = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return under_way_.empty(); };
  mutex_.Await(absl::Condition(&quiet));
}

}  // namespace leadstream::server
