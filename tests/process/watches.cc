#include "tests/process/watches.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "common/runtime/resource_types.h"
#include "common/server/method_name.h"
#include "leadstream/common/v1/record.pb.h"

namespace leadstream::process {

using google::protobuf::Message;

namespace {

std::string Problem(const Message& change) {
  const auto* type = change.GetDescriptor();
  const auto& event = dynamic_cast<const common::v1::Event&>(
      change.GetReflection()->GetMessage(change, type->FindFieldByName("event")));
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* resource = type->field(i)->message_type();
    if (resource == nullptr || runtime::ResourceTypeOf(resource) == nullptr) continue;
    const Message& shown = change.GetReflection()->GetMessage(change, type->field(i));
    const std::string name =
        shown.GetReflection()->GetString(shown, resource->FindFieldByName("name"));
    // Of a deleted one there is the event alone.
    if (name == event.resource() || (name.empty() && !event.resource().empty())) return "";
    return absl::StrCat("shows ", name, " with an event of ", event.resource());
  }
  return "shows no resource";
}

}  // namespace

std::string Watch(const std::shared_ptr<grpc::Channel>& channel,
                  const google::protobuf::MethodDescriptor* method) {
  std::unique_ptr<Message> request(runtime::PrototypeOf(method->input_type())->New());
  request->GetReflection()->SetString(request.get(),
                                      request->GetDescriptor()->FindFieldByName("position"), "0");
  grpc::ByteBuffer bytes, read;
  bool own = false;
  grpc::SerializationTraits<Message>::Serialize(*request, &bytes, &own).ok();

  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  auto stream = stub.PrepareCall(&context, server::PathOf(method), &queue);
  stream->StartCall(nullptr);
  wait();
  stream->WriteLast(bytes, grpc::WriteOptions(), nullptr);
  wait();
  stream->Read(&read, nullptr);
  std::string problem = "shows nothing";
  if (wait()) {
    std::unique_ptr<Message> change(runtime::PrototypeOf(method->output_type())->New());
    grpc::SerializationTraits<Message>::Deserialize(&read, change.get()).ok();
    problem = Problem(*change);
  }
  context.TryCancel();
  grpc::Status status;
  stream->Finish(&status, nullptr);
  wait();
  if (problem == "shows nothing") absl::StrAppend(&problem, ": ", status.error_message());
  return problem;
}

}  // namespace leadstream::process
