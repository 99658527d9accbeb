// The methods of a service, found by their request types: commands, queries, surveys, intakes, Get,
// List, List...Events and Watch of every resource. A sixth service gets them all by its protos and
// tables.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>

#include "common/runtime/service.h"
#include "common/server/table_service.h"

namespace leadstream::server {

struct Methods {
  std::map<std::string, UnaryHandler> unary;
  std::map<std::string, StreamHandler> streams;
  std::map<std::string, SinkHandler> sinks;
};

// What `service` offers of a gRPC service. `slow` runs what has to wait, so that no gRPC thread
// does.
Methods MethodsOf(runtime::Service* service, runtime::WorkerPool* slow,
                  const google::protobuf::ServiceDescriptor* descriptor);

}  // namespace leadstream::server
