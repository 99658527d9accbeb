#include "common/server/surveying.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <map>

#include "common/domain/validation.h"
#include "common/runtime/resource_types.h"
#include "common/server/caller.h"
#include "common/server/calls.h"
#include "common/server/errors.h"
#include "leadstream/common/v1/error_reason.pb.h"

namespace leadstream::server {
namespace {

using common::v1::ToldEvent;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr int kThreads = 4;
constexpr size_t kQueueMax = 200;
constexpr absl::Duration kSurveyMax = absl::Seconds(10);

const FieldDescriptor* ItemsIn(const MethodDescriptor* method,
                               const google::protobuf::Descriptor* resource) {
  for (int i = 0; i < method->output_type()->field_count(); ++i) {
    const FieldDescriptor* field = method->output_type()->field(i);
    if (field->is_repeated() && field->message_type() == resource) return field;
  }
  return nullptr;
}

// The method that lists resources of a type: it takes a filter.
const MethodDescriptor* ListMethodOf(const runtime::ResourceType& type) {
  const auto* service = type.get == nullptr ? nullptr : type.get->service();
  for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
    const MethodDescriptor* method = service->method(i);
    if (absl::StartsWith(method->name(), "List") && ItemsIn(method, type.resource) != nullptr &&
        method->input_type()->FindFieldByName("filter") != nullptr)
      return method;
  }
  return nullptr;
}

class PeerSurveyor : public domain::Surveyor {
 public:
  PeerSurveyor(const runtime::Service* service, const Caller* caller, absl::Time deadline)
      : service_(service), caller_(caller), deadline_(deadline) {}

  const domain::Reader& own() const override { return *service_; }
  bool Shows(const Message& resource) const override { return MaySee(*caller_, resource); }

  absl::StatusOr<Resource> Get(const std::string& name) override {
    auto found = service_->peers().Get(name, 0, std::nullopt, deadline_);
    const bool is_hidden =
        found.ok() ? !Shows(**found) : caller_->owners && absl::IsNotFound(found.status());
    if (is_hidden) return absl::PermissionDeniedError(name);
    return found;
  }

  absl::StatusOr<std::vector<Resource>> List(const std::string& collection,
                                             const std::string& filter, int limit) override {
    const auto* type = runtime::ResourceTypeOf(absl::StrCat(collection, "/x"));
    const MethodDescriptor* method = type == nullptr ? nullptr : ListMethodOf(*type);
    if (method == nullptr)
      return absl::InternalError(absl::StrCat(collection, " cannot be listed"));
    std::unique_ptr<Message> request(runtime::PrototypeOf(method->input_type())->New());
    const auto* fields = request->GetDescriptor();
    request->GetReflection()->SetString(request.get(), fields->FindFieldByName("filter"), filter);
    request->GetReflection()->SetInt32(request.get(), fields->FindFieldByName("page_size"), limit);
    std::unique_ptr<Message> reply(runtime::PrototypeOf(method->output_type())->New());
    absl::Status asked =
        service_->peers().Call(type->service, method, *request, deadline_, reply.get());
    if (!asked.ok()) return asked;
    std::vector<Resource> resources;
    const FieldDescriptor* items = ItemsIn(method, type->resource);
    for (int i = 0; i < reply->GetReflection()->FieldSize(*reply, items); ++i) {
      std::shared_ptr<Message> one(runtime::PrototypeOf(type->resource)->New());
      one->CopyFrom(reply->GetReflection()->GetRepeatedMessage(*reply, items, i));
      if (Shows(*one)) resources.push_back(std::move(one));
    }
    return resources;
  }

  absl::StatusOr<std::vector<ToldEvent>> Stories(const std::vector<std::string>& names,
                                                 bool newest_first,
                                                 const std::optional<common::v1::StoryPlace>& after,
                                                 int limit) override {
    std::map<std::string, common::v1::MergeStoriesRequest> requests;  // by service
    for (const std::string& name : names) {
      const auto* type = runtime::ResourceTypeOf(name);
      if (type != nullptr) requests[type->service].add_resources(name);
    }
    std::vector<ToldEvent> told;
    for (auto& [service, request] : requests) {
      request.set_service(service);
      request.set_newest_first(newest_first);
      request.set_limit(limit);
      if (after) *request.mutable_after() = *after;
      common::v1::MergeStoriesResponse part;
      absl::Status asked = service_->peers().Call(
          service, runtime::MethodTaking(request.GetDescriptor()), request, deadline_, &part);
      if (!asked.ok()) return asked;
      std::move(part.mutable_events()->begin(), part.mutable_events()->end(),
                std::back_inserter(told));
    }
    return told;
  }

  std::string MakeToken(const std::string& request, const std::string& position) const override {
    return service_->page_tokens().Make(request, position);
  }
  absl::StatusOr<std::string> ReadToken(const std::string& request,
                                        const std::string& token) const override {
    return service_->page_tokens().Read(request, token);
  }

 private:
  const runtime::Service* const service_;
  const Caller* const caller_;
  const absl::Time deadline_;
};

void Answer(runtime::Service* service, const domain::Survey& survey, const MethodDescriptor* method,
            UnaryCall& call) {
  const absl::Time deadline = DeadlineOf(call.context(), kSurveyMax);
  if (absl::Now() > deadline) return call.Fail(ToGrpc(runtime::DeadlinePassed()));
  if (auto bad = domain::Validate(call.request()); !bad.empty())
    return call.Fail(ToGrpc(runtime::BadFields(std::move(bad))));
  if (!service->caught_up()) return call.Fail(ToGrpc(runtime::NotCaughtUp()));
  // What is of this service is read here as well as asked for.
  const bool fresh = MetadataOf(call.context(), kFreshKey).empty() || service->IsFresh("");
  if (absl::Status waited = fresh ? absl::OkStatus() : service->Freshen("", deadline); !waited.ok())
    return call.Fail(ToGrpc(runtime::FailureOf(waited)));
  std::unique_ptr<Message> reply(runtime::PrototypeOf(method->output_type())->New());
  PeerSurveyor surveyor(service, &call.caller(), deadline);
  if (auto refusal = survey.answer(call.request(), surveyor, reply.get()))
    return call.Fail(ToGrpc(*refusal));
  call.Finish(*reply);
}

}  // namespace

UnaryHandler SurveyHandler(runtime::Service* service, const domain::Survey* survey,
                           const MethodDescriptor* method) {
  auto threads = std::make_shared<runtime::WorkerPool>(kThreads, kQueueMax);
  return [=](std::shared_ptr<UnaryCall> call) {
    if (!threads->Add([=] { Answer(service, *survey, method, *call); }))
      call->Fail(TooMany("surveys wait"));
  };
}

}  // namespace leadstream::server
