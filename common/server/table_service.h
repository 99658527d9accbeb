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
#include <map>
#include <memory>
#include <string>

#include "common/server/admission.h"
#include "common/server/handlers.h"
#include "common/server/unsent_answers.h"
#include "common/telemetry/rpc_counters.h"
#include "common/telemetry/trace.h"

namespace leadstream::server {

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
