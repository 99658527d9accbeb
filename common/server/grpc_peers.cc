#include "common/server/grpc_peers.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/runtime/resource_types.h"
#include "common/server/admission.h"
#include "common/server/calls.h"

namespace leadstream::server {

using google::protobuf::Message;

void GrpcPeers::Connect(const std::string& service, std::shared_ptr<grpc::Channel> channel,
                        const std::string& secret) {
  absl::MutexLock lock(&mutex_);
  secret_ = secret;
  channels_[service] = std::move(channel);
}

void GrpcPeers::Connect(const std::string& service, std::unique_ptr<Replicas> replicas) {
  absl::MutexLock lock(&mutex_);
  replicas_[service] = std::move(replicas);
}

absl::StatusOr<std::shared_ptr<const Message>> GrpcPeers::Get(
    const std::string& name, int64_t revision, const std::optional<log::Position>& after,
    absl::Time deadline) {
  const runtime::ResourceType* type = runtime::ResourceTypeOf(name);
  if (type == nullptr || type->get == nullptr)
    return absl::NotFoundError(absl::StrCat(name, " is of no kind that can be asked for"));
  std::unique_ptr<Message> request(runtime::PrototypeOf(type->get->input_type())->New());
  const auto* reflection = request->GetReflection();
  reflection->SetString(request.get(), request->GetDescriptor()->FindFieldByName("name"), name);
  const auto* read_revision = request->GetDescriptor()->FindFieldByName("read_revision");
  if (revision > 0 && read_revision != nullptr)
    reflection->SetInt64(request.get(), read_revision, revision);
  std::shared_ptr<Message> reply(runtime::PrototypeOf(type->get->output_type())->New());
  absl::Status asked = Ask(type->service, type->get, *request, after, deadline, reply.get());
  if (!asked.ok()) return asked;
  return reply;
}

absl::Status GrpcPeers::Call(const std::string& service,
                             const google::protobuf::MethodDescriptor* method,
                             const Message& request, absl::Time deadline, Message* reply) {
  return Ask(service, method, request, std::nullopt, deadline, reply);
}

absl::Status GrpcPeers::Ask(const std::string& service,
                            const google::protobuf::MethodDescriptor* method,
                            const Message& request, const std::optional<log::Position>& after,
                            absl::Time deadline, Message* reply) {
  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<Replicas> replicas;
  std::string secret;
  {
    absl::MutexLock lock(&mutex_);
    auto elsewhere = replicas_.find(service);
    auto here = channels_.find(service);
    if (elsewhere != replicas_.end()) {
      replicas = elsewhere->second;
    } else if (here != channels_.end()) {
      channel = here->second;
      secret = secret_;
    } else {
      return absl::UnavailableError(absl::StrCat("no address is known of the service ", service,
                                                 ": --peer says where it answers"));
    }
  }
  Replicas::CallOptions options;
  options.deadline = deadline;
  options.metadata[kFreshKey] = "1";  // what a command refers to is not to be a moment old
  if (after) options.metadata[kPositionKey] = log::ToString(*after);
  grpc::Status status;
  if (replicas != nullptr) {
    status = replicas->Call(method, request, options, reply);
  } else {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
    context.AddMetadata(Admission::kOwnSecretKey, secret);
    status = server::Call(channel.get(), method, &context, request, reply);
  }
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace leadstream::server
