#include "tests/process/interleavings.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "cli/all_services.h"
#include "common/domain/tally.h"
#include "common/runtime/addressing.h"
#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"

namespace leadstream::process {

using google::protobuf::Message;

namespace {

constexpr int64_t kTimeUs = 1'772'442'000'000'000;  // 2026-03-02T09:00:00Z; it stands still
constexpr int kWorldsMax = 1'000'000;

std::string ReasonOf(common::v1::ErrorReason reason) { return domain::ReasonName(reason); }

}  // namespace

struct Interleavings::Service {
  explicit Service(domain::ServiceDefinition service)
      : definition(std::move(service)), schema(definition) {}

  domain::ServiceDefinition definition;
  store::Schema schema;
  // Every creation here chooses its id.
  runtime::Addressing addressing{&schema, 1, [] { return std::string("made-up"); }};
};

// What a service, or a caller of one, can read in a world.
class Interleavings::Reading : public domain::Reader, public runtime::Peers {
 public:
  Reading(const World& world, const store::Schema& schema) : world_(world), schema_(schema) {}

  std::shared_ptr<const Message> Find(absl::string_view name) const override {
    return FindAt(name, 0);
  }
  std::shared_ptr<const Message> FindAt(absl::string_view name, int64_t revision) const override {
    auto at = world_.resources.find(std::string(name));
    if (at == world_.resources.end() || (revision == 0 && at->second.deleted)) return nullptr;
    const auto& after = at->second.after;
    if (revision == 0) return after.back();
    return static_cast<size_t>(revision) > after.size() ? nullptr
                                                        : after[static_cast<size_t>(revision) - 1];
  }
  google::protobuf::Timestamp Now() const override {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(kTimeUs);
  }
  std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                 absl::string_view key, size_t limit,
                                 absl::string_view after) const override {
    std::vector<std::string> names;
    for (const auto& [name, resource] : world_.resources) {
      if (store::CollectionOf(name) != collection || resource.deleted || name <= after) continue;
      const auto* keyed =
          schema_.OfName(name)->FindIndex(domain::Index::Kind::kKeyed, std::string(index));
      const auto keys = keyed->index.keys(*resource.after.back());
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) names.push_back(name);
      if (names.size() == limit) break;
    }
    return names;
  }
  std::string LastKeyed(absl::string_view collection, absl::string_view index,
                        absl::string_view key, absl::string_view up_to) const override {
    std::string last;
    for (const std::string& name : Keyed(collection, index, key, SIZE_MAX, "")) {
      if (name <= up_to) last = name;
    }
    return last;
  }
  // For queries, and no race is about these.
  std::vector<domain::TallySum> Tallies(absl::string_view, absl::string_view,
                                        const std::vector<domain::TallyBounds>&) const override {
    return {};
  }
  absl::StatusOr<std::shared_ptr<const Message>> Get(const std::string& name, int64_t revision,
                                                     const std::optional<log::Position>&,
                                                     absl::Time) override {
    auto found = FindAt(name, revision);
    if (found == nullptr) return absl::NotFoundError(absl::StrCat("there is no ", name));
    return found;
  }
  // What a command needs (domain::Command::needs): false, if that is not there.
  bool FindNeeded(const std::string& needed, domain::Found* found) const {
    const bool all = absl::EndsWith(needed, "/-");
    for (const auto& [name, resource] : world_.resources) {
      if (all && !resource.deleted && absl::StrCat(store::CollectionOf(name), "/-") == needed)
        (*found)[name] = resource.after.back();
    }
    const size_t at = needed.find('@');
    const int64_t revision = at == std::string::npos ? 0 : std::stoll(needed.substr(at + 1));
    return ((*found)[needed] = all ? nullptr : FindAt(needed.substr(0, at), revision)) != nullptr ||
           all;
  }

 private:
  const World& world_;
  const store::Schema& schema_;
};

Interleavings::Interleavings() {
  for (domain::ServiceDefinition& service : cli::AllServices())
    services_.push_back(std::make_unique<Service>(std::move(service)));
}

Interleavings::Interleavings(Interleavings&&) noexcept = default;
Interleavings::~Interleavings() = default;

Interleavings& Interleavings::Given(const Message& request) {
  EXPECT_EQ(Arrive(request, {}, &given_), "") << request.ShortDebugString();
  for (std::vector<World> next = Next(given_); !next.empty(); next = Next(given_))
    given_ = std::move(next.front());
  EXPECT_TRUE(given_.parked.empty()) << given_.parked.front();
  return *this;
}

Interleavings& Interleavings::Caller(const std::string& caller, const Message& request) {
  auto& requests = callers_[caller];
  requests.emplace_back(request.New())->CopyFrom(request);
  given_.arrived[caller] = requests.size();  // until the race begins
  return *this;
}

std::string Interleavings::Arrive(const Message& request, const runtime::CallInfo& call,
                                  World* world) const {
  for (const auto& service : services_) {
    if (service->schema.OfCommand(request.GetDescriptor()) == nullptr) continue;
    runtime::PendingCommand command;
    command.call = call;
    std::unique_ptr<Message> copy(request.New());
    copy->CopyFrom(request);
    if (auto refusal = service->addressing.Address(std::move(copy), &command))
      return refusal->reason;
    return Decide(*service, std::move(command), world);
  }
  return "no service takes it";
}

std::string Interleavings::Decide(const Service& service, runtime::PendingCommand command,
                                  World* world) const {
  auto at = world->resources.find(command.name);
  const bool existed = at != world->resources.end();
  if (command.command->creates && existed) {
    const bool repeated =
        !command.call.causation_id.empty() && at->second.created_by == command.call.causation_id;
    return repeated ? "" : ReasonOf(common::v1::RESOURCE_ALREADY_EXISTS);
  }
  if (!command.command->creates && (!existed || at->second.deleted))
    return ReasonOf(common::v1::RESOURCE_NOT_FOUND);
  if (!command.etag.empty() && command.etag != absl::StrCat(at->second.after.size()))
    return ReasonOf(common::v1::ETAG_MISMATCH);

  const Message& state =
      existed ? *at->second.after.back() : command.collection->aggregate().prototype();
  const Reading reading(*world, service.schema);
  for (auto needs = domain::StillNeeded(*command.command, state, *command.request, command.found);
       !needs.empty();
       needs = domain::StillNeeded(*command.command, state, *command.request, command.found)) {
    for (const std::string& needed : needs) {
      if (!reading.FindNeeded(needed, &command.found))
        return ReasonOf(common::v1::REFERENCE_NOT_FOUND);
    }
  }
  const domain::Context context{reading.Now(),
                                command.call.actor,
                                command.name,
                                command.partition,
                                &world->facts[service.definition.name],
                                &command.found};
  const domain::Decision decision = command.command->decide(state, *command.request, context);
  if (!decision.accepted()) return decision.refusal().reason;
  Fold(service, command, decision.event(), world);
  return "";
}

void Interleavings::Fold(const Service& service, const runtime::PendingCommand& command,
                         const Message& event, World* world) const {
  Resource& resource = world->resources[command.name];
  auto record = std::make_shared<common::v1::Record>();
  record->set_subject(command.name);
  record->set_revision(static_cast<int64_t>(resource.after.size()) + 1);
  record->set_type(event.GetDescriptor()->full_name());
  event.SerializeToString(record->mutable_data());
  record->set_id(absl::StrCat(command.name, "@", record->revision()));
  record->set_time_us(kTimeUs);
  record->set_actor(command.call.actor);
  record->set_causation_id(command.call.causation_id);

  const domain::Aggregate& aggregate = command.collection->aggregate();
  std::shared_ptr<Message> after(aggregate.prototype().New());
  if (!resource.after.empty()) after->CopyFrom(*resource.after.back());
  command.collection->Fold(*record, after.get());
  const domain::Fold* fold = aggregate.FindFold(record->type());
  if (fold->remember) fold->remember(event, *after, &world->facts[service.definition.name]);
  if (resource.after.empty()) resource.created_by = command.call.causation_id;
  resource.after.push_back(std::move(after));
  resource.deleted = fold->deletes;

  for (const auto& reacting : services_) {
    for (const domain::Reaction& reaction : reacting->definition.reactions) {
      if (reaction.event->GetDescriptor() != event.GetDescriptor()) continue;
      world->reactions[{reacting->definition.name, command.name}].push_back(
          {&reaction, record, false, {}});
    }
  }
}

void Interleavings::React(Step* step, const Service& service, World* world) const {
  Reading reading(*world, service.schema);
  const runtime::Occasion occasion{step->reaction, {0, 0, *step->event}};
  const auto commands =
      runtime::CommandsOf(occasion, &reading, absl::InfiniteFuture(),
                          [&reading](const log::Position&, std::chrono::steady_clock::time_point,
                                     absl::Time) { return &reading; });
  step->decided = true;
  if (!commands.ok()) {
    world->parked.push_back(absl::StrCat(step->reaction->name, " of ", step->event->subject(), ": ",
                                         commands.status().ToString()));
    return;
  }
  for (const domain::Commands::Command& command : commands->all()) {
    step->commands.push_back(std::make_shared<runtime::IssuedCommand>(
        runtime::Issue(occasion, command, absl::InfiniteFuture())));
  }
}

std::vector<Interleavings::World> Interleavings::Next(const World& world) const {
  std::vector<World> next;
  for (const auto& [caller, requests] : callers_) {
    auto arrived = world.arrived.find(caller);
    const size_t number = arrived == world.arrived.end() ? 0 : arrived->second;
    if (number >= requests.size()) continue;
    World& after = next.emplace_back(world);
    ++after.arrived[caller];
    runtime::CallInfo call;
    call.actor = caller;
    const std::string reason = Arrive(*requests[number], call, &after);
    after.answer[caller] = reason.empty() ? "accepted" : reason;
  }
  for (const auto& [lane, steps] : world.reactions) {
    World& after = next.emplace_back(world);
    Step& step = after.reactions[lane].front();
    if (!step.decided) {
      for (const auto& service : services_) {
        if (service->definition.name == lane.first) React(&step, *service, &after);
      }
    } else {
      const auto command = step.commands.front();
      step.commands.erase(step.commands.begin());
      const std::string reason = Arrive(*command->request, command->call, &after);
      domain::Refusal refusal;
      refusal.reason = reason;
      if (!reason.empty() && !runtime::IsDone(*step.reaction, refusal))
        after.parked.push_back(
            absl::StrCat(step.reaction->name, " of ", step.event->subject(), ": ", reason));
    }
    auto& left = after.reactions[lane];
    if (left.front().decided && left.front().commands.empty()) left.erase(left.begin());
    if (left.empty()) after.reactions.erase(lane);
  }
  return next;
}

// Worlds with equal ones have the same future. (What partitions remember follows from the events.)
std::string Interleavings::FingerprintOf(const World& world) {
  std::string print;
  for (const auto& [name, resource] : world.resources)
    absl::StrAppend(&print, name, " ", runtime::HashOf(*resource.after.back()), "\n");
  for (const auto& [lane, steps] : world.reactions) {
    for (const Step& step : steps) {
      absl::StrAppend(&print, lane.first, step.reaction->name, step.event->id(), step.decided);
      for (const auto& command : step.commands)
        absl::StrAppend(&print, runtime::HashOf(*command->request));
    }
  }
  for (const auto& [caller, number] : world.arrived) absl::StrAppend(&print, caller, number);
  for (const auto& [caller, answer] : world.answer) absl::StrAppend(&print, caller, answer);
  for (const std::string& parked : world.parked) absl::StrAppend(&print, parked);
  return print;
}

int Interleavings::ForEachEnd(const std::function<void(const World&)>& visit) {
  World begin = given_;
  begin.arrived.clear();
  std::vector<World> open;
  open.push_back(std::move(begin));
  std::set<std::string> seen;
  int ends = 0;
  while (!open.empty()) {
    const World world = std::move(open.back());
    open.pop_back();
    std::vector<World> next = Next(world);
    if (next.empty()) {
      ++ends;
      visit(world);
    }
    for (World& one : next) {
      if (seen.insert(FingerprintOf(one)).second) open.push_back(std::move(one));
    }
    EXPECT_LT(seen.size(), static_cast<size_t>(kWorldsMax)) << "too many to look at";
    if (seen.size() >= static_cast<size_t>(kWorldsMax)) break;
  }
  return ends;
}

}  // namespace leadstream::process
