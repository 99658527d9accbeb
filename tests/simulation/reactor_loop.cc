#include "tests/simulation/reactor_loop.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::simulation {
namespace {

constexpr size_t kRecordsMax = 256;
constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

class NodePeers : public runtime::Peers {
 public:
  explicit NodePeers(Node* node) : node_(node) {}
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t revision, const std::optional<log::Position>& after,
      absl::Time) override {
    return node_->AskPeers(name, revision, after);
  }

 private:
  Node* const node_;
};

runtime::ReactorOptions OptionsOf(const std::string& service, const World& world) {
  runtime::ReactorOptions options;
  options.service = service;
  options.mutant = world.mutant;
  return options;
}

}  // namespace

ReactorLoop::ReactorLoop(Node* node, std::string topic)
    : node_(node),
      world_(node->world_),
      topic_(std::move(topic)),
      reactor_(&node->type_.definition.reactions, this, OptionsOf(node->service(), *world_)) {}

SimulatedLog::Group ReactorLoop::group() const {
  return {log::ReactionGroupOf(node_->service()), topic_};
}

void ReactorLoop::OwnsOther() {
  if (reopening_) return;
  reopening_ = true;
  node_->Post(world_->random.Skewed(absl::Microseconds(100), absl::Milliseconds(50)),
              [this] { Reopen(); });
}

void ReactorLoop::Reopen() {
  if (!world_->log.Reachable(node_->name())) {
    node_->Post(kRetryDelay, [this] { Reopen(); });
    return;
  }
  reopening_ = false;
  const log::GroupProgress progress = world_->log.Progress(group());
  log::GroupProgress owned;
  for (int partition = 0; partition < world_->log.Partitions(topic_); ++partition) {
    if (!node_->replica().IsWriter(partition % node_->partitions_)) continue;
    auto at = progress.find(partition);
    owned[partition] = at == progress.end() ? log::Progress() : at->second;
  }
  reactor_.Own(owned);
  Arrived();
}

void ReactorLoop::Arrived() {
  if (reading_) return;
  reading_ = true;
  node_->Post(world_->random.Skewed(absl::Microseconds(200), world_->faults.read_latency_max),
              [this] { Read(); });
}

void ReactorLoop::Read() {
  reading_ = false;
  log::Positions positions = reactor_.next_offsets();
  if (positions.empty() || !world_->log.HasMore(topic_, positions)) return;
  if (!reactor_.hungry() || !world_->log.Reachable(node_->name())) {
    reading_ = true;
    node_->Post(kRetryDelay, [this] { Read(); });
    return;
  }
  if (world_->random.Chance(world_->faults.read_again)) {
    for (auto& [partition, position] : positions)
      position = std::max<int64_t>(0, position - world_->random.Below(4));
  }
  reactor_.Deliver(world_->log.Read(
      topic_, 1 + static_cast<size_t>(world_->random.Below(kRecordsMax)), &positions));
  Arrived();
}

absl::Time ReactorLoop::Advance() { return reactor_.Advance(); }

bool ReactorLoop::settled() {
  // What was kept may have been taken back since, by a node that is slow to die; no harm comes of
  // it.
  return !world_->log.HasMore(topic_, reactor_.next_offsets()) && !reopening_ && reactor_.idle() &&
         reactor_.events_open() == 0 && reactor_.Progress().empty();
}

void ReactorLoop::MakeCommands(std::shared_ptr<const runtime::Occasion> occasion,
                               absl::Time deadline,
                               std::function<void(absl::StatusOr<domain::Commands>)> done) {
  node_->Post(world_->random.Skewed(absl::Microseconds(100), absl::Milliseconds(100)),
              [this, occasion, deadline, done] {
                NodePeers peers(node_);
                done(runtime::CommandsOf(*occasion, &peers, deadline));
              });
}

void ReactorLoop::Execute(runtime::IssuedCommand command,
                          std::function<void(runtime::Outcome)> done) {
  auto issued = std::make_shared<runtime::IssuedCommand>(std::move(command));
  node_->Post(absl::Microseconds(50), [this, issued, done] {
    node_->Execute(std::move(issued->request), std::move(issued->call),
                   [this, done](runtime::Outcome outcome) {
                     node_->Post(absl::Microseconds(50), [done, outcome] { done(outcome); });
                   });
  });
}

void ReactorLoop::CommitProgress(log::GroupProgress progress,
                                 std::function<void(absl::Status)> done) {
  Random& random = world_->random;
  const bool reachable = world_->log.Reachable(node_->name());
  const bool lost = random.Chance(world_->faults.progress_lost);
  const bool kept = reachable && (!lost || random.Chance(0.5));
  // What a node sent before it died is kept all the same, and so late maybe that it takes back what
  // its successor has kept.
  if (kept) {
    world_->scheduler.After(random.Skewed(absl::Microseconds(200), world_->faults.latency_max),
                            [world = world_, group = group(), progress] {
                              for (const auto& [partition, reached] : progress)
                                world->log.Progress(group)[partition] = reached;
                            });
  }
  const bool confirmed = reachable && !lost;
  node_->Post(confirmed ? world_->faults.latency_max : absl::Seconds(1), [done, confirmed] {
    done(confirmed ? absl::OkStatus() : absl::UnavailableError("the progress may not be kept"));
  });
}

void ReactorLoop::Report(int level, const std::string& message) { node_->Report(level, message); }

}  // namespace leadstream::simulation
