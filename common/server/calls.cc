#include "common/server/calls.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <chrono>

namespace leadstream::server {
namespace {

constexpr size_t kMetadataBytesMax = 256;

}  // namespace

std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  auto at = metadata.find(key);
  if (at == metadata.end()) return "";
  return std::string(at->second.data(), std::min(at->second.size(), kMetadataBytesMax));
}

absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Duration at_most) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::Now() + at_most;
  return std::min(absl::FromChrono(deadline), absl::Now() + at_most);
}

runtime::CallInfo CallOf(const grpc::CallbackServerContext& context, const Caller& caller) {
  runtime::CallInfo call;
  call.actor = caller.actor;
  call.owners = caller.owners;
  call.correlation_id = MetadataOf(context, "leadstream-correlation-id");
  call.deadline = DeadlineOf(context, absl::Minutes(1));
  return call;
}

}  // namespace leadstream::server
