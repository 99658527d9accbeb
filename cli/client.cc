#include "cli/client.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>

#include "common/runtime/resource_types.h"
#include "common/server/grpc_peers.h"

namespace leadstream::cli {
namespace {

constexpr absl::Duration kRetryDelayMin = absl::Milliseconds(20);
constexpr absl::Duration kRetryDelayMax = absl::Seconds(1);

bool MayPass(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::RESOURCE_EXHAUSTED;
}

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

}  // namespace

absl::Status Client::CallInto(const google::protobuf::Message& request,
                              google::protobuf::Message* reply) {
  const auto* method = runtime::MethodTaking(request.GetDescriptor());
  if (method == nullptr)
    return absl::InternalError(
        absl::StrCat("no method takes a ", request.GetDescriptor()->full_name()));
  const absl::Time deadline = absl::Now() + kDeadline;
  for (absl::Duration delay = kRetryDelayMin;; delay = std::min(delay * 2, kRetryDelayMax)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    context.AddMetadata("leadstream-actor", actor_);
    const grpc::Status status = server::Call(channel_.get(), method, &context, request, reply);
    if (status.ok()) return absl::OkStatus();
    if (!MayPass(status.error_code()) || absl::Now() + delay >= deadline) return StatusOf(status);
    absl::SleepFor(delay);
  }
}

}  // namespace leadstream::cli
