// The methods of a service, found by their request types: commands, queries, surveys, intakes, Get,
// List, List...Events and Watch of every resource. A sixth service gets them all by its protos and
// tables.
#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>

#include "common/runtime/service.h"
#include "common/server/long_reads.h"
#include "common/server/past_models.h"
#include "common/server/table_service.h"

namespace leadstream::server {

struct Methods {
  std::map<std::string, UnaryHandler> unary;
  std::map<std::string, StreamHandler> streams;
  std::map<std::string, SinkHandler> sinks;
};

// Threads for what would hold up those of gRPC: what has to wait, and what has much to read.
struct Pools {
  runtime::WorkerPool* slow;
  LongReads* long_reads;
  PastModels* past;
};

// What `service` offers of a gRPC service.
Methods MethodsOf(runtime::Service* service, Pools pools,
                  const google::protobuf::ServiceDescriptor* descriptor);

}  // namespace leadstream::server
