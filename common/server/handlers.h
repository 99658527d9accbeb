// How a method is answered: functions that take a call and answer it later, from any thread.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/domain/decision.h"
#include "common/server/caller.h"

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

}  // namespace leadstream::server
