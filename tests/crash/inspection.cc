#include "tests/crash/inspection.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/all_services.h"
#include "common/log/position.h"
#include "common/runtime/parked_reactions.h"
#include "common/runtime/resource_types.h"
#include "tests/read_log.h"
#include "tests/runtime/fold_twice.h"

namespace leadstream::testing {

struct Inspection::Service {
  explicit Service(const domain::ServiceDefinition& definition)
      : name(definition.name), schema(runtime::WithParkedReactions(definition)) {}
  std::string name;
  store::Schema schema;
  int partitions = 0;
  std::unique_ptr<store::ReadModel> rebuilt;
};

namespace {

void AddUnread(log::EventLog* log, const domain::ServiceDefinition& definition,
               std::vector<std::string>* unread) {
  std::set<std::string> topics;
  for (const domain::Reaction& reaction : definition.reactions)
    topics.insert(
        log::TopicOf(runtime::ServiceOfType(reaction.event->GetDescriptor()->full_name())));
  for (const std::string& topic : topics) {
    const std::string what = absl::StrCat(definition.name, " reacting to ", topic);
    auto partitions = log->Partitions(topic);
    auto progress = log->Progress(log::ReactionGroupOf(definition.name), topic);
    if (!partitions.ok() || !progress.ok()) {
      unread->push_back(absl::StrCat(what, ": ", partitions.status().ToString(), ", ",
                                     progress.status().ToString()));
      continue;
    }
    for (int partition = 0; partition < *partitions; ++partition) {
      auto end = log->End(topic, partition);
      const int64_t reached = (*progress)[partition].next_offset;
      if (!end.ok() || reached != *end)
        unread->push_back(absl::StrCat(what, "/", partition, " has reached ", reached, " of ",
                                       end.ok() ? absl::StrCat(*end) : end.status().ToString()));
    }
  }
}

}  // namespace

// One moment's view of the whole log: where each reaction has reached every end, there is nothing
// left that could cause anything.
std::vector<std::string> Unread(log::EventLog* log, const std::vector<std::string>& services) {
  std::vector<std::string> unread;
  for (const domain::ServiceDefinition& definition : cli::AllServices()) {
    if (services.empty() || absl::c_linear_search(services, definition.name))
      AddUnread(log, definition, &unread);
  }
  return unread;
}

bool Settled(log::EventLog* log) { return Unread(log).empty(); }

bool Settled(const std::string& data) {
  auto log = log::LocalLog::OpenForReading({data + "/log"});
  return log.ok() && Settled(log->get());
}

Inspection::Inspection(std::string data) : data_(std::move(data)) {}
Inspection::~Inspection() = default;

absl::StatusOr<std::unique_ptr<Inspection>> Inspection::Open(const std::string& data,
                                                             const std::string& scratch,
                                                             uint64_t seed) {
  auto log = log::LocalLog::OpenForReading({data + "/log"});
  if (!log.ok()) return log.status();
  auto inspection = std::unique_ptr<Inspection>(new Inspection(data));
  absl::Status read = inspection->ReadAll(log->get(), scratch, seed);
  if (!read.ok()) return read;
  return inspection;
}

absl::StatusOr<std::unique_ptr<Inspection>> Inspection::Open(log::EventLog* log,
                                                             const std::string& scratch,
                                                             uint64_t seed) {
  auto inspection = std::unique_ptr<Inspection>(new Inspection(""));
  inspection->one_writer_ = false;
  absl::Status read = inspection->ReadAll(log, scratch, seed);
  if (!read.ok()) return read;
  return inspection;
}

absl::Status Inspection::ReadAll(log::EventLog* log, const std::string& scratch, uint64_t seed) {
  for (const domain::ServiceDefinition& definition : cli::AllServices()) {
    auto service = std::make_unique<Service>(definition);
    auto partitions = log->Partitions(log::TopicOf(service->name));
    if (!partitions.ok()) return partitions.status();
    service->partitions = *partitions;
    store::ReadModelOptions options;
    options.directory = absl::StrCat(scratch, "/", service->name);
    options.partitions = *partitions;
    options.memory = store::SharedMemory::Make();
    auto rebuilt = FoldTwice(log, log::TopicOf(service->name), service->schema, options, seed++);
    if (!rebuilt.ok()) return rebuilt.status();
    service->rebuilt = std::move(*rebuilt);
    absl::Status read = Read(*service, log);
    if (!read.ok()) return read;
    services_.push_back(std::move(service));
  }
  return absl::OkStatus();
}

absl::Status Inspection::Read(const Service& service, log::EventLog* log) {
  std::map<int, log::Fence> fences;
  return EachRecord(log, log::TopicOf(service.name), [&](log::LoggedRecord logged) {
    const std::string at = log::ToString({service.name, logged.partition, logged.offset});
    log::Fence& fence = fences[logged.partition];
    const int64_t epoch = fence.epoch();
    const bool counts = fence.Admit(logged.record);
    if (log::Fence::IsClaim(logged.record)) {
      ++claims_;
      if (one_writer_ && fence.epoch() <= epoch)
        unsound_claims_.push_back(
            absl::StrCat(at, " claims epoch ", logged.record.epoch(), " after ", epoch));
    } else if (counts) {
      events_.push_back(
          {service.name, {logged.partition, logged.offset}, std::move(logged.record)});
    } else if (one_writer_) {
      unsound_claims_.push_back(
          absl::StrCat(at, " does not count, though one process at a time wrote"));
    } else if (log::Fence::IsEvent(logged.record)) {
      ++fenced_;
    }
  });
}

const Inspection::Service* Inspection::ServiceOf(const std::string& name) const {
  for (const auto& service : services_) {
    if (service->schema.OfName(name) != nullptr) return service.get();
  }
  return nullptr;
}

bool Inspection::Exists(const std::string& name) const {
  const Service* service = ServiceOf(name);
  return service != nullptr && service->rebuilt->Find(name).ok();
}

std::vector<std::string> Inspection::LogIsSound() const {
  std::vector<std::string> wrong = unsound_claims_;
  std::map<std::string, int64_t> revisions;
  std::set<std::string> requests, ids;
  for (const Event& event : events_) {
    const auto& record = event.record;
    if (record.revision() != ++revisions[record.subject()])
      wrong.push_back(absl::StrCat(record.subject(), " has revision ", record.revision(),
                                   " in place of ", revisions[record.subject()]));
    if (!ids.insert(record.id()).second)
      wrong.push_back(
          absl::StrCat("event ", record.id(), " of ", record.subject(), " is there twice"));
    if (!record.request_id().empty() && !requests.insert(record.request_id()).second) {
      wrong.push_back(absl::StrCat("request ", record.request_id(),
                                   " counts twice, the second time as ", record.type(), " of ",
                                   record.subject()));
    }
  }
  return wrong;
}

std::vector<std::string> Inspection::ModelsAgree() const {
  std::vector<std::string> wrong;
  for (const auto& service : services_) {
    store::ReadModelOptions options;
    options.directory = absl::StrCat(data_, "/models/", service->name);
    options.partitions = service->partitions;
    options.memory = store::SharedMemory::Make();
    if (std::filesystem::exists(options.directory + ".broken"))
      wrong.push_back(absl::StrCat("a read model of ", service->name, " was set aside"));
    auto lived = store::ReadModel::Open(options, &service->schema);
    if (!lived.ok()) {
      wrong.push_back(std::string(lived.status().message()));
      continue;
    }
    for (int partition = 0; partition < service->partitions; ++partition) {
      if ((*lived)->NextOffset(partition) == service->rebuilt->NextOffset(partition)) continue;
      wrong.push_back(absl::StrCat(service->name, "/", partition, " is folded up to ",
                                   (*lived)->NextOffset(partition), " of ",
                                   service->rebuilt->NextOffset(partition)));
    }
    if (*(*lived)->Fingerprint() != *service->rebuilt->Fingerprint())
      wrong.push_back(
          absl::StrCat("the read model of ", service->name, " is not what its log says"));
  }
  return wrong;
}

std::string Inspection::FingerprintOf(const std::string& name) const {
  for (const auto& service : services_) {
    if (service->name == name) return *service->rebuilt->Fingerprint();
  }
  return "";
}

std::vector<std::string> Inspection::AnswersHold(const std::vector<Answered>& answered,
                                                 const std::vector<std::string>& refused) const {
  std::vector<std::string> wrong;
  std::map<std::string, const Event*> by_request;
  for (const Event& event : events_) by_request[event.record.request_id()] = &event;
  for (const Answered& one : answered) {
    const google::protobuf::Message* resource = ResourceIn(*one.reply);
    const std::string what = absl::StrCat(one.request->GetDescriptor()->name(), " ", one.request_id,
                                          " of ", NameOf(*resource));
    auto at = by_request.find(one.request_id);
    if (at == by_request.end()) {
      wrong.push_back(absl::StrCat(what, " was accepted, and is not in the log"));
      continue;
    }
    const auto& record = at->second->record;
    if (record.subject() != NameOf(*resource) || record.revision() != RevisionOf(*resource)) {
      wrong.push_back(absl::StrCat(what, " was answered at revision ", RevisionOf(*resource),
                                   ", and stands in the log as ", record.subject(), " ",
                                   record.revision()));
      continue;
    }
    auto then =
        ServiceOf(record.subject())->rebuilt->AtRevision(record.subject(), record.revision());
    if (!then.ok() ||
        !google::protobuf::util::MessageDifferencer::Equals(*then->resource, *resource)) {
      wrong.push_back(absl::StrCat(
          what, " was answered\n", resource->ShortDebugString(), "\nand the log says\n",
          then.ok() ? then->resource->ShortDebugString() : then.status().ToString()));
    }
  }
  for (const std::string& request_id : refused) {
    if (by_request.contains(request_id))
      wrong.push_back(absl::StrCat("request ", request_id,
                                   " was refused, and stands in the log as ",
                                   by_request[request_id]->record.type()));
  }
  return wrong;
}

std::vector<std::string> Inspection::WasSentAllLeads(
    const std::map<int, std::vector<std::string>>& seen) const {
  std::map<int, std::vector<std::string>> logged;
  for (const Event& event : events_) {
    if (store::CollectionOf(event.record.subject()) == "leads")
      logged[event.position.partition].push_back(event.record.id());
  }
  std::vector<std::string> wrong;
  for (const auto& [partition, ids] : logged) {
    auto at = seen.find(partition);
    const std::vector<std::string> sent =
        at == seen.end() ? std::vector<std::string>() : at->second;
    if (sent != ids)
      wrong.push_back(absl::StrCat("of partition ", partition, " a watcher was sent ", sent.size(),
                                   " events of leads; the log has ", ids.size()));
  }
  return wrong;
}

}  // namespace leadstream::testing
