#include "tests/process/world.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>

#include "common/log/position.h"
#include "common/runtime/resource_types.h"
#include "common/store/schema.h"
#include "tests/process/state_table.h"

namespace leadstream::process {

using google::protobuf::Message;

namespace {

const domain::Aggregate* AggregateOf(const domain::ServiceDefinition& definition,
                                     const std::string& name) {
  const absl::string_view collection = store::CollectionOf(name);
  for (const domain::Aggregate& aggregate : definition.aggregates) {
    if (aggregate.collection() == collection) return &aggregate;
  }
  return nullptr;
}

void SetString(const char* field, const std::string& value, Message* message) {
  const auto* found = message->GetDescriptor()->FindFieldByName(field);
  if (found != nullptr) message->GetReflection()->SetString(message, found, value);
}

}  // namespace

World::World(log::EventLog* log, const std::vector<domain::ServiceDefinition>* definitions)
    : log_(log) {
  for (const domain::ServiceDefinition& definition : *definitions)
    topics_.push_back({&definition, {}, {}});
}

absl::Status World::ReadOn(std::vector<std::string>* wrong) {
  for (Topic& topic : topics_) {
    if (absl::Status read = ReadOn(&topic, wrong); !read.ok()) return read;
  }
  return absl::OkStatus();
}

absl::Status World::ReadOn(Topic* topic, std::vector<std::string>* wrong) {
  const std::string name = log::TopicOf(topic->definition->name);
  auto ends = log_->Ends(name);
  if (!ends.ok()) return ends.status();
  std::erase_if(*ends, [&](const auto& end) { return topic->next[end.first] >= end.second; });
  if (ends->empty()) return absl::OkStatus();
  log::Positions from;
  for (const auto& [partition, end] : *ends) from[partition] = topic->next[partition];
  auto cursor = log_->Read(name, from);
  if (!cursor.ok()) return cursor.status();
  while (!ends->empty()) {
    auto records = (*cursor)->Next(1'000, absl::Now() + absl::Seconds(30));
    if (!records.ok()) return records.status();
    if (records->empty())
      return absl::UnavailableError(absl::StrCat("the log of ", name, " does not answer"));
    for (log::LoggedRecord& logged : *records) {
      topic->next[logged.partition] = logged.offset + 1;
      auto end = ends->find(logged.partition);
      if (end != ends->end() && logged.offset + 1 >= end->second) ends->erase(end);
      if (topic->fences[logged.partition].Admit(logged.record))
        Fold(*topic, std::move(logged.record), wrong);
    }
  }
  return absl::OkStatus();
}

void World::Fold(const Topic& topic, common::v1::Record record, std::vector<std::string>* wrong) {
  const std::string& name = record.subject();
  const domain::Aggregate* aggregate = AggregateOf(*topic.definition, name);
  const domain::Fold* fold = aggregate == nullptr ? nullptr : aggregate->FindFold(record.type());
  if (fold == nullptr) {
    wrong->push_back(absl::StrCat(record.type(), " of ", name, " is folded by nobody"));
    return;
  }
  std::shared_ptr<Message> payload(fold->prototype->New());
  payload->ParseFromString(record.data());

  Resource& resource = resources_[name];
  const bool is_new = resource.state == nullptr;
  if (is_new) resource.state.reset(aggregate->prototype().New());
  if (record.revision() != ++resource.revision)
    wrong->push_back(absl::StrCat(name, " has revision ", record.revision(), " in place of ",
                                  resource.revision));
  const std::string before = is_new ? std::string(kNone) : StateOf(*resource.state);
  fold->evolve(*payload, resource.state.get());
  SetString("name", name, resource.state.get());
  SetString("etag", absl::StrCat(record.revision()), resource.state.get());
  resource.deleted |= fold->deletes;
  const std::string after = resource.deleted ? std::string(kGone) : StateOf(*resource.state);
  if (auto forbidden = Forbidden(record.type(), before, after); !forbidden.empty())
    wrong->push_back(absl::StrCat(name, ": ", forbidden));

  std::vector<std::string>& names = names_[runtime::ResourceTypeOf(name)->collection];
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  if (is_new) {
    names.insert(at, name);
  } else if (fold->deletes && at != names.end() && *at == name) {
    names.erase(at);
  }
  ++seen_[record.type()];
  events_.push_back({topic.definition->name, std::move(record), std::move(payload)});
}

const std::vector<std::string>& World::Names(const std::string& collection) const {
  static const auto* const none = new std::vector<std::string>();
  auto at = names_.find(collection);
  return at == names_.end() ? *none : at->second;
}

const Message* World::Find(const std::string& name) const {
  auto at = resources_.find(name);
  return at == resources_.end() || at->second.deleted ? nullptr : at->second.state.get();
}

int64_t World::RevisionOf(const std::string& name) const {
  auto at = resources_.find(name);
  return at == resources_.end() ? 0 : at->second.revision;
}

}  // namespace leadstream::process
