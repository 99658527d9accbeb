// A refusal as a caller sees it over gRPC: AIP-193.
#pragma once

#include <absl/strings/string_view.h>
#include <grpcpp/support/status.h>

#include "common/domain/decision.h"

namespace leadstream::server {

// The canonical code, with ErrorInfo{reason, domain "leadstream"}, BadRequest for bad fields,
// PreconditionFailure for a wrong state, and RetryInfo where trying again helps.
grpc::Status ToGrpc(const domain::Refusal& refusal);
// What is not taken, since there are too many already ("watches", "reads wait"): QUEUE_FULL.
grpc::Status TooMany(absl::string_view what);

}  // namespace leadstream::server
