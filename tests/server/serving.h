// A server with all five services on the embedded log, called over a real connection.
//
//   auto answer = Call<Lead>(request);
//   EXPECT_EQ(answer.reason(), "LEAD_NOT_OPEN");
#pragma once

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/all_services.h"
#include "common/runtime/resource_types.h"
#include "common/server/grpc_peers.h"
#include "common/server/server.h"
#include "tests/await.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {

// The details of an error.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  Detail detail;
  if (!details.ParseFromString(status.error_details())) return detail;
  for (const auto& any : details.details()) {
    if (any.Is<Detail>()) any.UnpackTo(&detail);
  }
  return detail;
}
inline std::string ReasonOf(const grpc::Status& status) {
  if (status.ok()) return "accepted";
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  EXPECT_TRUE(info.domain() == "leadstream" || info.domain().empty());
  return info.reason();
}
// The paths of the bad fields, comma-separated.
inline std::string FieldsOf(const grpc::Status& status) {
  return absl::StrJoin(
      DetailOf<google::rpc::BadRequest>(status).field_violations(), ",",
      [](std::string* out, const auto& violation) { absl::StrAppend(out, violation.field()); });
}

template <typename Reply>
struct Answer {
  grpc::Status status;
  Reply reply;
  std::string position;  // of what a command wrote

  bool ok() const { return status.ok(); }
  grpc::StatusCode code() const { return status.error_code(); }
  std::string reason() const { return ReasonOf(status); }
  std::string fields() const { return FieldsOf(status); }
};

class Serving : public ::testing::Test {
 protected:
  void SetUp() override { Start(); }
  // What a suite serves otherwise.
  virtual void Configure(server::Options*) {}

  void Start() {
    server::Options options;
    options.listen = "127.0.0.1:0";
    options.data = directory_.path() + "/data";
    options.partitions = 4;
    Configure(&options);
    auto server = server::Server::Start(options, cli::AllServices());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    channel_ = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                         grpc::InsecureChannelCredentials(), arguments);
  }
  void Restart() {
    server_.reset();
    Start();
  }

  // `after` is a position that the call waits for.
  template <typename Reply>
  Answer<Reply> Call(const google::protobuf::Message& request, const std::string& after = "",
                     absl::Duration deadline = absl::Seconds(30)) {
    Answer<Reply> answer;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    if (!after.empty()) context.AddMetadata("leadstream-position", after);
    answer.status = server::Call(channel_.get(), runtime::MethodTaking(request.GetDescriptor()),
                                 &context, request, &answer.reply);
    const auto& trailing = context.GetServerTrailingMetadata();
    auto at = trailing.find("leadstream-position");
    if (at != trailing.end()) answer.position = std::string(at->second.data(), at->second.size());
    return answer;
  }

  // Sends bytes as they are.
  grpc::Status CallRaw(const std::string& method, const std::string& bytes,
                       grpc::ByteBuffer* reply = nullptr) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    grpc::CompletionQueue queue;
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1), ignored;
    auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    grpc::Status status;
    call->StartCall();
    call->Finish(reply == nullptr ? &ignored : reply, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  // Calls until the reply is as wanted; what follows from an event takes a moment.
  template <typename Reply>
  Reply Await(const google::protobuf::Message& request,
              const std::function<bool(const Reply&)>& wanted) {
    Answer<Reply> answer;
    EXPECT_TRUE(testing::Await([&] {
      answer = Call<Reply>(request);
      return answer.ok() && wanted(answer.reply);
    })) << "it did not come about: "
        << answer.status.error_message() << "\n"
        << answer.reply.DebugString();
    return answer.reply;
  }

  // How many records the logs of all services hold, claims among them.
  int64_t Records() {
    int64_t records = 0;
    for (const char* name : {"lead", "opportunity", "quoting", "ordering", "billing"}) {
      runtime::Service* service = server_->service(name);
      for (int partition = 0; partition < service->model().partitions(); ++partition)
        records += service->model().NextOffset(partition);
    }
    return records;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<server::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace leadstream::testing
