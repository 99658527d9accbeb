// Get, List and List...Events of any resource, over the read model.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <optional>

#include "common/domain/decision.h"
#include "common/runtime/service.h"

namespace leadstream::server {

// What the common fields of a request say; unset or empty where it has no such field.
using runtime::StringOf;
int64_t IntOf(const google::protobuf::Message& message, const char* field);

// INVALID_ARGUMENT for one field; `why` follows its name. (What is wrong in a filter or an order
// says itself where.)
domain::Refusal BadField(common::v1::ErrorReason reason, const char* field, absl::string_view why);

std::optional<domain::Refusal> Get(const runtime::Service& service,
                                   const google::protobuf::Message& request,
                                   std::shared_ptr<const google::protobuf::Message>* resource);
std::optional<domain::Refusal> List(const runtime::Service& service,
                                    const store::Collection& collection,
                                    const google::protobuf::Message& request,
                                    google::protobuf::Message* response);
std::optional<domain::Refusal> ListEvents(const runtime::Service& service,
                                          const google::protobuf::Message& request,
                                          google::protobuf::Message* response);

// An event as readers see it.
common::v1::Event EventOf(const std::string& service, const store::StoredEvent& stored);

}  // namespace leadstream::server
