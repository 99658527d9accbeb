#include "tests/simulation/simulation.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "common/log/fence.h"
#include "leadstream/common/v1/record.pb.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/node.h"
#include "tests/simulation/world.h"

namespace leadstream::simulation {
namespace {

constexpr int kNodes = 3;
constexpr absl::Duration kLook = absl::Milliseconds(500);
constexpr absl::Duration kSettledAtLast = absl::Seconds(60);
constexpr absl::Duration kQuiet = absl::Seconds(5);
// By then nodes that see the log and not each other agree on who writes, and claim no more.
constexpr absl::Duration kPeaceAtLast = absl::Seconds(10);

class Simulation {
 public:
  explicit Simulation(const Options& options)
      : world_(options.seed, options.mutant, options.verbose),
        clients_(&world_, [this](std::string what) { Wrong(std::move(what)); }) {}

  Result Run();

 private:
  void Wrong(std::string what) {
    world_.scheduler.Say("WRONG", what);
    result_.violations.push_back(std::move(what));
  }
  void Draw();
  void StartNodes();
  void WatchAppends();
  // Does it to some node now and then, until the faults end.
  void Every(absl::Duration mean, std::function<void(Node*)> befall);
  void Befall(Node* node, std::function<void()> what);
  void Restart(Node* node, absl::Duration after);
  void BeginFaults();
  void EndFaults();
  void Divide(const std::string& service);
  void Settle();
  std::string Unsettled();
  int64_t Claims() const;
  void CountClaimsApart();
  void Measure();

  World world_;
  Clients clients_;
  std::vector<std::unique_ptr<Node>> nodes_;
  const absl::Time begin_ = world_.scheduler.now();
  absl::Time faults_end_;
  int callers_ = 3;
  int divisions_ = 0;
  int proposals_ = 0;                                                   // on their way
  std::map<std::string, std::function<void()>> at_next_append_;         // by node
  std::map<std::pair<std::string, std::string>, int64_t> handed_over_;  // by node and partition
  Result result_;
};

void Simulation::Draw() {
  Random& random = world_.random;
  const bool apart = random.Chance(0.04);
  world_.faults = apart ? Faults::NodesApart() : Faults::Draw(&random);
  static const auto* const kAll = new std::vector<std::string>{"quoting", "ordering", "billing"};
  const int services = random.Chance(0.5) ? 1 : random.Chance(0.4) ? 2 : 3;
  world_.services.assign(kAll->begin(), kAll->begin() + services);
  callers_ = 2 + random.Below(5);
  faults_end_ = world_.scheduler.now() +
                (apart ? absl::Seconds(60) : random.Between(absl::Seconds(6), absl::Seconds(20)));
}

void Simulation::StartNodes() {
  for (const std::string& service : world_.services)
    world_.log.CreateTopic(log::TopicOf(service), 1 + world_.random.Below(3));
  for (const std::string& service : world_.services) {
    for (int number = 1; number <= kNodes; ++number) {
      nodes_.push_back(std::make_unique<Node>(&world_, service, number));
      world_.nodes[service].push_back(nodes_.back().get());
    }
  }
  world_.log.OnArrival([this](const std::string& topic) {
    for (auto& node : nodes_) node->Arrived(topic);
  });
  WatchAppends();
  world_.joined = [this](const std::string& service) { Divide(service); };
  for (auto& node : nodes_) {
    world_.scheduler.After(world_.random.Skewed(absl::ZeroDuration(), absl::Seconds(2)),
                           [raw = node.get()] { raw->Start(); });
  }
}

// Who has handed a partition over appends nothing to it any more.
void Simulation::WatchAppends() {
  world_.log.OnAppend([this](const std::string& node, const std::string& topic, int partition,
                             const log::Record& record) {
    bool late = false;
    if (auto befall = at_next_append_.extract(node)) {
      world_.scheduler.After(world_.random.Skewed(absl::ZeroDuration(), world_.faults.latency_max),
                             std::move(befall.mapped()));
      late = world_.random.Chance(0.5);
    }
    const auto key = std::make_pair(node, absl::StrCat(topic, "/", partition));
    if (log::Fence::IsClaim(record)) {
      common::v1::PartitionClaimed claimed;
      claimed.ParseFromString(record.data());
      if (claimed.node() != node) handed_over_[key] = record.epoch();
    } else if (log::Fence::IsEvent(record) && handed_over_.contains(key) &&
               record.epoch() < handed_over_[key]) {
      Wrong(absl::StrCat(node, " appends to ", key.second, ", which it has handed over"));
    }
    return late;
  });
}

void Simulation::Every(absl::Duration mean, std::function<void(Node*)> befall) {
  if (mean == absl::InfiniteDuration()) return;
  const absl::Duration wait = world_.random.Between(mean / 4, mean * 7 / 4);
  world_.scheduler.After(wait, [this, mean, befall] {
    if (world_.scheduler.now() >= faults_end_) return;
    befall(world_.random.Of(world_.AllNodes()));
    Every(mean, befall);
  });
}

// When it has ended, if it has not yet.
void Simulation::Restart(Node* node, absl::Duration after) {
  world_.scheduler.After(after, [this, node] {
    if (!node->running()) return node->Start();
    if (node->draining()) Restart(node, absl::Milliseconds(500));
  });
}

// At once, or when it has just appended something.
void Simulation::Befall(Node* node, std::function<void()> what) {
  if (world_.random.Chance(0.5)) return what();
  at_next_append_[node->name()] = [this, what] {
    if (world_.scheduler.now() < faults_end_) what();
  };
}

void Simulation::BeginFaults() {
  Random& random = world_.random;
  const Faults& faults = world_.faults;
  auto until = [this](absl::Duration span) {
    return std::min(world_.scheduler.now() + span, faults_end_);
  };
  Every(faults.crash, [this, &random](Node* node) {
    Befall(node, [this, &random, node] {
      node->Crash();
      Restart(node, random.Skewed(absl::Milliseconds(1), absl::Seconds(6)));
    });
  });
  Every(faults.pause, [this, &random](Node* node) {
    Befall(node, [&random, node] {
      node->Pause(random.Skewed(absl::Milliseconds(20), absl::Seconds(12)));
    });
  });
  Every(faults.drain, [this, &random](Node* node) {
    node->Drain(random.Between(absl::Milliseconds(500), absl::Seconds(5)));
    Restart(node, random.Between(absl::Milliseconds(500), absl::Seconds(8)));
  });
  Every(faults.cut, [this, &random, until](Node* node) {
    const absl::Time end = until(random.Skewed(absl::Milliseconds(100), absl::Seconds(8)));
    const bool from_all = random.Chance(0.5);
    world_.scheduler.Say(node->name(), "is cut off from others");
    for (Node* other : world_.AllNodes()) {
      if (from_all || random.Chance(0.5)) world_.Cut(node->name(), other->name(), end);
    }
  });
  Every(faults.log_cut, [this, &random, until](Node* node) {
    const absl::Time end = until(random.Skewed(absl::Milliseconds(50), absl::Seconds(6)));
    const bool all = random.Chance(0.3);
    for (Node* one : world_.AllNodes()) {
      if (!all && one != node) continue;
      world_.scheduler.Say(one->name(), "is cut off from the log");
      world_.log.Cut(one->name(), end);
    }
  });
  Every(faults.disk, [&random](Node* node) {
    node->BreakDisk(random.Skewed(absl::Milliseconds(50), absl::Seconds(4)));
  });
  Every(faults.clock_jump, [&random](Node* node) {
    node->JumpClock(random.Between(absl::Seconds(-2), absl::Seconds(2)));
  });
  Every(faults.divide, [this](Node* node) { Divide(node->service()); });
}

// Each partition is proposed to one node; while there are faults to none, to one or to several.
void Simulation::Divide(const std::string& service) {
  Random& random = world_.random;
  const auto& nodes = world_.nodes[service];
  std::map<Node*, std::vector<int>> shares;
  const int first = random.Below(kNodes);
  for (int partition = 0; partition < world_.log.Partitions(log::TopicOf(service)); ++partition) {
    if (world_.scheduler.now() >= faults_end_) {
      shares[nodes[static_cast<size_t>((first + partition) % kNodes)]].push_back(partition);
      continue;
    }
    for (Node* node : nodes) {
      if (random.Chance(0.4)) shares[node].push_back(partition);
    }
  }
  ++divisions_;
  for (Node* node : nodes) {
    ++proposals_;
    world_.scheduler.After(random.Skewed(absl::Milliseconds(1), absl::Seconds(3)),
                           [this, node, share = shares[node], division = divisions_] {
                             --proposals_;
                             node->Propose(share, division);
                           });
  }
}

void Simulation::EndFaults() {
  const bool apart = world_.faults.nodes_apart;
  Faults& faults = world_.faults;
  if (apart) CountClaimsApart();
  const Faults calm;
  faults.append_lost = faults.append_late = faults.report_lost = faults.report_late = 0;
  faults.reply_lost = faults.report_twice = faults.read_again = faults.read_late = faults.end_late =
      faults.progress_lost = 0;
  faults.latency_max = calm.latency_max;
  faults.read_latency_max = calm.read_latency_max;
  faults.nodes_apart = false;
  world_.scheduler.Say("", "---- no more faults ----");
  for (const std::string& service : world_.services) Divide(service);
}

int64_t Simulation::Claims() const {
  int64_t claims = 0;
  for (const std::string& service : world_.services) {
    const std::string topic = log::TopicOf(service);
    for (int partition = 0; partition < world_.log.Partitions(topic); ++partition) {
      for (const auto& entry : world_.log.Entries(topic, partition))
        claims += log::Fence::IsClaim(entry.record);
    }
  }
  return claims;
}

void Simulation::CountClaimsApart() {
  for (const std::string& service : world_.services) {
    const std::string topic = log::TopicOf(service);
    for (int partition = 0; partition < world_.log.Partitions(topic); ++partition) {
      int claims = 0;
      for (const auto& entry : world_.log.Entries(topic, partition))
        claims += log::Fence::IsClaim(entry.record) && entry.arrived > begin_ + kPeaceAtLast;
      if (claims > 0)
        Wrong(absl::StrCat("nodes that do not reach each other claim ", topic, "/", partition, " ",
                           claims, " times though it has a writer"));
    }
  }
}

std::string Simulation::Unsettled() {
  if (!clients_.done()) return "callers wait";
  if (proposals_ > 0) return "proposals are on their way";
  if (world_.log.in_flight() > 0) return "records are on their way to the log";
  for (auto& node : nodes_) {
    if (node->paused()) return absl::StrCat(node->name(), " is paused");
    if (std::string why = node->Unsettled(); !why.empty()) return why;
  }
  for (const std::string& service : world_.services) {
    for (int partition = 0; partition < world_.log.Partitions(log::TopicOf(service)); ++partition) {
      const auto writers =
          std::count_if(world_.nodes[service].begin(), world_.nodes[service].end(),
                        [&](Node* node) { return node->replica().IsWriter(partition); });
      if (writers != 1) return absl::StrCat(service, "/", partition, " has ", writers, " writers");
    }
  }
  return "";
}

void Simulation::Settle() {
  Scheduler& scheduler = world_.scheduler;
  const absl::Time begin = scheduler.now();
  std::string why;
  int64_t claims = 0;
  // For as long as a claim may be under way that a proposal has asked for: until it is given up,
  // and made once more.
  for (absl::Duration settled;
       settled <= world_.faults.append_timeout && scheduler.now() - begin < kSettledAtLast;) {
    claims = Claims();
    scheduler.RunUntil(scheduler.now() + kLook);
    why = Unsettled();
    settled = why.empty() && Claims() == claims ? settled + kLook : absl::ZeroDuration();
  }
  result_.seconds_to_settle = absl::ToDoubleSeconds(scheduler.now() - begin);
  if (!why.empty())
    return Wrong(absl::StrCat("not settled in ", absl::FormatDuration(kSettledAtLast), ": ", why));
  scheduler.Say("", "---- settled ----");
  scheduler.RunUntil(scheduler.now() + kQuiet);
  if (Claims() != claims) Wrong("claims go on when everything is settled");
  if (why = Unsettled(); !why.empty()) Wrong(absl::StrCat("settled, and then: ", why));
}

void Simulation::Measure() {
  result_.events_run = world_.scheduler.events_run();
  result_.claims = Claims();
  result_.seconds_simulated = absl::ToDoubleSeconds(world_.scheduler.elapsed());
  std::string all;
  for (const std::string& service : world_.services) {
    const std::string topic = log::TopicOf(service);
    for (int partition = 0; partition < world_.log.Partitions(topic); ++partition) {
      result_.records += world_.log.End(topic, partition);
      for (const auto& entry : world_.log.Entries(topic, partition))
        absl::StrAppend(&all, entry.record.id(), absl::FormatTime(entry.arrived));
    }
    result_.events_counted += static_cast<int64_t>(EventsThatCount(world_, service).size());
  }
  result_.digest = std::hash<std::string>()(all);
  for (const auto& call : clients_.calls()) {
    ++result_.calls;
    result_.accepted += std::any_of(call->attempts.begin(), call->attempts.end(),
                                    [](const Attempt& attempt) { return attempt.accepted(); });
  }
}

Result Simulation::Run() {
  Draw();
  StartNodes();
  clients_.Start(callers_, faults_end_ + absl::Seconds(2));
  BeginFaults();
  world_.scheduler.RunUntil(faults_end_);
  EndFaults();
  Settle();
  for (std::string& violation : Violations(&world_, clients_)) Wrong(std::move(violation));
  Measure();
  return std::move(result_);
}

}  // namespace

Result Simulate(const Options& options) { return Simulation(options).Run(); }

}  // namespace leadstream::simulation
