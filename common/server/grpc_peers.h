// Asks other services for resources over gRPC, by the Get method that each resource's proto
// declares.
#pragma once

#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "common/runtime/peers.h"

namespace leadstream::server {

// One unary call by a method's descriptor. Thread-safe.
grpc::Status Call(grpc::ChannelInterface* channel, const google::protobuf::MethodDescriptor* method,
                  grpc::ClientContext* context, const google::protobuf::Message& request,
                  google::protobuf::Message* reply);

class GrpcPeers : public runtime::Peers {
 public:
  // Where a service answers. Before any call for it; later ones replace it.
  void Connect(const std::string& service, std::shared_ptr<grpc::Channel> channel);
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t revision, const std::optional<log::Position>& after,
      absl::Time deadline) override;

 private:
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::server
