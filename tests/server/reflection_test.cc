// What a client learns that has nothing but the address: the services, and their whole contract, by
// reflection, as grpcurl asks for it.
#include <google/protobuf/descriptor_database.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/sync_stream.h>

#include <set>

#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;

const DescriptorPool& Linked() { return *DescriptorPool::generated_pool(); }

const Message& Part(const Message& message, const char* field) {
  return message.GetReflection()->GetMessage(message,
                                             message.GetDescriptor()->FindFieldByName(field));
}

class Reflection : public Serving {
 protected:
  // Asks one question, in text format. gRPC links the messages of its reflection, though it
  // installs no headers of them.
  std::unique_ptr<Message> Ask(const std::string& question) {
    const auto* method = Linked()
                             .FindServiceByName("grpc.reflection.v1alpha.ServerReflection")
                             ->FindMethodByName("ServerReflectionInfo");
    std::unique_ptr<Message> request(runtime::PrototypeOf(method->input_type())->New());
    std::unique_ptr<Message> answer(runtime::PrototypeOf(method->output_type())->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(question, request.get()));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    const grpc::internal::RpcMethod rpc(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        grpc::internal::RpcMethod::BIDI_STREAMING);
    std::unique_ptr<grpc::ClientReaderWriter<Message, Message>> stream(
        grpc::internal::ClientReaderWriterFactory<Message, Message>::Create(channel_.get(), rpc,
                                                                            &context));
    EXPECT_TRUE(stream->Write(*request));
    EXPECT_TRUE(stream->Read(answer.get())) << question;
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return answer;
  }

  std::set<std::string> Services() {
    const auto answer = Ask("list_services: '*'");
    const Message& list = Part(*answer, "list_services_response");
    const auto* field = list.GetDescriptor()->FindFieldByName("service");
    std::set<std::string> services;
    for (int i = 0; i < list.GetReflection()->FieldSize(list, field); ++i) {
      const Message& service = list.GetReflection()->GetRepeatedMessage(list, field, i);
      services.insert(service.GetReflection()->GetString(
          service, service.GetDescriptor()->FindFieldByName("name")));
    }
    return services;
  }

  // Takes the files of an answer, and asks for what they import until nothing is missing.
  void Take(const std::string& question) {
    const auto answer = Ask(question);
    const Message& list = Part(*answer, "file_descriptor_response");
    const auto* field = list.GetDescriptor()->FindFieldByName("file_descriptor_proto");
    const int files = list.GetReflection()->FieldSize(list, field);
    ASSERT_GT(files, 0) << question << ": " << answer->ShortDebugString();
    std::set<std::string> imports;
    for (int i = 0; i < files; ++i) {
      FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(list.GetReflection()->GetRepeatedString(list, field, i)));
      imports.insert(file.dependency().begin(), file.dependency().end());
      if (names_.insert(file.name()).second) files_.Add(file);
    }
    for (const std::string& name : imports) {
      if (names_.count(name) == 0) Take(absl::StrCat("file_by_filename: '", name, "'"));
    }
  }

  std::set<std::string> names_;
  google::protobuf::SimpleDescriptorDatabase files_;
};

TEST_F(Reflection, ListsTheServicesOfTheContract) {
  std::set<std::string> expected = {"leadstream.common.v1.NodeService",
                                    "leadstream.common.v1.ReactionService", "grpc.health.v1.Health",
                                    "grpc.reflection.v1alpha.ServerReflection"};
  for (const domain::ServiceDefinition& definition : cli::AllServices())
    expected.insert(definition.grpc_services.begin(), definition.grpc_services.end());
  EXPECT_EQ(Services(), expected);
}

TEST_F(Reflection, DescribesEachServiceAndAllThatItsMessagesAreMadeOf) {
  const std::set<std::string> services = Services();
  for (const std::string& service : services)
    Take(absl::StrCat("file_containing_symbol: '", service, "'"));
  const DescriptorPool told(&files_);
  for (const std::string& service : services)
    EXPECT_NE(told.FindServiceByName(service), nullptr) << service;
  for (const std::string& name : names_) {
    const auto* file = told.FindFileByName(name);
    ASSERT_NE(file, nullptr) << name;
    EXPECT_EQ(file->DebugString(), Linked().FindFileByName(name)->DebugString());
  }
  EXPECT_EQ(names_.count("leadstream/common/v1/validation.proto"), 1u) << "annotations as well";
}

}  // namespace
}  // namespace leadstream::testing
