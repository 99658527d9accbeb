#include "cli/client.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "cli/all_services.h"
#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"
#include "common/server/tls.h"

namespace leadstream::cli {
namespace {

using google::protobuf::Message;

// A command waits at the server while its partition has no writer, which takes a second or two.
constexpr absl::Duration kAttemptMax = absl::Seconds(5);
constexpr absl::Duration kUploadMax = absl::Minutes(2);
constexpr absl::Duration kUploadAttemptMax = absl::Seconds(30);

absl::Status StatusOf(const grpc::Status& status) {
  std::string message = status.error_message();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& any : details.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest bad;
      if (any.UnpackTo(&info)) message = absl::StrCat(info.reason(), ": ", message);
      if (!any.UnpackTo(&bad)) continue;
      for (const auto& field : bad.field_violations()) {
        const std::string said = absl::StrCat(field.field(), " ", field.description());
        if (message.find(said) == std::string::npos) absl::StrAppend(&message, "; ", said);
      }
    }
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), message);
}

// A copy with a request id, if it takes one and has none: tried again, it happens once.
std::unique_ptr<Message> WithRequestId(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || !request.GetReflection()->GetString(request, field).empty())
    return nullptr;
  std::unique_ptr<Message> identified(request.New());
  identified->CopyFrom(request);
  identified->GetReflection()->SetString(identified.get(), field,
                                         runtime::NewUuid(absl::ToUnixMicros(absl::Now())));
  return identified;
}

}  // namespace

absl::StatusOr<Addresses> ParseAddresses(const std::string& text) {
  const std::vector<domain::ServiceDefinition> services = AllServices();
  Addresses addresses;
  for (const absl::string_view part :
       absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipWhitespace())) {
    const size_t equals = part.find('=');
    const std::string service(equals == part.npos ? "" : part.substr(0, equals));
    const std::string targets(equals == part.npos ? part : part.substr(equals + 1));
    const bool known =
        service.empty() || std::any_of(services.begin(), services.end(),
                                       [&](const auto& one) { return one.name == service; });
    if (!known || targets.empty() || !addresses.emplace(service, targets).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--server takes HOST:PORT,... or, for each service, SERVICE=HOST:PORT,... once, not ",
          part));
    }
  }
  if (addresses.empty())
    return absl::InvalidArgumentError("--server says where Leadstream answers, HOST:PORT");
  return addresses;
}

ClientSecurity& TheClientSecurity() {
  static auto* const security = new ClientSecurity;
  return *security;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ClientCredentials(
    const std::string& targets) {
  const ClientSecurity& security = TheClientSecurity();
  absl::Status usable = server::CheckTlsFiles(security.tls);
  if (!usable.ok()) return usable;
  const std::vector<std::string> each = absl::StrSplit(targets, ',');
  if (!security.token_file.empty() && security.tls.tls_ca.empty() &&
      !std::all_of(each.begin(), each.end(), server::IsLoopback))
    return absl::InvalidArgumentError(
        "a token is sent to other machines by TLS alone: --tls-ca says by which authority they are "
        "trusted");
  return server::ChannelCredentials(security.tls);
}

absl::Status AddToken(std::map<std::string, std::string>* metadata) {
  const std::string& path = TheClientSecurity().token_file;
  if (path.empty()) return absl::OkStatus();
  std::ifstream file(path);
  std::string token;
  if (!std::getline(file, token))
    return absl::InvalidArgumentError(absl::StrCat("--token-file: cannot read ", path));
  (*metadata)["authorization"] = absl::StrCat("Bearer ", token);
  return absl::OkStatus();
}

Client::Client(std::shared_ptr<grpc::Channel> channel, std::string actor)
    : Client(std::move(actor)) {
  replicas_[""] = std::make_unique<server::Replicas>(std::move(channel));
}

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(const std::string& addresses,
                                                        std::string actor) {
  auto parsed = ParseAddresses(addresses);
  if (!parsed.ok()) return parsed.status();
  std::unique_ptr<Client> client(new Client(std::move(actor)));
  for (const auto& [service, targets] : *parsed) {
    auto credentials = ClientCredentials(targets);
    if (!credentials.ok()) return credentials.status();
    client->replicas_[service] = std::make_unique<server::Replicas>(targets, *credentials);
  }
  return client;
}

absl::StatusOr<Client::Way> Client::WayOf(const google::protobuf::Descriptor* type) {
  const auto* method = runtime::MethodTaking(type);
  if (method == nullptr)
    return absl::InternalError(absl::StrCat("no method takes a ", type->full_name()));
  const std::string service = runtime::ServiceOfType(type->full_name());
  auto at = replicas_.find(service);
  if (at == replicas_.end()) at = replicas_.find("");
  if (at == replicas_.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no address is known of the service ", service, ": --server says where"));
  }
  server::Replicas::CallOptions options;
  options.deadline = absl::Now() + kDeadline;
  options.try_max = kAttemptMax;
  options.metadata["leadstream-actor"] = actor_;
  if (absl::Status added = AddToken(&options.metadata); !added.ok()) return added;
  options.metadata[server::kFreshKey] = "1";  // what one replica answered, another shows
  return Way{method, at->second.get(), std::move(options)};
}

absl::Status Client::CallInto(const Message& request, Message* reply) {
  auto way = WayOf(request.GetDescriptor());
  if (!way.ok()) return way.status();
  const std::unique_ptr<Message> identified = WithRequestId(request);
  const grpc::Status status = way->replicas->Call(
      way->method, identified == nullptr ? request : *identified, way->options, reply);
  return status.ok() ? absl::OkStatus() : StatusOf(status);
}

absl::Status Client::UploadInto(const google::protobuf::Descriptor* type,
                                const std::vector<const Message*>& requests, Message* reply) {
  auto way = WayOf(type);
  if (!way.ok()) return way.status();
  way->options.deadline = absl::Now() + kUploadMax;
  way->options.try_max = kUploadAttemptMax;
  const grpc::Status status = way->replicas->Upload(way->method, requests, way->options, reply);
  return status.ok() ? absl::OkStatus() : StatusOf(status);
}

}  // namespace leadstream::cli
