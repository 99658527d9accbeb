// leadstream call METHOD [FIELD=VALUE | JSON] ...: any method that answers once.
#include <absl/strings/match.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <memory>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/method.h"
#include "cli/show.h"
#include "common/runtime/resource_types.h"

namespace leadstream::cli {
namespace {

using google::protobuf::Message;

constexpr absl::Duration kTryAgain = absl::Milliseconds(50);

struct CallOptions {
  std::string server = "localhost:7400", actor = "leadstream call";
  std::string method;
  std::vector<std::string> request;
  double wait_seconds = 2;
};

// What an earlier call leads to may be a moment in coming.
bool MayComeYet(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::StrContains(status.message(), "REFERENCE_NOT_FOUND");
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
