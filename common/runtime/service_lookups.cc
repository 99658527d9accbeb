// What a command needs to know of other resources is found before it is decided, and no earlier
// than what was answered before.
#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/log/position.h"
#include "common/runtime/service.h"
#include "common/store/list.h"

namespace leadstream::runtime {
namespace {

constexpr absl::Duration kLookupDeadlineMax = absl::Seconds(10);

// "scoringRules/-" stands for every resource of the collection (AIP-159).
bool NamesAll(absl::string_view name) { return absl::EndsWith(name, "/-"); }

// "processDefinitions/sale@3" is the resource as it was at revision 3 (AIP-162). Ids have no "@".
struct Named {
  std::string name;
  int64_t revision = 0;  // 0: now
};
Named Parse(const std::string& name) {
  const size_t at = name.rfind('@');
  Named named{name, 0};
  if (at != std::string::npos && absl::SimpleAtoi(name.substr(at + 1), &named.revision))
    named.name = name.substr(0, at);
  return named;
}

// Where the log ends is not known now. Kafka forgets for a while that a partition exists, and to a
// caller NotFound would say that of a resource.
absl::Status CannotTell(const absl::Status& ends) { return absl::UnavailableError(ends.message()); }

}  // namespace

using google::protobuf::Message;

// What is at hand is read here and now; the rest is waited for on a thread that may.
void Service::FindNeeds(PendingCommand command) {
  command.looked_up = true;
  std::vector<std::string> needs = StillNeeded(command);
  while (!needs.empty() && AreAtHand(needs, command)) {
    if (auto refusal = FindEach(needs, &command)) return command.done({std::move(refusal), {}, {}});
    needs = StillNeeded(command);
  }
  if (needs.empty()) return replica_->Submit(std::move(command));
  auto shared = std::make_shared<PendingCommand>(std::move(command));
  const bool taken = lookups_->Add([this, shared, needs]() mutable {
    for (; !needs.empty(); needs = StillNeeded(*shared)) {
      if (auto refusal = FindEach(needs, shared.get()))
        return shared->done({std::move(refusal), {}, {}});
    }
    replica_->Submit(std::move(*shared));
  });
  if (!taken) shared->done({LookupNotTaken(), {}, {}});
}

domain::Refusal Service::LookupNotTaken() const {
  return stopping_ ? ShuttingDown() : QueueFull(kLookupQueueMax);
}

// By the state that this node knows of. Whether it still needs that is seen when it is decided.
std::vector<std::string> Service::StillNeeded(const PendingCommand& command) const {
  if (!command.command->needs) return {};
  std::shared_ptr<const Message> state;
  if (!command.command->creates) state = Find(command.name);
  const Message& prototype = command.collection->aggregate().prototype();
  return domain::StillNeeded(*command.command, state != nullptr ? *state : prototype,
                             *command.request, command.found);
}

bool Service::AreAtHand(const std::vector<std::string>& needs,
                        const PendingCommand& command) const {
  return HasFolded(command.call.after) && absl::c_all_of(needs, [this](const std::string& name) {
           return schema_->OfName(name) != nullptr &&
                  IsFresh(NamesAll(name) ? "" : Parse(name).name);
         });
}

absl::StatusOr<std::shared_ptr<const Message>> Service::FindOwn(
    const std::string& name, int64_t revision, const std::optional<log::Position>& after,
    absl::Time deadline, std::set<int>* fresh) const {
  absl::Status folded = AwaitFolded(after, deadline);
  if (!folded.ok()) return folded;
  if (fresh->insert(addressing_->PartitionOf(*schema_->OfName(name), name)).second) {
    folded = Freshen(name, deadline);
    if (!folded.ok()) return folded;
  }
  return revision == 0 ? Find(name) : FindAt(name, revision);
}

// A writer may be asked a moment before it hears that what it appended is in the log, where a
// follower has read it already and shown it to the caller. So on a log that others read, it too
// asks for the end.
bool Service::IsFresh(absl::string_view name) const {
  if (!log_->exclusive()) return false;
  const store::Collection* collection = schema_->OfName(name);
  if (collection != nullptr) return replica_->Writes(addressing_->PartitionOf(*collection, name));
  for (int partition = 0; partition < partitions_; ++partition) {
    if (!replica_->Writes(partition)) return false;
  }
  return true;
}

absl::Status Service::Freshen(absl::string_view name, absl::Time deadline,
                              std::chrono::steady_clock::time_point since) const {
  if (IsFresh(name)) return absl::OkStatus();
  const std::string topic = log::TopicOf(this->name());
  const store::Collection* collection = schema_->OfName(name);
  log::Positions ends;
  if (collection == nullptr) {
    auto all = ends_.Ask(since);
    if (!all.ok()) all = ends_.Ask();  // that it failed once does not hold for ever
    if (!all.ok()) return CannotTell(all.status());
    ends = std::move(*all);
  } else {
    const int partition = addressing_->PartitionOf(*collection, name);
    auto end = log_->End(topic, partition);
    if (!end.ok()) return CannotTell(end.status());
    ends[partition] = *end;
  }
  std::map<int, Replica::Stop> stops;
  if (counters_->partitions_stopped.value() > 0) stops = replica_->Stops();
  for (const auto& [partition, end] : ends) {
    if (auto stop = stops.find(partition); stop != stops.end() && stop->second.offset < end) {
      if (collection == nullptr) continue;  // of all of them, what can be known is shown
      return absl::UnavailableError(stop->second.why);
    }
    absl::Status folded = model_->WaitFor(partition, end, deadline);
    if (!folded.ok()) return folded;
  }
  return absl::OkStatus();
}

absl::Status Service::FindAll(const std::string& collection, PendingCommand* command,
                              absl::Time deadline) const {
  absl::Status folded = AwaitFolded(command->call.after, deadline);
  if (folded.ok()) folded = Freshen("", deadline);
  if (!folded.ok()) return folded;
  return store::ForEach(*model_, *schema_->OfName(collection), nullptr,
                        [command](const store::StoredState& state) {
                          command->found[StringOf(*state.resource, "name")] = state.resource;
                        });
}

std::optional<domain::Refusal> Service::FindEach(const std::vector<std::string>& needs,
                                                 PendingCommand* command) const {
  const absl::Time deadline = std::min(command->call.deadline, absl::Now() + kLookupDeadlineMax);
  const auto& after = command->call.after;
  if (++command->lookup_rounds > domain::kNeedsRoundsMax) {
    return Failure(
        absl::StatusCode::kFailedPrecondition, common::v1::REFERENCE_NOT_FOUND,
        absl::StrCat("what it refers to refers to more, without end; next to ", needs.front()));
  }
  std::set<int> fresh;
  for (const std::string& name : needs) {
    if (NamesAll(name)) {
      absl::Status all = FindAll(name, command, deadline);
      if (!all.ok()) return FailureOf(all);
      command->found[name] = nullptr;  // all of it was found
      continue;
    }
    const auto [resource, revision] = Parse(name);
    auto found = schema_->OfName(name) == nullptr
                     ? peers_->Get(resource, revision, after, deadline)
                     : FindOwn(resource, revision, after, deadline, &fresh);
    if (found.ok() && *found != nullptr) {
      command->found[name] = std::move(*found);
    } else if (found.ok() || absl::IsNotFound(found.status())) {
      return Failure(absl::StatusCode::kFailedPrecondition, common::v1::REFERENCE_NOT_FOUND,
                     absl::StrCat("there is no ", name));
    } else {
      return Failure(absl::StatusCode::kUnavailable, common::v1::WRITER_UNAVAILABLE,
                     absl::StrCat(name, " cannot be read: ", found.status().message()));
    }
  }
  return std::nullopt;
}

bool Service::HasFolded(const std::optional<log::Position>& position) const {
  return !position || position->service != name() ||
         model_->NextOffset(position->partition) > position->offset;
}

absl::Status Service::AwaitFolded(const std::optional<log::Position>& position,
                                  absl::Time deadline) const {
  if (HasFolded(position)) return absl::OkStatus();
  return model_->WaitFor(position->partition, position->offset + 1, deadline);
}

}  // namespace leadstream::runtime
