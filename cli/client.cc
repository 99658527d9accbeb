#include "cli/client.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <vector>

#include "cli/all_services.h"
#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"

namespace leadstream::cli {
namespace {

using google::protobuf::Message;

// A command waits at the server while its partition has no writer, which takes a second or two.
constexpr absl::Duration kAttemptMax = absl::Seconds(5);

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

Client::Client(std::shared_ptr<grpc::Channel> channel, std::string actor)
    : Client(std::move(actor)) {
  replicas_[""] = std::make_unique<server::Replicas>(std::move(channel));
}

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(const std::string& addresses,
                                                        std::string actor) {
  auto parsed = ParseAddresses(addresses);
  if (!parsed.ok()) return parsed.status();
  std::unique_ptr<Client> client(new Client(std::move(actor)));
  for (const auto& [service, targets] : *parsed)
    client->replicas_[service] = std::make_unique<server::Replicas>(targets);
  return client;
}

absl::Status Client::CallInto(const Message& request, Message* reply) {
  const auto* method = runtime::MethodTaking(request.GetDescriptor());
  if (method == nullptr)
    return absl::InternalError(
        absl::StrCat("no method takes a ", request.GetDescriptor()->full_name()));
  const std::string service = runtime::ServiceOfType(request.GetDescriptor()->full_name());
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
  options.metadata[server::kFreshKey] = "1";  // what one replica answered, another shows
  const std::unique_ptr<Message> identified = WithRequestId(request);
  const grpc::Status status =
      at->second->Call(method, identified == nullptr ? request : *identified, options, reply);
  return status.ok() ? absl::OkStatus() : StatusOf(status);
}

}  // namespace leadstream::cli
