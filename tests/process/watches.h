// Watches from the beginning of the log: whether each shows what there was.
#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace leadstream::process {

// What is wrong with the first change that a Watch method shows, from position "0" on; empty: all
// is well. There must have been one.
std::string Watch(const std::shared_ptr<grpc::Channel>& channel,
                  const google::protobuf::MethodDescriptor* method);

}  // namespace leadstream::process
