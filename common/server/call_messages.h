// The messages of a call and the bytes that gRPC carries.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>

#include "common/domain/decision.h"
#include "common/server/caller.h"

namespace leadstream::server {

// Null with `bad` filled: it is no request of that method; a text that is not UTF-8 is named.
std::unique_ptr<google::protobuf::Message> ParseRequest(
    const google::protobuf::MethodDescriptor* method, grpc::ByteBuffer* bytes,
    std::optional<domain::Refusal>* bad);

void Serialize(const google::protobuf::Message& message, grpc::ByteBuffer* bytes);
// A reply as the caller may see it.
void SerializeFor(const Caller& caller, const google::protobuf::Message& message,
                  grpc::ByteBuffer* bytes);

}  // namespace leadstream::server
