// A service is a table of what it offers; the machinery is elsewhere.
#pragma once

#include <absl/status/status.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/aggregate.h"
#include "common/domain/reaction.h"

namespace leadstream::domain {

// What a query may read: the read model of its own service, as this node has folded it.
class Reader {
 public:
  virtual ~Reader() = default;
  // Null if there is no such resource.
  virtual std::shared_ptr<const Message> Find(absl::string_view name) const = 0;
  // The names of resources of `collection` whose keyed index `index` holds `key`, in name order, at
  // most `limit`.
  virtual std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                         absl::string_view key, size_t limit) const = 0;

  template <typename Resource>
  std::shared_ptr<const Resource> Find(absl::string_view name) const {
    return std::dynamic_pointer_cast<const Resource>(Find(name));
  }
};

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
