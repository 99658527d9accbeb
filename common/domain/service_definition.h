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

// Get, List, Watch, List...Events, commands and queries are all found by the methods' request types
// in the proto services named here; a method for which there is nothing answers UNIMPLEMENTED.
struct ServiceDefinition {
  // "lead": the topic is leadstream.lead, the package leadstream.lead.v1.
  std::string name;
  // The full names of its gRPC services.
  std::vector<std::string> grpc_services;
  std::vector<Aggregate> aggregates;
  std::vector<Query> queries;
  std::vector<Reaction> reactions;
};

}  // namespace leadstream::domain
