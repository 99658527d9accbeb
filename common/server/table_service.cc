#include "common/server/table_service.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <grpcpp/impl/codegen/callback_common.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "common/domain/utf8.h"
#include "common/runtime/addressing.h"
#include "common/runtime/command.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"
#include "common/server/errors.h"
#include "common/server/method_name.h"

namespace leadstream::server {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr char kCommonContext[] = "common";

// Null with `bad` filled: it is no message of that type.
std::unique_ptr<Message> Parse(const MethodDescriptor* method, grpc::ByteBuffer* bytes,
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

std::unique_ptr<Message> Parse(const MethodDescriptor* method, grpc::ByteBuffer* bytes,
                               grpc::Status* bad) {
  std::optional<domain::Refusal> refusal;
  auto message = Parse(method, bytes, &refusal);
  if (refusal) *bad = ToGrpc(*refusal);
  return message;
}

void Serialize(const Message& message, grpc::ByteBuffer* bytes) {
  bool own = false;
  grpc::Status ignored =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, Message>(message, bytes, &own);
  (void)ignored;  // writing to memory cannot fail
}

grpc::Status Unimplemented(const MethodDescriptor* method) {
  return ToGrpc(
      runtime::Failure(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNIMPLEMENTED,
                       absl::StrCat(method->full_name(), " is not part of this version")));
}

// A reply as the caller may see it.
void SerializeFor(const Caller& caller, const Message& message, grpc::ByteBuffer* bytes) {
  if (caller.redacted.empty()) return Serialize(message, bytes);
  std::unique_ptr<Message> shown(message.New());
  shown->CopyFrom(message);
  Redact(caller, shown.get());
  Serialize(*shown, bytes);
}

// What no caller can be told the reason of is logged.
bool IsOurFault(grpc::StatusCode code) {
  return code == grpc::StatusCode::INTERNAL || code == grpc::StatusCode::UNKNOWN ||
         code == grpc::StatusCode::DATA_LOSS;
}
// As OpenTelemetry has it of servers: what else failed is an error of the span.
bool IsCallersFault(grpc::StatusCode code) {
  return !IsOurFault(code) && code != grpc::StatusCode::UNAVAILABLE &&
         code != grpc::StatusCode::DEADLINE_EXCEEDED && code != grpc::StatusCode::UNIMPLEMENTED;
}

// Told by gRPC when the answer was sent, or its caller has gone.
class Answering : public grpc::ServerUnaryReactor {
 public:
  explicit Answering(UnsentAnswers* unsent) : unsent_(unsent) {}
  // Before Finish.
  void Holds(std::string who, size_t bytes) {
    who_ = std::move(who);
    bytes_ = bytes;
    unsent_->Add(who_, bytes_);
  }
  void OnDone() override {
    if (bytes_ > 0) unsent_->Remove(who_, bytes_);
    delete this;
  }
  // As gRPC's own reactor has it, which does as little: it costs no other thread.
  bool InternalInlineable() override { return true; }

 private:
  UnsentAnswers* const unsent_;
  std::string who_;
  size_t bytes_ = 0;
};

class Unary : public UnaryCall {
 public:
  // Without a request it can only fail.
  Unary(const MethodDescriptor* method, Admission* admission, Caller caller,
        grpc::CallbackServerContext* context, Answering* reactor,
        std::unique_ptr<Message> request, grpc::ByteBuffer* reply, telemetry::RpcUnderWay under_way,
        telemetry::Span span)
      : method_(method),
        admission_(admission),
        caller_(std::move(caller)),
        context_(context),
        reactor_(reactor),
        request_(std::move(request)),
        reply_(reply),
        under_way_(under_way),
        span_(std::move(span)) {
    if (caller_.owners && request_ != nullptr) named_ = runtime::StringOf(*request_, "name");
  }

  const Message& request() const override { return *request_; }
  std::unique_ptr<Message> TakeRequest() override { return std::move(request_); }
  grpc::CallbackServerContext& context() override { return *context_; }
  const Caller& caller() const override { return caller_; }
  std::string who() const override { return admission_->WhoCalls(*context_, caller_); }
  const std::string& traceparent() const override { return span_.traceparent(); }
  void Finish(const Message& reply) override {
    if (Gets() && !MaySee(caller_, reply)) return Fail(ToGrpc(runtime::RowNotPermitted(named_)));
    SerializeFor(caller_, reply, reply_);
    if (const size_t bytes = reply_->Length(); bytes >= UnsentAnswers::kCountedFrom)
      reactor_->Holds(who(), bytes);
    End(grpc::Status::OK);
  }
  void Fail(grpc::Status status) override {
    if (Gets() && status.error_code() == grpc::StatusCode::NOT_FOUND)
      status = ToGrpc(runtime::RowNotPermitted(named_));
    if (request_named() && status.error_code() == grpc::StatusCode::PERMISSION_DENIED)
      admission_->Denied(caller_, method_, named_, "ROW_NOT_PERMITTED");
    End(std::move(status));
  }

 private:
  // Whether it is asked for one resource, and not everybody's.
  bool Gets() const { return caller_.owners && absl::StartsWith(method_->name(), "Get"); }
  // Whether it was admitted, and then found to be about another's row.
  bool request_named() const { return !named_.empty(); }
  void End(grpc::Status status) {
    under_way_.Ended(status.error_code());
    if (IsOurFault(status.error_code())) {
      telemetry::ScopedTrace trace(span_.traceparent());
      spdlog::error("a call failed with code {}: {}", static_cast<int>(status.error_code()),
                    status.error_message());
    }
    if (span_.recorded()) {
      span_.Set("rpc.grpc.status_code", absl::StrCat(status.error_code()));
      span_.End(IsCallersFault(status.error_code()) ? "" : status.error_message());
    }
    reactor_->Finish(std::move(status));
  }

  const MethodDescriptor* const method_;
  Admission* const admission_;
  const Caller caller_;
  grpc::CallbackServerContext* const context_;
  Answering* const reactor_;
  std::unique_ptr<Message> request_;
  std::string named_;
  grpc::ByteBuffer* const reply_;
  telemetry::RpcUnderWay under_way_;
  telemetry::Span span_;
};

// Writes what a source gives, one message at a time: a slow caller holds nothing up but its own
// stream.
class Stream : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  Stream(std::shared_ptr<StreamSource> source, Caller caller, telemetry::RpcUnderWay under_way)
      : source_(std::move(source)), caller_(std::move(caller)), under_way_(under_way) {
    AskNext();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return FinishOnce(grpc::Status(grpc::StatusCode::CANCELLED, "the caller has gone"));
    AskNext();
  }
  void OnCancel() override { source_->Cancel(); }
  void OnDone() override {
    under_way_.Left();
    delete this;
  }

 private:
  void AskNext() {
    source_->Ask([this](std::unique_ptr<Message> message, grpc::Status status) {
      if (message == nullptr) return FinishOnce(std::move(status));
      bytes_.Clear();
      SerializeFor(caller_, *message, &bytes_);
      StartWrite(&bytes_);
    });
  }
  void FinishOnce(grpc::Status status) {
    if (!finished_.exchange(true)) Finish(std::move(status));
  }

  std::shared_ptr<StreamSource> source_;
  const Caller caller_;
  telemetry::RpcUnderWay under_way_;
  grpc::ByteBuffer bytes_;
  std::atomic<bool> finished_{false};
};

class EndedStream : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit EndedStream(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

// Gives a sink what comes, one message at a time: a caller that is quicker than what its messages
// lead to waits.
class Upload : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  Upload(const MethodDescriptor* method, std::shared_ptr<StreamSink> sink, grpc::ByteBuffer* reply,
         telemetry::RpcUnderWay under_way)
      : method_(method), sink_(std::move(sink)), reply_(reply), under_way_(under_way) {
    StartRead(&bytes_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return sink_->End([this](std::unique_ptr<Message> reply, grpc::Status status) {
        if (reply != nullptr) Serialize(*reply, reply_);
        End(std::move(status));
      });
    }
    std::optional<domain::Refusal> bad;
    grpc::ByteBuffer readable(bytes_);
    auto message = Parse(method_, &readable, &bad);
    sink_->Take(std::move(message), std::move(bad), [this](grpc::Status status) {
      if (!status.ok()) return End(std::move(status));
      bytes_.Clear();
      StartRead(&bytes_);
    });
  }
  void OnCancel() override { sink_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  void End(grpc::Status status) {
    under_way_.Ended(status.error_code());
    Finish(std::move(status));
  }

  const MethodDescriptor* const method_;
  const std::shared_ptr<StreamSink> sink_;
  grpc::ByteBuffer* const reply_;
  grpc::ByteBuffer bytes_;
  telemetry::RpcUnderWay under_way_;
};

class EndedUpload : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  explicit EndedUpload(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

class EndedBidi : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit EndedBidi(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

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
  auto request = Parse(method, &readable, bad);
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
