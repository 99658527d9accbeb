#include "common/server/grpc_peers.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "common/runtime/resource_types.h"
#include "common/server/calls.h"

namespace leadstream::server {

using google::protobuf::Message;

grpc::Status Call(grpc::ChannelInterface* channel, const google::protobuf::MethodDescriptor* method,
                  grpc::ClientContext* context, const Message& request, Message* reply) {
  const std::string path = absl::StrCat("/", method->service()->full_name(), "/", method->name());
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<Message, Message>(channel, rpc, context, request, reply);
}

void GrpcPeers::Connect(const std::string& service, std::shared_ptr<grpc::Channel> channel) {
  absl::MutexLock lock(&mutex_);
  channels_[service] = std::move(channel);
}

absl::StatusOr<std::shared_ptr<const Message>> GrpcPeers::Get(
    const std::string& name, int64_t revision, const std::optional<log::Position>& after,
    absl::Time deadline) {
  const runtime::ResourceType* type = runtime::ResourceTypeOf(name);
  if (type == nullptr || type->get == nullptr)
    return absl::NotFoundError(absl::StrCat(name, " is of no kind that can be asked for"));
  std::shared_ptr<grpc::Channel> channel;
  {
    absl::MutexLock lock(&mutex_);
    auto at = channels_.find(type->service);
    if (at == channels_.end())
      return absl::UnavailableError(
          absl::StrCat("no address is known of the service ", type->service));
    channel = at->second;
  }
  std::unique_ptr<Message> request(runtime::PrototypeOf(type->get->input_type())->New());
  const auto* reflection = request->GetReflection();
  reflection->SetString(request.get(), request->GetDescriptor()->FindFieldByName("name"), name);
  const auto* read_revision = request->GetDescriptor()->FindFieldByName("read_revision");
  if (revision > 0 && read_revision != nullptr)
    reflection->SetInt64(request.get(), read_revision, revision);
  std::shared_ptr<Message> reply(runtime::PrototypeOf(type->get->output_type())->New());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  context.AddMetadata(kFreshKey, "1");  // what a command refers to is not to be a moment old
  if (after) context.AddMetadata(kPositionKey, log::ToString(*after));
  grpc::Status status = Call(channel.get(), type->get, &context, *request, reply.get());
  if (status.ok()) return reply;
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace leadstream::server
