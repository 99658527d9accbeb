// A gRPC service made of its descriptor: no class is written or generated for a method.
//
// Each method is a function that takes the request as it came and answers later. Requests are
// parsed here, so that a string that is not UTF-8 is answered by naming its field, not by gRPC's
// own INTERNAL.
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/domain/decision.h"
#include "common/server/admission.h"
#include "common/server/unsent_answers.h"
#include "common/telemetry/rpc_counters.h"
#include "common/telemetry/trace.h"

namespace leadstream::server {

// A unary call under way. `Finish` is called once, from any thread.
class UnaryCall {
 public:
  virtual ~UnaryCall() = default;
  // As it came; not after TakeRequest.
  virtual const google::protobuf::Message& request() const = 0;
  virtual std::unique_ptr<google::protobuf::Message> TakeRequest() = 0;
  virtual grpc::CallbackServerContext& context() = 0;
  virtual const Caller& caller() const = 0;
  // Whom its load is put down to: the caller, or, where nobody is asked who he is, the machine.
  virtual std::string who() const = 0;
  // What follows from this call goes on with it (W3C trace context); empty where there is no trace.
  virtual const std::string& traceparent() const = 0;
  // Answers with a reply, or with an error.
  virtual void Finish(const google::protobuf::Message& reply) = 0;
  virtual void Fail(grpc::Status status) = 0;
};

// A server stream under way: made with the call, asked for the next message, destroyed when the
// caller has gone.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  // Calls `next` with a message to send, or with null and the status to end with; maybe later, from
  // any thread.
  using Next = std::function<void(std::unique_ptr<google::protobuf::Message>, grpc::Status)>;
  virtual void Ask(Next next) = 0;
  // The caller has gone, or the server stops: a pending `next` is called soon.
  virtual void Cancel() = 0;
};

// A client stream under way: given one message after the other, destroyed when it was answered.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // Takes a message, or what is wrong with one that could not be read. Calls `next` when another
  // may come, or with an error to end with; maybe later, from any thread.
  virtual void Take(std::unique_ptr<google::protobuf::Message> message,
                    std::optional<domain::Refusal> bad, std::function<void(grpc::Status)> next) = 0;
  // No more will come. Calls `done` with the reply, or with null and an error.
  using Done = std::function<void(std::unique_ptr<google::protobuf::Message>, grpc::Status)>;
  virtual void End(Done done) = 0;
  // The caller has gone, or the server stops: End follows soon.
  virtual void Cancel() = 0;
};

using UnaryHandler = std::function<void(std::shared_ptr<UnaryCall>)>;
using StreamHandler = std::function<std::shared_ptr<StreamSource>(
    std::unique_ptr<google::protobuf::Message> request, grpc::CallbackServerContext& context,
    grpc::Status* refused)>;
using SinkHandler = std::function<std::shared_ptr<StreamSink>(
    grpc::CallbackServerContext& context, const Caller& caller, grpc::Status* refused)>;

class TableService : public grpc::Service {
 public:
  // Who admits calls, knows what is unsent of them, counts and traces them; they outlive them.
  struct Attendants {
    Admission* admission;
    UnsentAnswers* unsent;
    telemetry::RpcCounters* rpcs;
    const telemetry::Tracer* tracer;
  };
  // Methods for which there is no handler answer UNIMPLEMENTED with a reason.
  TableService(const google::protobuf::ServiceDescriptor* descriptor,
               std::map<std::string, UnaryHandler> unary,
               std::map<std::string, StreamHandler> streams, Attendants attendants,
               std::map<std::string, SinkHandler> sinks = {});

 private:
  struct Offered {
    const google::protobuf::MethodDescriptor* method;
    std::string context;  // "lead"; what every service offers: "common"
    std::string name;     // "LeadService/CreateLead"
    telemetry::RpcCounters::Method* counted;
  };

  // Null, and `bad` says why: it is no request, or not one that this caller may make.
  std::unique_ptr<google::protobuf::Message> Admitted(
      const google::protobuf::MethodDescriptor* method, const grpc::CallbackServerContext& context,
      const grpc::ByteBuffer& bytes, Caller* caller, grpc::Status* bad) const;
  void AddUnary(int index, const Offered& offered, UnaryHandler handler);
  void AddStream(int index, const Offered& offered, StreamHandler handler);
  void AddSink(int index, const Offered& offered, SinkHandler handler);
  telemetry::Span BeginSpan(const Offered& offered,
                            const grpc::CallbackServerContext& context) const;

  const Attendants attendants_;
  std::deque<std::string> paths_;  // gRPC keeps pointers to them
  std::deque<Offered> offered_;    // as handlers do to these
};

}  // namespace leadstream::server
