#include "common/store/schema.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "common/store/keys.h"

namespace leadstream::store {
namespace {

using domain::Index;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* Required(const google::protobuf::Descriptor* resource, const char* field) {
  const FieldDescriptor* found = resource->FindFieldByName(field);
  if (found == nullptr) {
    fprintf(stderr, "%s has no field %s, which every resource has\n", resource->full_name().c_str(),
            field);
    abort();
  }
  return found;
}

void SetTime(Message* message, const FieldDescriptor* field, int64_t time_us) {
  *static_cast<google::protobuf::Timestamp*>(message->GetReflection()->MutableMessage(
      message, field)) = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time_us);
}

}  // namespace

Collection::Collection(domain::Aggregate aggregate, int number)
    : number_(number), aggregate_(std::move(aggregate)) {
  const auto* resource = aggregate_.prototype().GetDescriptor();
  name_ = Required(resource, "name");
  uid_ = Required(resource, "uid");
  etag_ = Required(resource, "etag");
  create_time_ = Required(resource, "create_time");
  update_time_ = Required(resource, "update_time");
  creator_ = Required(resource, "creator");
  int index_number = 0;
  for (const Index& index : aggregate_.indexes()) {
    SchemaIndex schema_index{index, std::nullopt, IndexPrefix(number, index_number++)};
    if (index.kind != Index::Kind::kKeyed) {
      schema_index.path = FieldPath::Resolve(*resource, index.name);
      if (!schema_index.path) {
        fprintf(stderr, "%s cannot be indexed by %s\n", resource->full_name().c_str(),
                index.name.c_str());
        abort();
      }
    }
    indexes_.push_back(std::move(schema_index));
  }
}

const SchemaIndex* Collection::FindIndex(Index::Kind kind, absl::string_view name) const {
  for (const SchemaIndex& index : indexes_) {
    if (index.index.kind == kind && index.index.name == name) return &index;
  }
  return nullptr;
}

int64_t Collection::CreateTime(const Message& state) const {
  return Microseconds(state.GetReflection()->GetMessage(state, create_time_));
}

std::vector<std::string> Collection::IndexKeys(absl::string_view name, const Message& state) const {
  std::vector<std::string> keys;
  for (const SchemaIndex& index : indexes_) {
    switch (index.index.kind) {
      case Index::Kind::kSorted:
        keys.push_back(absl::StrCat(index.prefix, index.path->Encode(state), name));
        break;
      case Index::Kind::kMatched:
        keys.push_back(absl::StrCat(index.prefix, index.path->Encode(state),
                                    BigEndian64(CreateTime(state)), name));
        break;
      case Index::Kind::kKeyed:
        for (const std::string& key : index.index.keys(state))
          keys.push_back(absl::StrCat(index.prefix, EncodeOrdered(key), name));
        break;
    }
  }
  return keys;
}

std::vector<std::string> Collection::KeysOf(int partition, absl::string_view name,
                                            const Message& state) const {
  std::vector<std::string> keys = IndexKeys(name, state);
  for (const domain::Timer& timer : aggregate_.timers()) {
    const auto due = timer.due(state);
    if (!due) continue;
    const int64_t due_us = std::max<int64_t>(absl::ToUnixMicros(*due), 0);  // in byte order
    keys.push_back(TimerKey(partition, due_us, timer.name, name));
  }
  return keys;
}

std::unique_ptr<Message> Collection::EventOf(const common::v1::Record& record) const {
  const domain::Fold* fold = aggregate_.FindFold(record.type());
  if (fold == nullptr) return nullptr;
  std::unique_ptr<Message> event(fold->prototype->New());
  if (!event->ParseFromString(record.data())) return nullptr;
  return event;
}

void Collection::Fold(const common::v1::Record& record, const Message* event,
                      Message* resource) const {
  if (event != nullptr) aggregate_.FindFold(record.type())->evolve(*event, resource);
  const auto* reflection = resource->GetReflection();
  reflection->SetString(resource, name_, record.subject());
  if (record.revision() == 1) {
    reflection->SetString(resource, uid_, record.id());
    reflection->SetString(resource, creator_, record.actor());
    SetTime(resource, create_time_, record.time_us());
  }
  reflection->SetString(resource, etag_, absl::StrCat(record.revision()));
  SetTime(resource, update_time_, record.time_us());
}

Schema::Schema(const domain::ServiceDefinition& definition) {
  collections_.reserve(definition.aggregates.size());
  for (const domain::Aggregate& aggregate : definition.aggregates)
    collections_.emplace_back(aggregate, static_cast<int>(collections_.size()));
}

const Collection* Schema::OfName(absl::string_view name) const {
  const absl::string_view collection = CollectionOf(name);
  for (const Collection& candidate : collections_) {
    if (candidate.aggregate().collection() == collection) return &candidate;
  }
  return nullptr;
}

const Collection* Schema::OfResource(const google::protobuf::Descriptor* resource) const {
  for (const Collection& candidate : collections_) {
    if (candidate.aggregate().prototype().GetDescriptor() == resource) return &candidate;
  }
  return nullptr;
}

const Collection* Schema::OfCommand(const google::protobuf::Descriptor* request) const {
  for (const Collection& candidate : collections_) {
    if (candidate.aggregate().FindCommand(request) != nullptr) return &candidate;
  }
  return nullptr;
}

absl::string_view CollectionOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? absl::string_view() : name.substr(0, slash);
}

}  // namespace leadstream::store
