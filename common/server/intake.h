// A stream of rows that a service takes in: many at a time, and those that concern each other in
// their order.
#pragma once

#include <google/protobuf/descriptor.h>

#include "common/domain/service_definition.h"
#include "common/runtime/service.h"
#include "common/server/table_service.h"

namespace leadstream::server {

// More rows than these in one call are refused, so that its answer is bounded.
inline constexpr size_t kIntakeRowsMax = 5'000;

// `slow` plans the rows. At most 32 calls of a method at a time, each with 64 rows under way.
SinkHandler IntakeHandler(runtime::Service* service, runtime::WorkerPool* slow,
                          const domain::Intake* intake,
                          const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::server
