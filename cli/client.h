// Calls the services behind one address. The method is found by the type of its request:
//
//   Client client(grpc::CreateChannel("127.0.0.1:7400", credentials), "anna");
//   absl::StatusOr<Lead> lead = client.Call<Lead>(request);
//
// Thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

namespace leadstream::cli {

class Client {
 public:
  // `actor` is who the events will say it was.
  Client(std::shared_ptr<grpc::Channel> channel, std::string actor)
      : channel_(std::move(channel)), actor_(std::move(actor)) {}

  // The server's answer, or its error: the code, and a message that names the reason and every bad
  // field. What may pass (UNAVAILABLE, RESOURCE_EXHAUSTED) is tried again until `kDeadline`.
  template <typename Reply>
  absl::StatusOr<Reply> Call(const google::protobuf::Message& request) {
    Reply reply;
    absl::Status status = CallInto(request, &reply);
    if (!status.ok()) return status;
    return reply;
  }
  // The same where the reply's type is known to the descriptors alone.
  absl::Status CallInto(const google::protobuf::Message& request, google::protobuf::Message* reply);

  static constexpr absl::Duration kDeadline = absl::Seconds(30);

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::string actor_;
};

}  // namespace leadstream::cli
