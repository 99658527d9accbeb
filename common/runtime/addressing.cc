#include "common/runtime/addressing.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "common/domain/validation.h"
#include "common/log/partitioner.h"
#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

// A caller's, and not an event that the machinery issues as a command of its own.
bool IsRequest(const Message& message) {
  return absl::EndsWith(message.GetDescriptor()->name(), "Request");
}

// The resource inside a Create or Update request; null if the request holds none.
const Message* ResourceIn(const Message& request, const store::Collection& collection) {
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (!field->is_repeated() &&
        field->message_type() == collection.aggregate().prototype().GetDescriptor() &&
        request.GetReflection()->HasField(request, field)) {
      return &request.GetReflection()->GetMessage(request, field);
    }
  }
  return nullptr;
}

}  // namespace

std::string StringOf(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    return "";
  return message.GetReflection()->GetString(message, field);
}

std::optional<domain::Refusal> Addressing::Address(std::unique_ptr<Message> request,
                                                   PendingCommand* command) const {
  command->collection = schema_->OfCommand(request->GetDescriptor());
  if (command->collection == nullptr ||
      (command->forwarded && schema_->OfName(command->name) == nullptr)) {
    return Failure(absl::StatusCode::kUnimplemented, common::v1::METHOD_UNIMPLEMENTED,
                   absl::StrCat(request->GetDescriptor()->name(), " is no command here"));
  }
  const domain::Aggregate& aggregate = command->collection->aggregate();
  command->command = aggregate.FindCommand(request->GetDescriptor());
  if (!command->forwarded && IsRequest(*request)) {
    domain::ClearOutputOnly(request.get());
    auto bad = domain::Validate(*request);
    if (!bad.empty()) return BadFields(std::move(bad));
  }
  command->request = std::move(request);
  command->request_id = StringOf(*command->request, "request_id");
  if (!command->request_id.empty()) command->request_hash = HashOf(*command->request);
  Name(command);
  if (store::CollectionOf(command->name) != aggregate.collection())
    return BadFields({{"name", absl::StrCat("is not a name of ", aggregate.collection(), "/*")}});
  if (command->etag.empty()) command->etag = StringOf(*command->request, "etag");
  command->partition = PartitionOf(*command->collection, command->name);
  return std::nullopt;
}

void Addressing::Name(PendingCommand* command) const {
  const Message& request = *command->request;
  const domain::Aggregate& aggregate = command->collection->aggregate();
  const Message* resource = ResourceIn(request, *command->collection);
  const ResourceType* type = ResourceTypeOf(aggregate.prototype().GetDescriptor());
  const std::string named = StringOf(request, "name");
  if (command->name.empty()) command->name = named;
  if (const auto* parked = dynamic_cast<const common::v1::ReactionParked*>(&request))
    command->name = parked->parked_reaction().name();
  if (command->command->creates && type != nullptr && IsRequest(request)) {
    if (!command->name.empty()) return;
    const std::string id = StringOf(request, type->id_field);
    command->name = id.empty() ? NewName(*command->collection, command->request_id)
                               : absl::StrCat(aggregate.collection(), "/", id);
  } else if (named.empty() && resource != nullptr) {
    if (command->name.empty()) command->name = StringOf(*resource, "name");
    // Of the resource itself; one that a command on another brings along has its own.
    command->etag = StringOf(*resource, "etag");
  }
}

// A retry of a creation must meet the partition that remembers its request id, on whatever node: so
// the name made up for it is one that lies in the partition which the request id chooses. (Ids are
// tried until one does, `partitions` on average.)
std::string Addressing::NewName(const store::Collection& collection,
                                const std::string& request_id) const {
  const domain::Aggregate& aggregate = collection.aggregate();
  auto make = [&] { return absl::StrCat(aggregate.collection(), "/", new_id_()); };
  std::string name = make();
  if (aggregate.has_partition_key()) return name;
  const int wanted = request_id.empty() ? best_() : log::PartitionOf(request_id, partitions_);
  while (wanted >= 0 && log::PartitionOf(name, partitions_) != wanted) name = make();
  return name;
}

int Addressing::PartitionOf(const store::Collection& collection, absl::string_view name) const {
  return log::PartitionOf(collection.aggregate().PartitionKey(name), partitions_);
}

}  // namespace leadstream::runtime
