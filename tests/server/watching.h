// A watch under way:
//
//   Watching<WatchLeadsRequest, WatchLeadsResponse> watching(channel_, request);
//   WatchLeadsResponse change;
//   ASSERT_TRUE(watching.Next(&change));
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <string>

#include "common/runtime/resource_types.h"
#include "common/server/method_name.h"

namespace leadstream::testing {

template <typename Request, typename Response>
class Watching {
 public:
  Watching(std::shared_ptr<grpc::Channel> channel, const Request& request,
           absl::Duration deadline = absl::Seconds(60)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    const auto* method = runtime::MethodTaking(Request::descriptor());
    const std::string path = server::PathOf(method);
    reader_.reset(grpc::internal::ClientReaderFactory<Response>::Create(
        channel.get(),
        grpc::internal::RpcMethod(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING),
        &context_, request));
  }
  bool Next(Response* change) { return reader_->Read(change); }
  grpc::Status Cancel() {
    context_.TryCancel();
    return End();
  }
  // Reads what is left.
  grpc::Status End() {
    Response rest;
    while (reader_->Read(&rest)) {
    }
    return reader_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
};

}  // namespace leadstream::testing
