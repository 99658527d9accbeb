// Lists over a read model alone, whether a service runs over it or not.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>

#include "common/domain/decision.h"
#include "common/store/page_token.h"
#include "common/store/read_model.h"

namespace leadstream::server {

// The moment that a request is to be answered for (its `read_time`), microseconds since the Unix
// epoch; nothing: it has no such field, or does not say.
std::optional<int64_t> ReadTimeOf(const google::protobuf::Message& request);

// The answer to a List request, as the model stands: at its `read_time`, if it has one.
std::optional<domain::Refusal> List(const store::ReadModel& model,
                                    const store::PageTokens& page_tokens,
                                    const store::Collection& collection,
                                    const google::protobuf::Message& request,
                                    google::protobuf::Message* response);

}  // namespace leadstream::server
