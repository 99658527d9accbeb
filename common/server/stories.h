// The stories of several resources of a service as one, in the order of time.
#pragma once

#include <absl/status/status.h>

#include "common/runtime/service.h"
#include "leadstream/common/v1/node.pb.h"

namespace leadstream::server {

inline constexpr int kStoriesMax = 1'000;  // resources in one request

// What NodeService.MergeStories answers. It costs a look-up for each event and some for each
// resource, and folds each resource that it tells of once.
absl::Status MergeStories(const runtime::Service& service,
                          const common::v1::MergeStoriesRequest& request,
                          common::v1::MergeStoriesResponse* response);

}  // namespace leadstream::server
