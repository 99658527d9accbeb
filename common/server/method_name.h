// What a method is called, in policies and logs, and on the wire.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace leadstream::server {

// "leadstream.lead.v1.LeadService/CreateLead".
std::string NameOf(const google::protobuf::MethodDescriptor* method);
// The same as HTTP/2's :path has it: with a slash before it.
std::string PathOf(const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::server
