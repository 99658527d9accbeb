#include "common/server/methods.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/time_util.h>

#include "common/domain/validation.h"
#include "common/runtime/model_reader.h"
#include "common/runtime/resource_types.h"
#include "common/server/calls.h"
#include "common/server/errors.h"
#include "common/server/intake.h"
#include "common/server/model_list.h"
#include "common/server/reads.h"
#include "common/server/surveying.h"
#include "common/server/watch.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::server {
namespace {

using domain::Refusal;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kPositionWaitMax = absl::Seconds(10);
// A page of more is read in turn with those of others.
constexpr int kRowsAtOnceMax = 100;

std::unique_ptr<Message> NewReply(const MethodDescriptor* method) {
  return std::unique_ptr<Message>(runtime::PrototypeOf(method->output_type())->New());
}

// Answers a command: the resource, what the command's table says, or nothing for what was deleted.
void AnswerCommand(const MethodDescriptor* method, const domain::Command* command, UnaryCall& call,
                   runtime::Outcome outcome) {
  if (outcome.refusal) return call.Fail(ToGrpc(*outcome.refusal));
  call.context().AddTrailingMetadata(kPositionKey, log::ToString(outcome.position));
  if (command != nullptr && command->answer) {
    auto reply = NewReply(method);
    command->answer(*outcome.after.resource, reply.get());
    return call.Finish(*reply);
  }
  if (outcome.after.resource->GetDescriptor() == method->output_type())
    return call.Finish(*outcome.after.resource);
  call.Finish(*NewReply(method));
}

UnaryHandler CommandHandler(runtime::Service* service, const MethodDescriptor* method) {
  const domain::Command* command = service->FindCommand(method->input_type());
  return [service, method, command](std::shared_ptr<UnaryCall> call) {
    runtime::CallInfo info = CallOf(call->context(), call->caller());
    info.traceparent = call->traceparent();
    service->Execute(call->TakeRequest(), std::move(info),
                     [call, method, command](runtime::Outcome outcome) {
                       AnswerCommand(method, command, *call, std::move(outcome));
                     });
  };
}

// A read: validated, refused for now while this node folds what it missed, and held until it has
// folded the position the caller names.
using Read = std::function<std::optional<Refusal>(const Message& request,
                                                  std::shared_ptr<const Message>* reply)>;

// The same of a model that stood so at a time (past_models.h).
using PastRead = std::function<std::optional<Refusal>(const store::ReadModel& model,
                                                      int64_t time_us, const Message& request,
                                                      std::shared_ptr<const Message>* reply)>;

// How a method reads. Without a `then` its requests have no such time, or `now` sees to it.
struct Reading {
  Read now;
  PastRead then = nullptr;
};

void Answer(const Read& read, UnaryCall& call, const Message& request) {
  std::shared_ptr<const Message> reply;
  if (auto refusal = read(request, &reply)) return call.Fail(ToGrpc(*refusal));
  call.Finish(*reply);
}

// Asks for a page of so many rows that other calls would feel it.
bool IsLong(const Message& request) { return IntOf(request, "page_size") > kRowsAtOnceMax; }

void AnswerAsItWas(const PastRead& read, runtime::Service* service, PastModels* past,
                   std::shared_ptr<UnaryCall> call, std::shared_ptr<const Message> request,
                   int64_t time_us) {
  if (time_us > google::protobuf::util::TimeUtil::TimestampToMicroseconds(service->Now()))
    return call->Fail(ToGrpc(BadField(common::v1::INVALID_FIELD, "read_time", "is still to come")));
  const auto answer = [read, call, request, time_us](absl::StatusOr<PastModels::Model> model) {
    if (!model.ok()) return call->Fail(ToGrpc(runtime::FailureOf(model.status())));
    std::shared_ptr<const Message> reply;
    if (auto refusal = read(**model, time_us, *request, &reply))
      return call->Fail(ToGrpc(*refusal));
    call->Finish(*reply);
  };
  if (!past->Add(call->who(), service, time_us, answer)) call->Fail(TooMany("reads wait"));
}

void AnswerInTurn(const Reading& reading, runtime::Service* service, Pools pools,
                  std::shared_ptr<UnaryCall> call, std::shared_ptr<const Message> request) {
  if (const auto time_us = ReadTimeOf(*request); time_us && reading.then)
    return AnswerAsItWas(reading.then, service, pools.past, call, request, *time_us);
  if (!IsLong(*request)) return Answer(reading.now, *call, *request);
  const auto answer = [read = reading.now, call, request] { Answer(read, *call, *request); };
  if (!pools.long_reads->Add(call->who(), answer)) call->Fail(TooMany("reads wait"));
}

UnaryHandler ReadHandler(runtime::Service* service, Pools pools, Reading reading) {
  return [service, pools, reading = std::move(reading)](std::shared_ptr<UnaryCall> call) {
    std::shared_ptr<Message> request = call->TakeRequest();
    if (auto bad = domain::Validate(*request); !bad.empty())
      return call->Fail(ToGrpc(runtime::BadFields(std::move(bad))));
    if (!service->caught_up()) return call->Fail(ToGrpc(runtime::NotCaughtUp()));
    const std::string text = MetadataOf(call->context(), kPositionKey);
    const auto position = log::ParsePosition(text);
    if (!text.empty() && (!position || (position->service == service->name() &&
                                        position->partition >= service->model().partitions()))) {
      return call->Fail(
          ToGrpc(runtime::BadFields({{kPositionKey, "is no position, such as lead/3:1041"}})));
    }
    // Another service's position says nothing about this one.
    const bool reached = !position || position->service != service->name() ||
                         service->model().NextOffset(position->partition) > position->offset;
    const std::string name = StringOf(*request, "name");
    const bool fresh = MetadataOf(call->context(), kFreshKey).empty() || service->IsFresh(name);
    if (reached && fresh) return AnswerInTurn(reading, service, pools, call, request);
    const absl::Time deadline = DeadlineOf(call->context(), kPositionWaitMax);
    const bool taken = pools.slow->Add(
        [service, pools, reading, call, request, position, reached, fresh, name, deadline] {
          absl::Status waited;
          if (!reached)
            waited = service->model().WaitFor(position->partition, position->offset + 1, deadline);
          if (waited.ok() && !fresh) waited = service->Freshen(name, deadline);
          if (waited.ok()) return AnswerInTurn(reading, service, pools, call, request);
          call->Fail(ToGrpc(runtime::Failure(absl::StatusCode::kUnavailable,
                                             common::v1::POSITION_NOT_REACHED, waited.message())));
        });
    if (!taken) call->Fail(TooMany("reads wait"));
  };
}

// Only for callers who may see the resource that the request names.
UnaryHandler OfOwnRows(const runtime::Service* service, UnaryHandler handler) {
  return [service, handler = std::move(handler)](std::shared_ptr<UnaryCall> call) {
    const std::string name = StringOf(call->request(), "name");
    if (call->caller().owners) {
      const auto resource = service->Find(name);
      if (resource == nullptr || !MaySee(call->caller(), *resource))
        return call->Fail(ToGrpc(runtime::RowNotPermitted(name)));
    }
    handler(std::move(call));
  };
}

// Only for callers who may see all rows: nothing says whose the answer is made of.
UnaryHandler OfAllRows(UnaryHandler handler) {
  return [handler = std::move(handler)](std::shared_ptr<UnaryCall> call) {
    if (call->caller().owners) {
      return call->Fail(ToGrpc(runtime::Failure(
          absl::StatusCode::kPermissionDenied, common::v1::METHOD_NOT_PERMITTED,
          "this answers from everybody's resources: it takes a grant with `rows: all`")));
    }
    handler(std::move(call));
  };
}

// Wraps a read that fills a new reply.
template <typename Fill>
Read Filling(const MethodDescriptor* method, Fill fill) {
  return [method, fill](const Message& request,
                        std::shared_ptr<const Message>* reply) -> std::optional<Refusal> {
    std::shared_ptr<Message> filled(NewReply(method));
    auto refusal = fill(request, filled.get());
    *reply = std::move(filled);
    return refusal;
  };
}

// And one that fills it from a model that stood so then.
template <typename Fill>
PastRead FillingFrom(const MethodDescriptor* method, Fill fill) {
  return [method, fill](const store::ReadModel& model, int64_t time_us, const Message& request,
                        std::shared_ptr<const Message>* reply) -> std::optional<Refusal> {
    std::shared_ptr<Message> filled(NewReply(method));
    auto refusal = fill(model, time_us, request, filled.get());
    *reply = std::move(filled);
    return refusal;
  };
}

const domain::Query* FindQuery(const runtime::Service& service, const MethodDescriptor* method) {
  for (const domain::Query& query : service.definition().queries) {
    if (query.request == method->input_type()) return &query;
  }
  return nullptr;
}

// The collection whose resources a List or Watch method answers with: the type of a field of its
// response.
const store::Collection* CollectionIn(const runtime::Service& service,
                                      const google::protobuf::Descriptor* response) {
  for (int i = 0; i < response->field_count(); ++i) {
    const auto* type = response->field(i)->message_type();
    const store::Collection* collection =
        type == nullptr ? nullptr : service.schema().OfResource(type);
    if (collection != nullptr) return collection;
  }
  return nullptr;
}

// Whether it is the ListQuoteEvents of a service that has Quotes.
bool TellsStory(const runtime::Service& service, const MethodDescriptor* method) {
  absl::string_view kind = method->name();
  if (!absl::ConsumePrefix(&kind, "List") || !absl::ConsumeSuffix(&kind, "Events")) return false;
  const google::protobuf::FileDescriptor* file = method->file();
  const auto* resource =
      file->pool()->FindMessageTypeByName(absl::StrCat(file->package(), ".", kind));
  return resource != nullptr && service.schema().OfResource(resource) != nullptr;
}

UnaryHandler FindUnary(runtime::Service* service, Pools pools, const MethodDescriptor* method) {
  const std::string& request = method->input_type()->name();
  if (method->input_type() == common::v1::RetryParkedReactionRequest::descriptor()) {
    return [service, method](std::shared_ptr<UnaryCall> call) {
      auto retry = call->TakeRequest();
      if (auto bad = domain::Validate(*retry); !bad.empty())
        return call->Fail(ToGrpc(runtime::BadFields(std::move(bad))));
      runtime::CallInfo info = CallOf(call->context(), call->caller());
      info.traceparent = call->traceparent();
      service->RetryParked(StringOf(*retry, "name"), std::move(info),
                           [call, method](runtime::Outcome outcome) {
                             AnswerCommand(method, nullptr, *call, std::move(outcome));
                           });
    };
  }
  if (service->FindCommand(method->input_type()) != nullptr) return CommandHandler(service, method);
  if (const domain::Query* query = FindQuery(*service, method)) {
    Reading reading;
    reading.now = Filling(method, [service, query](const Message& asked, Message* reply) {
      return query->answer(asked, *service, reply);
    });
    reading.then = FillingFrom(method, [query](const store::ReadModel& model, int64_t time_us,
                                               const Message& asked, Message* reply) {
      return query->answer(asked, runtime::ModelReader(&model, time_us), reply);
    });
    return OfAllRows(ReadHandler(service, pools, std::move(reading)));
  }
  for (const domain::Survey& survey : service->definition().surveys) {
    if (survey.request == method->input_type()) return SurveyHandler(service, &survey, method);
  }
  if (absl::StartsWith(request, "Get") &&
      service->schema().OfResource(method->output_type()) != nullptr) {
    return ReadHandler(service, pools,
                       {[service](const Message& asked, std::shared_ptr<const Message>* reply) {
                         return Get(*service, asked, reply);
                       }});
  }
  if (TellsStory(*service, method)) {
    return OfOwnRows(service,
                     ReadHandler(service, pools,
                                 {Filling(method, [service](const Message& asked, Message* reply) {
                                   return ListEvents(*service, asked, reply);
                                 })}));
  }
  const store::Collection* collection = CollectionIn(*service, method->output_type());
  if (absl::StartsWith(request, "List") && collection != nullptr) {
    Reading reading;
    reading.now = Filling(method, [service, collection](const Message& asked, Message* reply) {
      return List(*service, *collection, asked, reply);
    });
    reading.then = FillingFrom(method, [service, collection](const store::ReadModel& model, int64_t,
                                                             const Message& asked, Message* reply) {
      return List(model, service->page_tokens(), *collection, asked, reply);
    });
    return ReadHandler(service, pools, std::move(reading));
  }
  return nullptr;
}

}  // namespace

Methods MethodsOf(runtime::Service* service, Pools pools,
                  const google::protobuf::ServiceDescriptor* descriptor) {
  Methods methods;
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const MethodDescriptor* method = descriptor->method(i);
    if (method->client_streaming()) {
      for (const domain::Intake& intake : service->definition().intakes) {
        if (intake.request == method->input_type())
          methods.sinks[method->name()] = IntakeHandler(service, pools.slow, &intake, method);
      }
      continue;
    }
    if (!method->server_streaming()) {
      if (auto handler = FindUnary(service, pools, method))
        methods.unary[method->name()] = std::move(handler);
      continue;
    }
    const store::Collection* collection = CollectionIn(*service, method->output_type());
    if (absl::StartsWith(method->name(), "Watch") && collection != nullptr)
      methods.streams[method->name()] = WatchHandler(service, *collection, method);
  }
  return methods;
}

}  // namespace leadstream::server
