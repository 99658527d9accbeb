#include "cli/world/world.h"

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <set>

#include "cli/all_services.h"
#include "common/log/bulk_append.h"
#include "common/runtime/addressing.h"
#include "common/runtime/group.h"
#include "common/runtime/model_reader.h"
#include "common/runtime/parked_reactions.h"
#include "common/runtime/resource_types.h"
#include "common/runtime/timers.h"
#include "common/store/list.h"

namespace leadstream::world {

using google::protobuf::Message;
using runtime::IssuedCommand;
using runtime::Occasion;
using runtime::Outcome;
using runtime::PendingCommand;

namespace {

// Timers are looked at so often, in the world's time.
constexpr absl::Duration kDueEvery = absl::Hours(24);

absl::Status ToStatus(const domain::Refusal& refusal) {
  std::string message = absl::StrCat(refusal.reason, ": ", refusal.message);
  for (const auto& field : refusal.fields)
    absl::StrAppend(&message, "; ", field.field, " ", field.description);
  return absl::Status(refusal.code, message);
}

uint64_t Mixed(uint64_t value) {  // splitmix64
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

}  // namespace

class World::Seat : private runtime::TimersHost {
 public:
  Seat(World* of, domain::ServiceDefinition service)
      : world(of),
        definition(runtime::WithParkedReactions(service)),
        has_timers(
            absl::c_any_of(definition.aggregates,
                           [](const domain::Aggregate& one) { return !one.timers().empty(); })),
        schema(definition) {}

  absl::Status Open() {
    store::ReadModelOptions options;
    options.directory = absl::StrCat(world->options_.scratch, "/", definition.name);
    options.partitions = world->options_.partitions;
    options.memory = world->memory_;
    // Nobody sends anything twice.
    options.request_window = absl::InfiniteDuration();
    auto opened = store::ReadModel::Open(options, &schema);
    if (!opened.ok()) return opened.status();
    model = std::move(*opened);
    addressing = std::make_unique<runtime::Addressing>(&schema, options.partitions,
                                                       [this] { return world->NewId(); });
    runtime::TimersOptions timing;
    timing.service = definition.name;
    timers =
        std::unique_ptr<runtime::Timers>(new runtime::Timers(model.get(), this, std::move(timing)));
    const std::string topic = log::TopicOf(definition.name);
    absl::Status made = world->log_->CreateTopic(topic, options.partitions);
    append = std::make_unique<log::BulkAppend>(world->log_, topic);
    for (int partition = 0; made.ok() && partition < options.partitions; ++partition) {
      store::FoldBatch batch(model.get());
      common::v1::Record claim =
          log::Fence().NextClaim(world->NewId(), {"demo", "demo", ""}, world->now_us());
      made = batch.Add(partition, 0, claim);
      if (made.ok()) made = batch.Commit();
      if (made.ok()) made = append->Add(partition, std::move(claim));
      ++world->records_;
    }
    return made;
  }
  runtime::ModelReader reader() const { return {model.get(), world->now_us()}; }

  World* const world;
  const domain::ServiceDefinition definition;
  const bool has_timers;
  const store::Schema schema;
  std::unique_ptr<store::ReadModel> model;
  std::unique_ptr<runtime::Addressing> addressing;
  std::unique_ptr<log::BulkAppend> append;
  std::unique_ptr<runtime::Timers> timers;
  std::deque<std::pair<IssuedCommand, std::function<void(Outcome)>>> due;

 private:
  int64_t TimeMicros() override { return world->now_us(); }
  bool Writes(int) override { return true; }
  void Execute(IssuedCommand command, std::function<void(Outcome)> done) override {
    due.emplace_back(std::move(command), std::move(done));
  }
  void Report(int, const std::string&) override {}
};

World::World(log::EventLog* log, Options options)
    : log_(log),
      options_(std::move(options)),
      memory_(store::SharedMemory::Make()),
      now_(options_.begins),
      next_due_(options_.begins + kDueEvery) {}

World::~World() = default;

absl::StatusOr<std::unique_ptr<World>> World::Begin(log::EventLog* log, Options options) {
  std::unique_ptr<World> world(new World(log, std::move(options)));
  for (domain::ServiceDefinition& definition : cli::AllServices()) {
    world->seats_.push_back(std::make_unique<Seat>(world.get(), std::move(definition)));
    if (absl::Status opened = world->seats_.back()->Open(); !opened.ok()) return opened;
  }
  for (auto& seat : world->seats_) {
    for (const domain::Reaction& reaction : seat->definition.reactions)
      world->reactions_[std::string(reaction.event->GetDescriptor()->full_name())].emplace_back(
          seat.get(), &reaction);
  }
  return world;
}

// A UUID version 7, of which the random part follows from the seed and how many there were.
std::string World::NewId() {
  const uint64_t ms = static_cast<uint64_t>(absl::ToUnixMillis(now_));
  const uint64_t high = Mixed(options_.seed ^ Mixed(++ids_)), low = Mixed(high ^ ids_);
  return absl::StrFormat("%08x-%04x-7%03x-%04x-%012x", ms >> 16, ms & 0xffff, high & 0xfff,
                         0x8000 | (high >> 12 & 0x3fff), low & 0xffffffffffff);
}

absl::StatusOr<std::shared_ptr<const Message>> World::Get(const std::string& name, int64_t revision,
                                                          const std::optional<log::Position>&,
                                                          absl::Time) {
  for (const auto& seat : seats_) {
    if (seat->schema.OfName(name) == nullptr) continue;
    auto state = revision == 0 ? seat->model->Find(name) : seat->model->AtRevision(name, revision);
    if (!state.ok()) return state.status();
    return state->resource;
  }
  return absl::NotFoundError(absl::StrCat("there is no ", name));
}

// As a service does (runtime/service_lookups.cc), of what is all at hand.
absl::StatusOr<std::optional<domain::Refusal>> World::LookUp(const Seat& seat,
                                                             PendingCommand* command) {
  if (!command->command->needs) return std::nullopt;
  std::shared_ptr<const Message> state;
  if (!command->command->creates) state = seat.reader().Find(command->name);
  const Message& before = state != nullptr ? *state : command->collection->aggregate().prototype();
  for (int round = 0; round < domain::kNeedsRoundsMax; ++round) {
    const auto needs =
        domain::StillNeeded(*command->command, before, *command->request, command->found);
    if (needs.empty()) return std::nullopt;
    for (const std::string& need : needs) {
      if (absl::EndsWith(need, "/-")) {
        absl::Status all = store::ForEach(
            *seat.model, *seat.schema.OfName(need), nullptr, [&](const store::StoredState& one) {
              command->found[runtime::StringOf(*one.resource, "name")] = one.resource;
            });
        if (!all.ok()) return all;
        command->found[need] = nullptr;
        continue;
      }
      const size_t at = need.rfind('@');
      int64_t revision = 0;
      if (at != std::string::npos) (void)absl::SimpleAtoi(need.substr(at + 1), &revision);
      auto found = Get(need.substr(0, at), revision, std::nullopt, absl::InfiniteFuture());
      if (!found.ok()) {
        if (!absl::IsNotFound(found.status())) return found.status();
        return runtime::Failure(absl::StatusCode::kFailedPrecondition,
                                common::v1::REFERENCE_NOT_FOUND,
                                absl::StrCat("there is no ", need));
      }
      command->found[need] = std::move(*found);
    }
  }
  return absl::InternalError(absl::StrCat("what ", command->name, " needs has no end"));
}

absl::StatusOr<Outcome> World::Execute(Seat* seat, IssuedCommand issued) {
  PendingCommand command;
  command.call = std::move(issued.call);
  command.call.deadline = absl::InfiniteFuture();
  if (auto refusal = seat->addressing->Address(std::move(issued.request), &command))
    return Outcome{std::move(refusal), {}, {}};
  auto refusal = LookUp(*seat, &command);
  if (!refusal.ok()) return refusal.status();
  if (*refusal) return Outcome{std::move(*refusal), {}, {}};
  runtime::Group group(seat->model.get(), seat->definition.name, runtime::Mutant::kNone);
  absl::Status decided = group.Decide(std::move(command), {now_, now_us(), NewId()});
  if (!decided.ok()) return decided;
  if (group.accepted().empty()) return std::move(group.others().front().outcome);
  runtime::Decided& accepted = group.accepted().front();
  if (absl::Status kept = group.Commit(); !kept.ok()) return kept;
  ++records_;
  unfollowed_.push_back({accepted.position.partition, accepted.position.offset, accepted.record});
  absl::Status added = seat->append->Add(accepted.position.partition, std::move(accepted.record));
  if (!added.ok()) return added;
  return Outcome{std::nullopt, std::move(accepted.after), std::move(accepted.position)};
}

absl::Status World::React(Seat* seat, const Occasion& occasion) {
  const runtime::ModelReader reader = seat->reader();
  auto commands = runtime::CommandsOf(
      occasion, this, absl::InfiniteFuture(),
      [&reader](const log::Position&, std::chrono::steady_clock::time_point,
                absl::Time) -> absl::StatusOr<const domain::Reader*> { return &reader; });
  if (!commands.ok()) return commands.status();
  for (const domain::Commands::Command& command : commands->all()) {
    auto outcome = Execute(seat, runtime::Issue(occasion, command, absl::InfiniteFuture()));
    if (!outcome.ok()) return outcome.status();
    if (!outcome->refusal || runtime::IsDone(*occasion.reaction, *outcome->refusal)) continue;
    ++parked_;
    outcome = Execute(seat, runtime::Park(seat->definition.name, occasion, command.key,
                                          *outcome->refusal, absl::InfiniteFuture()));
    if (!outcome.ok()) return outcome.status();
  }
  return absl::OkStatus();
}

absl::Status World::FollowUp() {
  while (!unfollowed_.empty()) {
    const log::LoggedRecord logged = std::move(unfollowed_.front());
    unfollowed_.pop_front();
    const auto reacting = reactions_.find(logged.record.type());
    if (reacting == reactions_.end()) continue;
    for (const auto& [seat, reaction] : reacting->second) {
      absl::Status reacted = React(seat, {reaction, logged});
      if (!reacted.ok()) return reacted;
    }
  }
  return absl::OkStatus();
}

absl::Status World::Call(const std::string& actor, const Message& request, Message* reply) {
  for (const auto& seat : seats_) {
    const store::Collection* collection = seat->schema.OfCommand(request.GetDescriptor());
    if (collection == nullptr) continue;
    IssuedCommand command{std::unique_ptr<Message>(request.New()), {}};
    command.request->CopyFrom(request);
    command.call.actor = actor;
    auto outcome = Execute(seat.get(), std::move(command));
    if (!outcome.ok()) return outcome.status();
    if (outcome->refusal) return ToStatus(*outcome->refusal);
    const auto& answer = collection->aggregate().FindCommand(request.GetDescriptor())->answer;
    if (answer) {
      answer(*outcome->after.resource, reply);
    } else if (outcome->after.resource != nullptr) {
      reply->CopyFrom(*outcome->after.resource);
    }
    return FollowUp();
  }
  return Read(request, reply);
}

absl::Status World::Read(const Message& request, Message* reply) {
  for (const auto& seat : seats_) {
    for (const domain::Query& query : seat->definition.queries) {
      if (query.request != request.GetDescriptor()) continue;
      const auto refusal = query.answer(request, seat->reader(), reply);
      return refusal ? ToStatus(*refusal) : absl::OkStatus();
    }
  }
  auto found = Get(runtime::StringOf(request, "name"), 0, std::nullopt, absl::InfiniteFuture());
  if (!found.ok()) return found.status();
  reply->CopyFrom(**found);
  return absl::OkStatus();
}

absl::Status World::DoWhatIsDue(Seat* seat) {
  for (seat->timers->Advance(); !seat->due.empty(); seat->timers->Advance()) {
    while (!seat->due.empty()) {
      auto [command, done] = std::move(seat->due.front());
      seat->due.pop_front();
      auto outcome = Execute(seat, std::move(command));
      if (!outcome.ok()) return outcome.status();
      done(std::move(*outcome));
      if (absl::Status followed = FollowUp(); !followed.ok()) return followed;
    }
  }
  return absl::OkStatus();
}

absl::Status World::PassUntil(absl::Time time) {
  for (; next_due_ <= time; next_due_ += kDueEvery) {
    now_ = std::max(now_, next_due_);
    for (const auto& seat : seats_) {
      if (!seat->has_timers) continue;
      if (absl::Status done = DoWhatIsDue(seat.get()); !done.ok()) return done;
    }
  }
  now_ = std::max(now_, time);
  return absl::OkStatus();
}

absl::Status World::End() {
  std::map<std::string, log::GroupProgress> reached;
  for (const auto& seat : seats_) {
    absl::Status ended = seat->append->Finish();
    if (!ended.ok()) return ended;
    for (int partition = 0; partition < options_.partitions; ++partition)
      reached[log::TopicOf(seat->definition.name)][partition] = {
          seat->model->NextOffset(partition), seat->model->FenceOf(partition).epoch()};
  }
  for (const auto& seat : seats_) {
    std::set<std::string> topics;
    for (const domain::Reaction& reaction : seat->definition.reactions)
      topics.insert(
          log::TopicOf(runtime::ServiceOfType(reaction.event->GetDescriptor()->full_name())));
    for (const std::string& topic : topics) {
      absl::Status kept = log_->CommitProgress(log::ReactionGroupOf(seat->definition.name), topic,
                                               reached.at(topic));
      if (!kept.ok()) return kept;
    }
  }
  return absl::OkStatus();
}

}  // namespace leadstream::world
