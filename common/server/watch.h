// Watch: a stream of what changes, from a position on.
#pragma once

#include "common/runtime/service.h"
#include "common/server/table_service.h"

namespace leadstream::server {

// Watches of one kind of resource at the same time; one more is answered RESOURCE_EXHAUSTED.
inline constexpr int kWatchesMax = 64;

StreamHandler WatchHandler(runtime::Service* service, const store::Collection& collection,
                           const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::server
