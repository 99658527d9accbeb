// Asks other services for resources over gRPC, by the Get method that each resource's proto
// declares.
#pragma once

#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>

#include "common/runtime/peers.h"
#include "common/server/replicas.h"

namespace leadstream::server {

class GrpcPeers : public runtime::Peers {
 public:
  // A service of this process, which knows its own calls by a secret. Asked once: it stops only
  // when this process does.
  void Connect(const std::string& service, std::shared_ptr<grpc::Channel> channel,
               const std::string& secret);
  // A service of other processes.
  void Connect(const std::string& service, std::unique_ptr<Replicas> replicas);
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t revision, const std::optional<log::Position>& after,
      absl::Time deadline) override;
  absl::Status Call(const std::string& service, const google::protobuf::MethodDescriptor* method,
                    const google::protobuf::Message& request, absl::Time deadline,
                    google::protobuf::Message* reply) override;

 private:
  absl::Status Ask(const std::string& service, const google::protobuf::MethodDescriptor* method,
                   const google::protobuf::Message& request,
                   const std::optional<log::Position>& after, absl::Time deadline,
                   google::protobuf::Message* reply);

  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<Replicas>> replicas_ ABSL_GUARDED_BY(mutex_);
  std::string secret_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::server
