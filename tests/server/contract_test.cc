// What every method of the contract has in common, and what a server says of itself.

#include "common/server/method_name.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;

class Contract : public Serving {
 protected:
  // The bytes of an empty message to any method, the first answer or the end.
  grpc::Status CallEmpty(const MethodDescriptor* method) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(
        absl::Now() + absl::Milliseconds(method->server_streaming() ? 300 : 10'000)));
    grpc::CompletionQueue queue;
    const std::string path = server::PathOf(method);
    auto stream = stub.PrepareCall(&context, path, &queue);
    auto wait = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      return ok;
    };
    stream->StartCall(nullptr);
    if (wait()) {
      grpc::Slice empty("");
      stream->WriteLast(grpc::ByteBuffer(&empty, 1), grpc::WriteOptions(), nullptr);
      wait();
      for (bool more = true; more;) {
        grpc::ByteBuffer read;
        stream->Read(&read, nullptr);
        more = wait();
      }
    }
    grpc::Status status;
    stream->Finish(&status, nullptr);
    wait();
    return status;
  }
};

TEST_F(Contract, EveryMethodAnswersAnEmptyRequest) {
  int methods = 0;
  for (const domain::ServiceDefinition& definition : cli::AllServices()) {
    for (const std::string& name : definition.grpc_services) {
      const auto* service = DescriptorPool::generated_pool()->FindServiceByName(name);
      ASSERT_NE(service, nullptr) << name;
      for (int i = 0; i < service->method_count(); ++i) {
        const MethodDescriptor* method = service->method(i);
        const grpc::Status status = CallEmpty(method);
        ++methods;
        switch (status.error_code()) {
          case grpc::StatusCode::UNIMPLEMENTED:
            ADD_FAILURE() << method->full_name() << " is not served";
            break;
          case grpc::StatusCode::INVALID_ARGUMENT:
            EXPECT_FALSE(FieldsOf(status).empty())
                << method->full_name() << ": " << status.error_message();
            break;
          case grpc::StatusCode::DEADLINE_EXCEEDED:  // a watch goes on
            EXPECT_TRUE(method->server_streaming()) << method->full_name();
            break;
          default:  // a list
            EXPECT_TRUE(status.ok()) << method->full_name() << ": " << status.error_message();
        }
      }
    }
  }
  EXPECT_GT(methods, 150);
}

TEST_F(Contract, TheServerIsHealthyAndSoIsEachService) {
  for (const char* service : {"", "lead", "opportunity", "quoting", "ordering", "billing"}) {
    // HealthCheckRequest{service = 1}, HealthCheckResponse{status = 1: SERVING = 1}
    const std::string name(service);
    const std::string bytes =
        name.empty() ? ""
                     : absl::StrCat("\x0a", std::string(1, static_cast<char>(name.size())), name);
    grpc::ByteBuffer reply;
    const grpc::Status status = CallRaw("/grpc.health.v1.Health/Check", bytes, &reply);
    ASSERT_TRUE(status.ok()) << service << ": " << status.error_message();
    grpc::Slice answer;
    ASSERT_TRUE(reply.DumpToSingleSlice(&answer).ok());
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(answer.begin()), answer.size()), "\x08\x01")
        << service;
  }
}

}  // namespace
}  // namespace leadstream::testing
