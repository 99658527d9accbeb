#include "common/server/replicas.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include <algorithm>

#include "common/server/method_name.h"

namespace leadstream::server {
namespace {

using google::protobuf::Message;

constexpr absl::Duration kRetryDelayMin = absl::Milliseconds(20);
constexpr absl::Duration kRetryDelayMax = absl::Seconds(1);
// One that failed is asked again after so long, or when all have failed.
constexpr absl::Duration kAvoidedFor = absl::Seconds(1);

bool MayPass(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

}  // namespace

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target,
                                         std::shared_ptr<grpc::ChannelCredentials> credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(target, std::move(credentials), arguments);
}

grpc::Status Call(grpc::ChannelInterface* channel, const google::protobuf::MethodDescriptor* method,
                  grpc::ClientContext* context, const Message& request, Message* reply) {
  const std::string path = PathOf(method);
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<Message, Message>(channel, rpc, context, request, reply);
}

grpc::Status Upload(grpc::ChannelInterface* channel,
                    const google::protobuf::MethodDescriptor* method, grpc::ClientContext* context,
                    const std::vector<const Message*>& requests, Message* reply) {
  const std::string path = PathOf(method);
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::CLIENT_STREAMING);
  std::unique_ptr<grpc::ClientWriter<Message>> writer(
      grpc::internal::ClientWriterFactory<Message>::Create(channel, rpc, context, reply));
  for (const Message* request : requests) {
    if (!writer->Write(*request)) break;  // the status says why
  }
  writer->WritesDone();
  return writer->Finish();
}

Replicas::Replicas(const std::string& targets,
                   std::shared_ptr<grpc::ChannelCredentials> credentials) {
  for (const absl::string_view target : absl::StrSplit(targets, ',', absl::SkipWhitespace()))
    replicas_.push_back({ChannelTo(std::string(target), credentials)});
  // Which will say what is wrong.
  if (replicas_.empty()) replicas_.push_back({ChannelTo(targets, credentials)});
}

Replicas::Replicas(std::shared_ptr<grpc::Channel> channel) {
  replicas_.push_back({std::move(channel)});
}

Replicas::Replica* Replicas::Next() {
  absl::MutexLock lock(&mutex_);
  const absl::Time avoided_since = absl::Now() - kAvoidedFor;
  for (size_t i = 0; i < replicas_.size(); ++i) {
    Replica& replica = replicas_[turn_++ % replicas_.size()];
    if (replica.failed < avoided_since) return &replica;
  }
  return &replicas_[turn_++ % replicas_.size()];
}

grpc::Status Replicas::Call(const google::protobuf::MethodDescriptor* method,
                            const Message& request, const CallOptions& options, Message* reply) {
  return Try(options, [&](grpc::ChannelInterface* channel, grpc::ClientContext* context) {
    return server::Call(channel, method, context, request, reply);
  });
}

grpc::Status Replicas::Upload(const google::protobuf::MethodDescriptor* method,
                              const std::vector<const Message*>& requests,
                              const CallOptions& options, Message* reply) {
  return Try(options, [&](grpc::ChannelInterface* channel, grpc::ClientContext* context) {
    return server::Upload(channel, method, context, requests, reply);
  });
}

grpc::Status Replicas::Try(
    const CallOptions& options,
    const std::function<grpc::Status(grpc::ChannelInterface*, grpc::ClientContext*)>& call) {
  absl::Duration delay = kRetryDelayMin;
  for (size_t attempt = 1;; ++attempt) {
    Replica* const replica = Next();
    const absl::Time attempt_deadline = std::min(options.deadline, absl::Now() + options.try_max);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(attempt_deadline));
    for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
    grpc::Status status = call(replica->channel.get(), &context);
    const bool silent = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED &&
                        attempt_deadline < options.deadline;
    if (!silent && !MayPass(status.error_code())) return status;
    {
      absl::MutexLock lock(&mutex_);
      replica->failed = absl::Now();
    }
    // Others are asked at once; a pause comes when all have failed.
    if (attempt % replicas_.size() != 0) continue;
    if (absl::Now() + delay >= options.deadline) return status;
    absl::SleepFor(delay);
    delay = std::min(delay * 2, kRetryDelayMax);
  }
}

}  // namespace leadstream::server
