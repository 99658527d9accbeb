// Calls the services, wherever they answer. The method is found by the type of its request:
//
//   auto client = Client::Connect("127.0.0.1:7400", "anna");
//   absl::StatusOr<Lead> lead = (*client)->Call<Lead>(request);
//
// Thread-safe.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/server/replicas.h"
#include "common/server/security_options.h"

namespace leadstream::cli {

// By service, the gRPC targets of its replicas, comma-separated; by "": where all answer that are
// not named. From "HOST:PORT,..." and "SERVICE=HOST:PORT,...", separated by spaces.
using Addresses = std::map<std::string, std::string>;
absl::StatusOr<Addresses> ParseAddresses(const std::string& text);

// How this process shows who it is, and knows whom it talks to: what AddServerFlag takes besides
// the address. One process, one command; so it is set once, before anything is called.
struct ClientSecurity {
  server::SecurityOptions tls;  // tls_ca, tls_certificate, tls_key
  std::string token_file;       // read for every call, so that it may be renewed
};
ClientSecurity& TheClientSecurity();
// Plain text, unless there is a `tls_ca`. InvalidArgument: the files are of no use, or a token
// would be sent in plain text to another machine.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ClientCredentials(
    const std::string& targets);

// The caller's token, if it has one, as every call carries it.
absl::Status AddToken(std::map<std::string, std::string>* metadata);

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

  // Sends requests as one client stream. They need request ids of their own: after a failure that
  // may pass all are sent again.
  template <typename Reply, typename Request>
  absl::StatusOr<Reply> Upload(const std::vector<Request>& requests) {
    std::vector<const google::protobuf::Message*> rows;
    for (const Request& request : requests) rows.push_back(&request);
    Reply reply;
    absl::Status status = UploadInto(Request::descriptor(), rows, &reply);
    if (!status.ok()) return status;
    return reply;
  }

  static constexpr absl::Duration kDeadline = absl::Seconds(30);

 private:
  absl::Status UploadInto(const google::protobuf::Descriptor* type,
                          const std::vector<const google::protobuf::Message*>& requests,
                          google::protobuf::Message* reply);
  // How a method is called that takes a `type`; an error: it is not known where.
  struct Way {
    const google::protobuf::MethodDescriptor* method;
    server::Replicas* replicas;
    server::Replicas::CallOptions options;
  };
  absl::StatusOr<Way> WayOf(const google::protobuf::Descriptor* type);

  explicit Client(std::string actor) : actor_(std::move(actor)) {}

  std::map<std::string, std::unique_ptr<server::Replicas>> replicas_;  // as Addresses
  const std::string actor_;
};

// A command that does `step` with a client of its own, to its exit code (ExitOf).
int WithClient(const std::string& addresses, std::string actor,
               absl::FunctionRef<absl::Status(Client*)> step);

}  // namespace leadstream::cli
