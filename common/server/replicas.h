// The replicas of one service, as a caller sees them: any of them answers anything, so the next one
// is asked where one cannot be reached, is not ready, or says nothing.
//
//   Replicas lead("127.0.0.1:7001,127.0.0.1:7002");
//   grpc::Status status = lead.Call(method, request, options, &reply);
//
// Thread-safe.
#pragma once

#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace leadstream::server {

// One unary call by a method's descriptor.
grpc::Status Call(grpc::ChannelInterface* channel, const google::protobuf::MethodDescriptor* method,
                  grpc::ClientContext* context, const google::protobuf::Message& request,
                  google::protobuf::Message* reply);

// One client stream: all of `requests`, and then the reply.
grpc::Status Upload(grpc::ChannelInterface* channel,
                    const google::protobuf::MethodDescriptor* method, grpc::ClientContext* context,
                    const std::vector<const google::protobuf::Message*>& requests,
                    google::protobuf::Message* reply);

// A way to one replica, or to all that a name leads to, in turn. One that was restarted is reached
// at once, not when a long backoff ends.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target,
                                         std::shared_ptr<grpc::ChannelCredentials> credentials);

class Replicas {
 public:
  struct CallOptions {
    absl::Time deadline;
    // How long one replica is waited for before the next is asked; a paused one says nothing.
    absl::Duration try_max = absl::Seconds(2);
    std::map<std::string, std::string> metadata;
  };

  // Comma-separated gRPC targets, each host:port or dns:///name:port: all addresses of that name,
  // in turn.
  explicit Replicas(
      const std::string& targets,
      std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials());
  explicit Replicas(std::shared_ptr<grpc::Channel> channel);

  // What may pass (UNAVAILABLE, RESOURCE_EXHAUSTED, silence) is tried again until the deadline: so
  // a command needs a request id.
  grpc::Status Call(const google::protobuf::MethodDescriptor* method,
                    const google::protobuf::Message& request, const CallOptions& options,
                    google::protobuf::Message* reply);
  // The same for a client stream, which is sent again as a whole.
  grpc::Status Upload(const google::protobuf::MethodDescriptor* method,
                      const std::vector<const google::protobuf::Message*>& requests,
                      const CallOptions& options, google::protobuf::Message* reply);

 private:
  struct Replica {
    std::shared_ptr<grpc::Channel> channel;
    absl::Time failed = absl::InfinitePast();
  };

  Replica* Next();
  grpc::Status Try(
      const CallOptions& options,
      const std::function<grpc::Status(grpc::ChannelInterface*, grpc::ClientContext*)>& call);

  absl::Mutex mutex_;
  std::vector<Replica> replicas_;  // which ones: from the beginning on
  size_t turn_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace leadstream::server
