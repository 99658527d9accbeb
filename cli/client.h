// Calls the services, wherever they answer. The method is found by the type of its request:
//
//   auto client = Client::Connect("127.0.0.1:7400", "anna");
//   absl::StatusOr<Lead> lead = (*client)->Call<Lead>(request);
//
// Thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/server/replicas.h"

namespace leadstream::cli {

// By service, the gRPC targets of its replicas, comma-separated; by "": where all answer that are
// not named. From "HOST:PORT,..." and "SERVICE=HOST:PORT,...", separated by spaces.
using Addresses = std::map<std::string, std::string>;
absl::StatusOr<Addresses> ParseAddresses(const std::string& text);

class Client {
 public:
  // `actor` is who the events will say it was.
  Client(std::shared_ptr<grpc::Channel> channel, std::string actor);
  // InvalidArgument: no addresses (ParseAddresses).
  static absl::StatusOr<std::unique_ptr<Client>> Connect(const std::string& addresses,
                                                         std::string actor);

  // The server's answer, or its error: the code, and a message that names the reason and every bad
  // field. What may pass (UNAVAILABLE, RESOURCE_EXHAUSTED) is tried again until `kDeadline`, on
  // every replica, and under one request id.
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
  explicit Client(std::string actor) : actor_(std::move(actor)) {}

  std::map<std::string, std::unique_ptr<server::Replicas>> replicas_;  // as Addresses
  const std::string actor_;
};

}  // namespace leadstream::cli
