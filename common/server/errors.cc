#include "common/server/errors.h"

#include <absl/strings/str_cat.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include "common/runtime/command.h"

namespace leadstream::server {
namespace {

constexpr int kRetryDelayNanos = 200'000'000;
// gRPC sends details in a trailer, and clients take 8 KiB of headers by default.
constexpr size_t kMessageBytesMax = 1'000;
constexpr int kFieldsMax = 40;

bool MayBeRetried(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kResourceExhausted;
}

}  // namespace

grpc::Status ToGrpc(const domain::Refusal& refusal) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(refusal.code));
  status.set_message(refusal.message.substr(0, kMessageBytesMax));
  google::rpc::ErrorInfo info;
  info.set_reason(refusal.reason);
  info.set_domain("leadstream");
  status.add_details()->PackFrom(info);
  if (refusal.code == absl::StatusCode::kFailedPrecondition) {
    google::rpc::PreconditionFailure failure;
    auto* violation = failure.add_violations();
    violation->set_type(refusal.reason);
    violation->set_description(status.message());
    status.add_details()->PackFrom(failure);
  }
  if (!refusal.fields.empty()) {
    google::rpc::BadRequest bad;
    for (const domain::FieldViolation& field : refusal.fields) {
      if (bad.field_violations_size() == kFieldsMax) break;
      auto* violation = bad.add_field_violations();
      violation->set_field(field.field);
      violation->set_description(field.description);
    }
    status.add_details()->PackFrom(bad);
  }
  if (MayBeRetried(refusal.code)) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(kRetryDelayNanos);
    status.add_details()->PackFrom(retry);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(refusal.code), status.message(),
                      status.SerializeAsString());
}

grpc::Status TooMany(absl::string_view what) {
  return ToGrpc(runtime::Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                                 absl::StrCat("too many ", what)));
}

}  // namespace leadstream::server
