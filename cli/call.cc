// leadstream call METHOD [FIELD=VALUE | JSON] ...: any method that answers once.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>

#include "cli/all_services.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/request_text.h"
#include "cli/show.h"
#include "common/runtime/resource_types.h"

namespace leadstream::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kTryAgain = absl::Milliseconds(50);

struct CallOptions {
  std::string server = "localhost:7400", actor = "leadstream call";
  std::string method;
  std::vector<std::string> request;
  double wait_seconds = 2;
};

// "QualifyLead", "InvoiceService/RecordPayment" or "leadstream.lead.v1.LeadService/QualifyLead":
// as much of its full name as tells it from others.
absl::StatusOr<const MethodDescriptor*> FindMethod(const std::string& asked) {
  std::vector<std::string> found;
  const MethodDescriptor* method = nullptr;
  std::vector<std::string> services = {"leadstream.common.v1.ReactionService"};
  for (const domain::ServiceDefinition& definition : AllServices())
    services.insert(services.end(), definition.grpc_services.begin(),
                    definition.grpc_services.end());
  for (const std::string& service : services) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    for (int i = 0; i < descriptor->method_count(); ++i) {
      const std::string name = absl::StrCat(".", service, "/", descriptor->method(i)->name());
      if (!absl::EndsWith(name, absl::StrCat("/", asked)) &&
          !absl::EndsWith(name, absl::StrCat(".", asked)))
        continue;
      method = descriptor->method(i);
      found.push_back(name.substr(1));
    }
  }
  if (found.empty()) return absl::NotFoundError(absl::StrCat("there is no method ", asked));
  if (found.size() > 1)
    return absl::InvalidArgumentError(absl::StrCat("which one: ", absl::StrJoin(found, ", "), "?"));
  if (method->client_streaming() || method->server_streaming())
    return absl::UnimplementedError(absl::StrCat(asked,
                                                 " is a stream; leadstream calls only "
                                                 "methods that answer once"));
  return method;
}

// What an earlier call leads to may be a moment in coming.
bool MayComeYet(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::StrContains(status.message(), "REFERENCE_NOT_FOUND");
}

absl::Status ReadJson(const std::string& text, Message* request) {
  const auto read = google::protobuf::util::JsonStringToMessage(text, request);
  if (read.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("that is no ", request->GetDescriptor()->name(), ": ",
                   absl::string_view(read.message().data(), read.message().size())));
}

absl::Status ReadRequest(const std::vector<std::string>& words, Message* request) {
  for (const std::string& word : words) {
    absl::Status status;
    if (word == "-") {
      status = ReadJson(
          std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()),
          request);
    } else if (absl::StartsWith(word, "{")) {
      status = ReadJson(word, request);
    } else {
      status = SetField(word, request);
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CallOnce(const CallOptions& options, Client* client) {
  auto method = FindMethod(options.method);
  if (!method.ok()) return method.status();
  std::unique_ptr<Message> request(runtime::PrototypeOf((*method)->input_type())->New());
  std::unique_ptr<Message> reply(runtime::PrototypeOf((*method)->output_type())->New());
  if (absl::Status read = ReadRequest(options.request, request.get()); !read.ok()) return read;
  const absl::Time until = absl::Now() + absl::Seconds(options.wait_seconds);
  absl::Status status = client->CallInto(*request, reply.get());
  for (; MayComeYet(status) && absl::Now() < until; absl::SleepFor(kTryAgain))
    status = client->CallInto(*request, reply.get());
  if (status.ok()) std::fputs(ToJson(*reply, true).c_str(), stdout);
  return status;
}

}  // namespace

void AddCall(CLI::App* app, Run* run) {
  auto options = std::make_shared<CallOptions>();
  CLI::App* call =
      app->add_subcommand("call", "Call a method of a running server, and print its answer");
  call->add_option("METHOD", options->method,
                   "such as QualifyLead, or InvoiceService/RecordPayment where there are several")
      ->required();
  call->add_option("REQUEST", options->request,
                   "FIELD=VALUE ..., such as name=leads/anna budget=\"EUR 5000\" "
                   "quote.lines.0.quantity=40; or JSON; -: JSON from the standard input");
  AddServerFlag(call, &options->server)->capture_default_str();
  call->add_option("--actor", options->actor, "who the history will say it was")
      ->capture_default_str();
  call->add_option("--wait", options->wait_seconds,
                   "so many seconds, for a resource that an earlier call leads to")
      ->capture_default_str();
  call->callback([options, run] {
    *run = [options] {
      return WithClient(options->server, options->actor,
                        [&](Client* client) { return CallOnce(*options, client); });
    };
  });
}

}  // namespace leadstream::cli
