#include "common/server/reads.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

#include "common/domain/validation.h"
#include "common/log/position.h"
#include "common/runtime/command.h"
#include "common/server/model_list.h"
#include "common/store/list.h"
#include "common/store/order_by.h"

namespace leadstream::server {
namespace {

using domain::Refusal;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* Field(const Message& message, const char* name,
                             FieldDescriptor::CppType type) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && !field->is_repeated() && field->cpp_type() == type ? field : nullptr;
}

const FieldDescriptor* RepeatedField(const Message& response,
                                     const google::protobuf::Descriptor* type) {
  for (int i = 0; i < response.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = response.GetDescriptor()->field(i);
    if (field->is_repeated() && field->message_type() == type) return field;
  }
  return nullptr;
}

void SetString(Message* message, const char* name, const std::string& value) {
  if (const FieldDescriptor* field = Field(*message, name, FieldDescriptor::CPPTYPE_STRING))
    message->GetReflection()->SetString(message, field, value);
}

// How many a page may have: AIP-158 takes 0 for the default and lowers what is too high.
std::optional<Refusal> PageSize(const Message& request, int* page_size) {
  const int64_t wanted = IntOf(request, "page_size");
  if (wanted < 0) return BadField(common::v1::INVALID_FIELD, "page_size", "must not be negative");
  *page_size = wanted == 0 ? store::kPageSizeDefault
                           : static_cast<int>(std::min<int64_t>(wanted, store::kPageSizeMax));
  return std::nullopt;
}

}  // namespace

Refusal BadField(common::v1::ErrorReason reason, const char* field, absl::string_view why) {
  const bool names_it =
      reason == common::v1::FILTER_INVALID ||
      reason == common::v1::ORDER_BY_INVALID;  // or the field within it that is wrong
  Refusal refusal = runtime::Failure(absl::StatusCode::kInvalidArgument, reason,
                                     names_it ? std::string(why) : absl::StrCat(field, " ", why));
  refusal.fields.push_back({field, std::string(why)});
  return refusal;
}

int64_t IntOf(const Message& message, const char* name) {
  if (const FieldDescriptor* field = Field(message, name, FieldDescriptor::CPPTYPE_INT64))
    return message.GetReflection()->GetInt64(message, field);
  const FieldDescriptor* field = Field(message, name, FieldDescriptor::CPPTYPE_INT32);
  return field == nullptr ? 0 : message.GetReflection()->GetInt32(message, field);
}

std::optional<int64_t> ReadTimeOf(const Message& request) {
  const FieldDescriptor* time = Field(request, "read_time", FieldDescriptor::CPPTYPE_MESSAGE);
  if (time == nullptr || !request.GetReflection()->HasField(request, time)) return std::nullopt;
  return store::Microseconds(request.GetReflection()->GetMessage(request, time));
}

std::optional<Refusal> Get(const runtime::Service& service, const Message& request,
                           std::shared_ptr<const Message>* resource) {
  const std::string name = StringOf(request, "name");
  const int64_t revision = IntOf(request, "read_revision");
  const std::optional<int64_t> time_us = ReadTimeOf(request);
  if (revision < 0)
    return BadField(common::v1::INVALID_FIELD, "read_revision", "must not be negative");
  if (revision > 0 && time_us)
    return BadField(common::v1::INVALID_FIELD, "read_time",
                    "cannot be given together with read_revision");
  auto state = service.model().Load(name);
  if (!state.ok()) return runtime::FailureOf(state.status());
  if (state->revision == 0)
    return runtime::Failure(absl::StatusCode::kNotFound, common::v1::RESOURCE_NOT_FOUND,
                            absl::StrCat("there is no ", name));
  if (revision > 0) {
    state = service.model().AtRevision(name, revision);
  } else if (time_us) {
    state = service.model().AtTime(name, *time_us);
  } else if (state->deleted) {
    state = absl::NotFoundError(absl::StrCat("there is no ", name));
  }
  if (!state.ok()) return runtime::FailureOf(state.status());
  *resource = state->resource;
  return std::nullopt;
}

std::optional<Refusal> List(const runtime::Service& service, const store::Collection& collection,
                            const Message& request, Message* response) {
  return List(service.model(), service.page_tokens(), collection, request, response);
}

std::optional<Refusal> List(const store::ReadModel& model, const store::PageTokens& page_tokens,
                            const store::Collection& collection, const Message& request,
                            Message* response) {
  const google::protobuf::Descriptor& type = *collection.aggregate().prototype().GetDescriptor();
  store::ListQuery query;
  if (auto refusal = PageSize(request, &query.page_size)) return refusal;
  auto filter = domain::Filter::Compile(type, StringOf(request, "filter"));
  if (!filter.ok())
    return BadField(common::v1::FILTER_INVALID, "filter", filter.status().message());
  query.filter = filter->get();
  const std::string order_by = StringOf(request, "order_by");
  auto terms = store::ParseOrderBy(type, order_by);
  if (!terms.ok())
    return BadField(common::v1::ORDER_BY_INVALID, "order_by", terms.status().message());
  if (terms->size() > 1)
    return BadField(common::v1::ORDER_BY_INVALID, "order_by",
                    "takes one field; resources that are equal in it are ordered by name");
  if (!terms->empty()) {
    query.order_by = terms->front().path;
    query.descending = terms->front().descending;
  }
  const std::string text = StringOf(request, "filter");
  std::string signed_request = absl::StrCat(collection.aggregate().collection(), "\n", text.size(),
                                            "\n", text, "\n", order_by);
  if (const auto time_us = ReadTimeOf(request)) absl::StrAppend(&signed_request, "\n", *time_us);
  const std::string token = StringOf(request, "page_token");
  if (!token.empty()) {
    auto position = page_tokens.Read(signed_request, token);
    if (!position.ok())
      return BadField(common::v1::PAGE_TOKEN_INVALID, "page_token", position.status().message());
    query.after = *position;
  }
  auto page = store::List(model, collection, query);
  if (absl::IsInvalidArgument(page.status()))
    return BadField(common::v1::ORDER_BY_INVALID, "order_by", page.status().message());
  if (!page.ok()) return runtime::FailureOf(page.status());
  const FieldDescriptor* items = RepeatedField(*response, &type);
  for (const store::StoredState& state : page->resources)
    response->GetReflection()->AddMessage(response, items)->CopyFrom(*state.resource);
  if (!page->next.empty())
    SetString(response, "next_page_token", page_tokens.Make(signed_request, page->next));
  return std::nullopt;
}

common::v1::Event EventOf(const std::string& service, const store::StoredEvent& stored) {
  const common::v1::Record& record = stored.record;
  common::v1::Event event;
  event.set_id(record.id());
  event.set_resource(record.subject());
  event.set_revision(record.revision());
  event.set_type(record.type());
  event.mutable_payload()->set_type_url(absl::StrCat("type.googleapis.com/", record.type()));
  event.mutable_payload()->set_value(record.data());
  *event.mutable_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(record.time_us());
  event.set_actor(record.actor());
  event.set_correlation_id(record.correlation_id());
  event.set_causation_id(record.causation_id());
  event.set_request_id(record.request_id());
  event.set_position(log::ToString({service, stored.position.partition, stored.position.offset}));
  return event;
}

std::optional<Refusal> ListEvents(const runtime::Service& service, const Message& request,
                                  Message* response) {
  const std::string name = StringOf(request, "name");
  int page_size = 0;
  if (auto refusal = PageSize(request, &page_size)) return refusal;
  auto state = service.model().Load(name);
  if (!state.ok()) return runtime::FailureOf(state.status());
  if (state->revision == 0)
    return runtime::Failure(absl::StatusCode::kNotFound, common::v1::RESOURCE_NOT_FOUND,
                            absl::StrCat("there is no ", name));
  const std::string signed_request = absl::StrCat("events\n", name);
  int64_t from = 1;
  if (const std::string token = StringOf(request, "page_token"); !token.empty()) {
    auto position = service.page_tokens().Read(signed_request, token);
    if (!position.ok() || !absl::SimpleAtoi(*position, &from)) {
      return BadField(common::v1::PAGE_TOKEN_INVALID, "page_token",
                      position.ok() ? "is not a page token" : position.status().message());
    }
  }
  auto events = service.model().Events(name, from, static_cast<size_t>(page_size));
  if (!events.ok()) return runtime::FailureOf(events.status());
  const FieldDescriptor* items = RepeatedField(*response, common::v1::Event::descriptor());
  for (const store::StoredEvent& stored : *events)
    response->GetReflection()
        ->AddMessage(response, items)
        ->CopyFrom(EventOf(service.name(), stored));
  const int64_t next = from + static_cast<int64_t>(events->size());
  if (next <= state->revision)
    SetString(response, "next_page_token",
              service.page_tokens().Make(signed_request, absl::StrCat(next)));
  return std::nullopt;
}

}  // namespace leadstream::server
