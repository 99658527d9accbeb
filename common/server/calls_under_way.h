// Calls under way, as gRPC has them: each deletes itself when gRPC is done with it.
#pragma once

#include <absl/strings/match.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "common/runtime/addressing.h"
#include "common/server/admission.h"
#include "common/server/handlers.h"
#include "common/server/unsent_answers.h"
#include "common/telemetry/rpc_counters.h"
#include "common/telemetry/trace.h"

namespace leadstream::server {

// Told by gRPC when the answer was sent, or its caller has gone.
class Answering : public grpc::ServerUnaryReactor {
 public:
  explicit Answering(UnsentAnswers* unsent) : unsent_(unsent) {}
  // Before Finish.
  void Holds(std::string who, size_t bytes);
  void OnDone() override;
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
  Unary(const google::protobuf::MethodDescriptor* method, Admission* admission, Caller caller,
        grpc::CallbackServerContext* context, Answering* reactor,
        std::unique_ptr<google::protobuf::Message> request, grpc::ByteBuffer* reply,
        telemetry::RpcUnderWay under_way, telemetry::Span span)
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

  const google::protobuf::Message& request() const override { return *request_; }
  std::unique_ptr<google::protobuf::Message> TakeRequest() override { return std::move(request_); }
  grpc::CallbackServerContext& context() override { return *context_; }
  const Caller& caller() const override { return caller_; }
  std::string who() const override { return admission_->WhoCalls(*context_, caller_); }
  const std::string& traceparent() const override { return span_.traceparent(); }
  void Finish(const google::protobuf::Message& reply) override;
  void Fail(grpc::Status status) override;

 private:
  // Whether it is asked for one resource, and not everybody's.
  bool Gets() const { return caller_.owners && absl::StartsWith(method_->name(), "Get"); }
  // Whether it was admitted, and then found to be about another's row.
  bool request_named() const { return !named_.empty(); }
  void End(grpc::Status status);

  const google::protobuf::MethodDescriptor* const method_;
  Admission* const admission_;
  const Caller caller_;
  grpc::CallbackServerContext* const context_;
  Answering* const reactor_;
  std::unique_ptr<google::protobuf::Message> request_;
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

  void OnWriteDone(bool ok) override;
  void OnCancel() override { source_->Cancel(); }
  void OnDone() override;

 private:
  void AskNext();
  void FinishOnce(grpc::Status status);

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
  Upload(const google::protobuf::MethodDescriptor* method, std::shared_ptr<StreamSink> sink,
         grpc::ByteBuffer* reply, telemetry::RpcUnderWay under_way)
      : method_(method), sink_(std::move(sink)), reply_(reply), under_way_(under_way) {
    StartRead(&bytes_);
  }

  void OnReadDone(bool ok) override;
  void OnCancel() override { sink_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  void End(grpc::Status status);

  const google::protobuf::MethodDescriptor* const method_;
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

}  // namespace leadstream::server
