#include "tests/simulation/node.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/domain/check.h"
#include "common/log/position.h"
#include "common/runtime/resource_types.h"
#include "tests/simulation/reactor_loop.h"
#include "tests/simulation/timer_loop.h"

namespace leadstream::simulation {
namespace {

constexpr absl::Duration kPingInterval = absl::Milliseconds(200);
constexpr int kBatchRecordsMax = 64;

}  // namespace

Node::Life::~Life() = default;

Node::Node(World* world, std::string service, int number)
    : world_(world),
      service_(std::move(service)),
      name_(absl::StrCat(service_, "-", number)),
      topic_(log::TopicOf(service_)),
      type_(TypeOf(service_)),
      partitions_(world->log.Partitions(topic_)),
      addressing_(&type_.schema, partitions_, [world] { return world->NewId(); }),
      skew_(world->random.Between(-world->faults.clock_skew_max, world->faults.clock_skew_max)) {}

Node::~Node() = default;

bool Node::draining() const { return life_ != nullptr && life_->draining; }

// ---- lives -------------------------------------------------------------------------------------

void Node::Start() {
  if (life_ != nullptr) return;
  ++life_number_;
  life_ = std::make_unique<Life>();
  life_->self = {name_, world_->NewId(), name_};
  store::ReadModelOptions model;
  model.directory = "/model";
  model.partitions = partitions_;
  model.flush_interval = absl::InfiniteDuration();
  model.env = disk_.env();
  model.fault = [this] { return disk_.Fault(); };
  model.every_record_counts = world_->mutant == runtime::Mutant::kSkipEpochCheck;
  auto opened = store::ReadModel::Open(model, &type_.schema);
  domain::Check(opened.ok(), opened.status().ToString());
  life_->model = std::move(*opened);
  life_->producer = world_->log.NewProducer(name_);
  runtime::ReplicaOptions options;
  options.service = service_;
  options.self = life_->self;
  options.group_records_max = world_->random.Chance(0.3) ? 2 : 1'024;
  options.mutant = world_->mutant;
  runtime::ReplicaHost* host = this;
  life_->replica = std::make_unique<runtime::Replica>(life_->model.get(), host, options);
  std::set<std::string> topics;
  for (const domain::Reaction& reaction : type_.definition.reactions) {
    const std::string other = runtime::ServiceOfType(reaction.event->GetDescriptor()->full_name());
    if (world_->nodes.contains(other)) topics.insert(log::TopicOf(other));
  }
  for (const std::string& topic : topics)
    life_->reactors.push_back(std::make_unique<ReactorLoop>(this, topic));
  life_->timers = std::make_unique<TimerLoop>(this);
  world_->scheduler.Say(name_, absl::StrCat("starts as ", life_->self.incarnation));
  FindStartEnds();
  FromAnew();
  Ping();
  FlushNowAndThen();
  life_->timers->Start();
  Post(absl::ZeroDuration(), [] {});
  world_->joined(service_);
}

void Node::EndLife() {
  life_.reset();
  ++life_number_;
  backlog_.clear();
}

void Node::Crash() {
  if (life_ == nullptr) return;
  world_->scheduler.Say(name_, "crashes");
  EndLife();
}

void Node::Pause(absl::Duration span) {
  if (life_ == nullptr || paused_) return;
  world_->scheduler.Say(name_, absl::StrCat("is paused for ", absl::FormatDuration(span)));
  paused_ = true;
  world_->scheduler.After(span, [this] {
    paused_ = false;
    world_->scheduler.Say(name_, "goes on");
    // What waited for different threads of the process is taken in any order.
    for (auto& [life, what] : std::exchange(backlog_, {})) {
      world_->scheduler.After(world_->random.Skewed(absl::Microseconds(1), absl::Milliseconds(2)),
                              [this, life = life, what = std::move(what)] { Deliver(life, what); });
    }
  });
}

void Node::Drain(absl::Duration at_most) {
  if (life_ == nullptr || life_->draining) return;
  world_->scheduler.Say(name_, "drains");
  life_->draining = life_->stopping = true;
  Post(absl::Milliseconds(1), [this, at_most] {
    for (auto& reactor : life_->reactors) reactor->Stop();
    DrainReplica(Now() + at_most);
  });
}

void Node::DrainReplica(absl::Time deadline) {
  const bool idle = std::all_of(life_->reactors.begin(), life_->reactors.end(),
                                [](const auto& reactor) { return reactor->idle(); });
  if (!idle && Now() < deadline) {
    Post(absl::Milliseconds(20), [this, deadline] { DrainReplica(deadline); });
    return;
  }
  life_->replica->Drain(deadline, [this] {
    Post(absl::ZeroDuration(), [this] {
      life_->model->Flush().IgnoreError();
      world_->scheduler.Say(name_, "has drained");
      world_->scheduler.After(absl::ZeroDuration(), [this, life = life_number_] {
        if (life_number_ == life) EndLife();
      });
    });
  });
}

void Node::BreakDisk(absl::Duration span) {
  if (life_ == nullptr || disk_.broken()) return;
  world_->scheduler.Say(name_, "cannot write its disk");
  disk_.Break(true);
  world_->scheduler.After(span, [this] {
    world_->scheduler.Say(name_, "can write its disk again");
    disk_.Break(false);
  });
}

void Node::FlushNowAndThen() {
  Post(world_->random.Between(absl::Seconds(1), absl::Seconds(10)), [this] {
    if (!disk_.broken()) life_->model->Flush().IgnoreError();
    FlushNowAndThen();
  });
}

// ---- events ------------------------------------------------------------------------------------

void Node::Post(absl::Duration delay, std::function<void()> what) {
  world_->scheduler.After(
      delay, [this, life = life_number_, what = std::move(what)] { Deliver(life, what); });
}

void Node::Deliver(int64_t life, std::function<void()> what) {
  if (life_ == nullptr || life != life_number_) return;
  if (paused_) {
    backlog_.emplace_back(life, std::move(what));
    return;
  }
  what();
  Advance();
}

void Node::Receive(std::function<void()> what, std::function<void()> refused) {
  if (life_ == nullptr) return refused();
  Deliver(life_number_, std::move(what));
}

void Node::Advance() {
  absl::Time next = life_->replica->Advance();
  PauseAndResume();
  std::set<int> writes;
  for (int partition = 0; partition < partitions_; ++partition) {
    if (life_->replica->IsWriter(partition)) writes.insert(partition);
  }
  if (writes != life_->writes) {
    life_->writes = std::move(writes);
    for (auto& reactor : life_->reactors) reactor->OwnsOther();
  }
  for (auto& reactor : life_->reactors) next = std::min(next, reactor->Advance());
  const absl::Time tick = std::max(next - skew_, world_->scheduler.now() + absl::Microseconds(100));
  if (life_->tick <= tick && life_->tick > world_->scheduler.now()) return;
  life_->tick = tick;
  Post(tick - world_->scheduler.now(), [] {});
}

void Node::Propose(std::vector<int> share, int division) {
  auto propose = [this, share, division] {
    if (division < life_->division) return;
    life_->division = division;
    life_->replica->Propose(share);
  };
  Receive(propose, [] {});
}

void Node::Heard(const log::NodeIdentity& peer, bool ready) { life_->replica->Heard(peer, ready); }

// As often as the server does.
void Node::Ping() {
  std::set<std::string> addresses;
  for (int partition = 0; partition < partitions_; ++partition)
    addresses.insert(life_->model->FenceOf(partition).writer().address);
  for (const log::NodeIdentity& peer : life_->replica->Peers()) addresses.insert(peer.address);
  addresses.erase(name_);
  addresses.erase("");
  for (const std::string& address : addresses) {
    Node* peer = world_->FindNode(address);
    if (!world_->Connected(name_, address)) continue;
    const bool ready = life_->replica->caught_up() && !life_->stopping;
    const absl::Time deadline = world_->scheduler.now() + kPingInterval * 3;
    world_->scheduler.After(
        world_->random.Skewed(absl::Microseconds(100), kNetworkDelayMax),
        [this, peer, deadline, ready, self = life_->self, life = life_number_] {
          peer->Receive(
              [this, peer, deadline, ready, self, life] {
                peer->Heard(self, ready);
                const bool peer_ready = peer->life_->replica->caught_up() && !peer->life_->stopping;
                world_->scheduler.After(
                    world_->random.Skewed(absl::Microseconds(100), kNetworkDelayMax),
                    [this, life, deadline, peer_ready, identity = peer->life_->self] {
                      if (world_->scheduler.now() > deadline ||
                          !world_->Connected(name_, identity.node))
                        return;
                      Deliver(life, [this, identity, peer_ready] { Heard(identity, peer_ready); });
                    });
              },
              [] {});
        });
  }
  Post(kPingInterval, [this] { Ping(); });
}

// ---- following ---------------------------------------------------------------------------------

void Node::FindStartEnds() {
  Post(world_->random.Skewed(absl::Milliseconds(1), kRetryDelay), [this] {
    if (!world_->log.Reachable(name_)) return FindStartEnds();
    log::Positions ends;
    for (int partition = 0; partition < partitions_; ++partition)
      ends[partition] = world_->log.End(topic_, partition);
    Post(world_->random.Skewed(absl::Microseconds(100), world_->faults.latency_max),
         [this, ends] { life_->replica->Start(ends); });
  });
}

void Node::FromAnew() {
  life_->cursor.clear();
  PauseAndResume();
}

void Node::Arrived(const std::string& topic) {
  if (life_ == nullptr) return;
  for (auto& reactor : life_->reactors) {
    if (reactor->topic() == topic) reactor->Arrived();
  }
  if (topic != topic_ || life_->reading) return;
  life_->reading = true;
  absl::Duration wait =
      world_->random.Skewed(absl::Microseconds(200), world_->faults.read_latency_max);
  if (world_->random.Chance(world_->faults.read_late))
    wait += world_->random.Between(absl::ZeroDuration(), absl::Seconds(2));
  Post(wait, [this] { Read(); });
}

void Node::Read() {
  if (!world_->log.HasMore(topic_, life_->cursor)) {
    life_->reading = false;
    return HasRead();
  }
  if (!world_->log.Reachable(name_)) return Post(kRetryDelay, [this] { Read(); });
  if (world_->random.Chance(world_->faults.read_again)) {
    for (auto& [partition, position] : life_->cursor)
      position = std::max<int64_t>(0, position - world_->random.Below(4));
  }
  auto batch = std::make_shared<std::vector<log::LoggedRecord>>(world_->log.Read(
      topic_, 1 + static_cast<size_t>(world_->random.Below(kBatchRecordsMax)), &life_->cursor));
  // Read, and waiting for the replica's thread.
  Post(world_->random.Skewed(absl::Microseconds(10), absl::Milliseconds(100)), [this, batch] {
    life_->replica->Fold(std::move(*batch));
    life_->reading = false;
    HasRead();
    Arrived(topic_);
  });
}

void Node::HasRead() {
  for (auto& what : std::exchange(life_->after_read, {})) what();
}

// A partition that the node writes it reads only when there is something else in it.
void Node::PauseAndResume() {
  for (int partition = 0; partition < partitions_; ++partition) {
    const bool wanted = life_->replica->WantsToRead(partition);
    if (!wanted) {
      life_->cursor.erase(partition);
    } else if (!life_->cursor.contains(partition)) {
      life_->cursor[partition] = life_->model->NextOffset(partition);
      Arrived(topic_);
    }
  }
}

std::string Node::Unsettled() {
  if (life_ == nullptr) return absl::StrCat(name_, " does not run");
  if (!life_->replica->serving()) return absl::StrCat(name_, " does not serve");
  if (life_->replica->commands_waiting() > 0) return absl::StrCat(name_, " has commands waiting");
  for (int partition = 0; partition < partitions_; ++partition) {
    if (life_->model->NextOffset(partition) != world_->log.End(topic_, partition))
      return absl::StrCat(name_, " has not folded ", topic_, "/", partition);
    if (life_->replica->IsWriter(partition) && !life_->replica->MayDecide(partition))
      return absl::StrCat(name_, " is the writer of ", partition, " and decides nothing");
  }
  if (std::string due = life_->timers->Unsettled(); !due.empty())
    return absl::StrCat(name_, ": ", due);
  for (auto& reactor : life_->reactors) {
    if (!reactor->settled())
      return absl::StrCat(name_, " has not reacted to all of ", reactor->topic());
  }
  return "";
}

}  // namespace leadstream::simulation
