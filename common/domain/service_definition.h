// A service is a table of what it offers; the machinery is elsewhere.
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/aggregate.h"
#include "common/domain/reaction.h"
#include "common/domain/reader.h"
#include "common/domain/survey.h"

namespace leadstream::domain {

// A read that is not Get, List, Watch or a story, such as FindDuplicates.
struct Query {
  const google::protobuf::Descriptor* request = nullptr;
  std::function<std::optional<Refusal>(const Message& request, const Reader&, Message* response)>
      answer;
};

template <typename Request, typename Response>
Query Answering(std::optional<Refusal> (*answer)(const Request&, const Reader&, Response*)) {
  return {Request::descriptor(),
          [answer](const Message& request, const Reader& reader, Message* response) {
            return answer(static_cast<const Request&>(request), reader,
                          static_cast<Response*>(response));
          }};
}

// A client stream whose every message is a row: made a command of the service, or found to need
// none. The response's one repeated message field gets a result for each row, in their order.
struct Intake {
  const google::protobuf::Descriptor* request = nullptr;
  // Rows with a key in common are done one after the other, in their order, each seeing what came
  // of those before.
  std::function<std::vector<std::string>(const Message& row)> keys;
  // What is to be done with a row, as the service stands. Null: nothing, and `result` says all.
  std::function<std::unique_ptr<Message>(const Message& row, const Reader&, Message* result)> plan;
  // The row or its command was refused.
  std::function<void(const Message& row, const Refusal&, Message* result)> refused;
  // Its command was accepted, and this is the resource after it.
  std::function<void(const Message& resource, Message* result)> accepted;
};

// Get, List, Watch, List...Events, commands and queries are all found by the methods' request types
// in the proto services named here; a method for which there is nothing answers UNIMPLEMENTED.
struct ServiceDefinition {
  // "lead": the topic is leadstream.lead, the package leadstream.lead.v1.
  std::string name;
  // The full names of its gRPC services.
  std::vector<std::string> grpc_services;
  std::vector<Aggregate> aggregates;
  std::vector<Query> queries;
  std::vector<Survey> surveys = {};
  std::vector<Intake> intakes = {};
  std::vector<Reaction> reactions;
};

}  // namespace leadstream::domain
