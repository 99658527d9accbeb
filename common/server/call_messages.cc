#include "common/server/call_messages.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <string>
#include <utility>
#include <vector>

#include "common/domain/utf8.h"
#include "common/runtime/command.h"
#include "common/runtime/resource_types.h"

namespace leadstream::server {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::unique_ptr<Message> ParseRequest(const MethodDescriptor* method, grpc::ByteBuffer* bytes,
                                      std::optional<domain::Refusal>* bad) {
  std::unique_ptr<Message> request(runtime::PrototypeOf(method->input_type())->New());
  grpc::ByteBuffer copy(*bytes);
  grpc::Status parsed =
      grpc::GenericDeserialize<grpc::ProtoBufferReader, Message>(bytes, request.get());
  if (parsed.ok()) return request;
  std::string wire;
  std::vector<grpc::Slice> slices;
  if (copy.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices)
      wire.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  domain::Refusal refusal =
      runtime::Failure(absl::StatusCode::kInvalidArgument, common::v1::REQUEST_MALFORMED,
                       absl::StrCat("the request is not a ", method->input_type()->full_name()));
  refusal.fields = domain::FindInvalidUtf8(*method->input_type(), wire);
  if (!refusal.fields.empty()) {
    refusal.reason = domain::ReasonName(common::v1::INVALID_FIELD);
    refusal.message = absl::StrCat(refusal.fields[0].field, " ", refusal.fields[0].description);
  }
  *bad = std::move(refusal);
  return nullptr;
}

void Serialize(const Message& message, grpc::ByteBuffer* bytes) {
  bool own = false;
  grpc::Status ignored =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, bytes, &own);
  (void)ignored;  // writing to memory cannot fail
}

void SerializeFor(const Caller& caller, const Message& message, grpc::ByteBuffer* bytes) {
  if (caller.redacted.empty()) return Serialize(message, bytes);
  std::unique_ptr<Message> shown(message.New());
  shown->CopyFrom(message);
  Redact(caller, shown.get());
  Serialize(*shown, bytes);
}

}  // namespace leadstream::server
