// What a call carries beside its request: metadata in, metadata out.
//
//   authorization               Bearer TOKEN, where callers are asked who they are
//   leadstream-actor            who asks, where they are not: whoever says so is believed
//   leadstream-correlation-id   the flow that the call belongs to
//   traceparent                 W3C trace context
//   leadstream-position         out: where a command's event stands;
//                               in, on a read: wait until this node has folded it
//   leadstream-fresh            in, on a read: if not empty, wait until this node has folded all
//   that
//                               was answered before, by whatever node
#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "common/log/position.h"
#include "common/runtime/command.h"
#include "common/server/caller.h"

namespace leadstream::server {

// All but the trace, which goes on from the call's own span (UnaryCall::traceparent).
runtime::CallInfo CallOf(const grpc::CallbackServerContext& context, const Caller& caller);
// The caller's deadline, at most this long from now.
absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Duration at_most);
// The value of a metadata key; empty if there is none.
std::string MetadataOf(const grpc::CallbackServerContext& context, const char* key);

inline constexpr char kPositionKey[] = "leadstream-position";
inline constexpr char kFreshKey[] = "leadstream-fresh";

}  // namespace leadstream::server
