#include "common/server/table_service.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <grpcpp/impl/codegen/callback_common.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <optional>

#include "common/runtime/command.h"
#include "common/server/call_messages.h"
#include "common/server/calls.h"
#include "common/server/calls_under_way.h"
#include "common/server/errors.h"
#include "common/server/method_name.h"

namespace leadstream::server {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr char kCommonContext[] = "common";

grpc::Status Unimplemented(const MethodDescriptor* method) {
  return ToGrpc(
      runtime::Failure(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNIMPLEMENTED,
                       absl::StrCat(method->full_name(), " is not part of this version")));
}

}  // namespace

TableService::TableService(const google::protobuf::ServiceDescriptor* descriptor,
                           std::map<std::string, UnaryHandler> unary,
                           std::map<std::string, StreamHandler> streams, Attendants attendants,
                           std::map<std::string, SinkHandler> sinks)
    : attendants_(attendants) {
  const std::vector<std::string> package = absl::StrSplit(descriptor->file()->package(), '.');
  const std::string context = package.size() > 1 ? package[1] : "";
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const MethodDescriptor* method = descriptor->method(i);
    const std::string& path = paths_.emplace_back(PathOf(method));
    const auto kind =
        method->client_streaming()
            ? (method->server_streaming() ? grpc::internal::RpcMethod::BIDI_STREAMING
                                          : grpc::internal::RpcMethod::CLIENT_STREAMING)
            : (method->server_streaming() ? grpc::internal::RpcMethod::SERVER_STREAMING
                                          : grpc::internal::RpcMethod::NORMAL_RPC);
    AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), kind, nullptr));
    const std::string name = absl::StrCat(descriptor->name(), "/", method->name());
    const Offered& offered =
        offered_.emplace_back(Offered{method, context, name, attendants.rpcs->Of(context, name)});
    if (kind == grpc::internal::RpcMethod::NORMAL_RPC) {
      AddUnary(i, offered, std::move(unary[method->name()]));
    } else if (kind == grpc::internal::RpcMethod::SERVER_STREAMING) {
      AddStream(i, offered, std::move(streams[method->name()]));
    } else if (kind == grpc::internal::RpcMethod::CLIENT_STREAMING) {
      AddSink(i, offered, std::move(sinks[method->name()]));
    } else {
      MarkMethodRawCallback(
          i, new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [method](grpc::CallbackServerContext*) {
                   return new EndedBidi(Unimplemented(method));
                 }));
    }
  }
}

// Nodes ping each other all the time, which begins no trace.
telemetry::Span TableService::BeginSpan(const Offered& offered,
                                        const grpc::CallbackServerContext& context) const {
  const std::string caller = MetadataOf(context, "traceparent");
  if (caller.empty() && offered.context == kCommonContext) return {};
  return attendants_.tracer->Begin(telemetry::SpanRecord::kServer, offered.context, offered.name,
                                   caller);
}

std::unique_ptr<Message> TableService::Admitted(const MethodDescriptor* method,
                                                const grpc::CallbackServerContext& context,
                                                const grpc::ByteBuffer& bytes, Caller* caller,
                                                grpc::Status* bad) const {
  grpc::ByteBuffer readable(bytes);
  std::optional<domain::Refusal> unreadable;
  auto request = ParseRequest(method, &readable, &unreadable);
  if (unreadable) *bad = ToGrpc(*unreadable);
  // Whoever may not call it is told so first, and nothing about what was sent.
  Admission& admission = *attendants_.admission;
  if (auto refusal = admission.Admit(method, context, request.get(), caller)) {
    *bad = ToGrpc(*refusal);
  } else if (!attendants_.unsent->is_low() &&
             !attendants_.unsent->MayAsk(admission.WhoCalls(context, *caller))) {
    *bad = ToGrpc(runtime::Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                                   "take the answers first that wait for you"));
  }
  return bad->ok() ? std::move(request) : nullptr;
}

void TableService::AddUnary(int index, const Offered& offered, UnaryHandler handler) {
  MarkMethodRawCallback(
      index, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [this, &offered, handler = std::move(handler)](
                     grpc::CallbackServerContext* context, const grpc::ByteBuffer* bytes,
                     grpc::ByteBuffer* reply) {
                   auto* reactor = new Answering(attendants_.unsent);  // deletes itself
                   telemetry::RpcUnderWay under_way(offered.counted);
                   auto span = BeginSpan(offered, *context);
                   telemetry::ScopedTrace trace(span.traceparent());
                   Caller caller;
                   grpc::Status bad;
                   auto request = Admitted(offered.method, *context, *bytes, &caller, &bad);
                   if (bad.ok() && !handler) bad = Unimplemented(offered.method);
                   auto call = std::make_shared<Unary>(
                       offered.method, attendants_.admission, std::move(caller), context, reactor,
                       std::move(request), reply, under_way, std::move(span));
                   if (bad.ok()) {
                     handler(std::move(call));
                   } else {
                     call->Fail(std::move(bad));
                   }
                   return reactor;
                 }));
}

void TableService::AddStream(int index, const Offered& offered, StreamHandler handler) {
  MarkMethodRawCallback(
      index, new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [this, &offered, handler = std::move(handler)](
                     grpc::CallbackServerContext* context,
                     const grpc::ByteBuffer* bytes) -> grpc::ServerWriteReactor<grpc::ByteBuffer>* {
                   telemetry::RpcUnderWay under_way(offered.counted);
                   auto refuse = [&under_way](grpc::Status status) {
                     under_way.Ended(status.error_code());
                     return new EndedStream(std::move(status));
                   };
                   Caller caller;
                   grpc::Status bad;
                   auto request = Admitted(offered.method, *context, *bytes, &caller, &bad);
                   if (request == nullptr) return refuse(bad);
                   if (!handler) return refuse(Unimplemented(offered.method));
                   auto source = handler(std::move(request), *context, &bad);
                   if (source == nullptr) return refuse(bad);
                   return new Stream(std::move(source), std::move(caller), under_way);
                 }));
}

// Who calls is asked by the call alone: there is no request yet.
void TableService::AddSink(int index, const Offered& offered, SinkHandler handler) {
  MarkMethodRawCallback(
      index, new grpc::internal::CallbackClientStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [this, &offered, handler = std::move(handler)](
                     grpc::CallbackServerContext* context,
                     grpc::ByteBuffer* reply) -> grpc::ServerReadReactor<grpc::ByteBuffer>* {
                   telemetry::RpcUnderWay under_way(offered.counted);
                   auto refuse = [&under_way](grpc::Status status) {
                     under_way.Ended(status.error_code());
                     return new EndedUpload(std::move(status));
                   };
                   const grpc::Slice nothing;
                   Caller caller;
                   grpc::Status bad;
                   Admitted(offered.method, *context, grpc::ByteBuffer(&nothing, 1), &caller, &bad);
                   if (!bad.ok()) return refuse(bad);
                   if (!handler) return refuse(Unimplemented(offered.method));
                   auto sink = handler(*context, caller, &bad);
                   if (sink == nullptr) return refuse(bad);
                   return new Upload(offered.method, std::move(sink), reply, under_way);
                 }));
}

}  // namespace leadstream::server
