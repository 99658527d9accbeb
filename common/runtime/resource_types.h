// Every kind of resource that the linked protos declare (google.api.resource), and how its owner is
// asked for one.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace leadstream::runtime {

struct ResourceType {
  const google::protobuf::Descriptor* resource = nullptr;
  std::string service;     // "lead": from the package leadstream.lead.v1
  std::string collection;  // "leads"
  std::string singular;    // "lead"
  std::string plural;      // "leads"
  std::string id_field;    // "lead_id": where a creation's client may choose the id
  // The method that answers one of them, with its service; null if there is none.
  const google::protobuf::MethodDescriptor* get = nullptr;
};

// All of them, worked out once. Thread-safe.
const std::vector<ResourceType>& ResourceTypes();
// By a resource's name; null if no linked proto knows its collection.
const ResourceType* ResourceTypeOf(absl::string_view name);
const ResourceType* ResourceTypeOf(const google::protobuf::Descriptor* resource);
// All methods of all linked services of ours.
const std::vector<const google::protobuf::MethodDescriptor*>& Methods();
// The gRPC method whose request is of this type; null if no linked proto has one. (Every method has
// a request type of its own.)
const google::protobuf::MethodDescriptor* MethodTaking(const google::protobuf::Descriptor* request);
// The default instance of a linked message type; null if there is none.
const google::protobuf::Message* PrototypeOf(const google::protobuf::Descriptor* type);
const google::protobuf::Message* PrototypeOf(const std::string& full_name);
// The service whose package a type is in: "quoting" for leadstream.quoting.v1.QuoteAccepted.
std::string ServiceOfType(absl::string_view full_name);

}  // namespace leadstream::runtime
