// How long callers wait when a writer dies, and when all replicas are restarted one after the
// other.
//
//   build/release/tests/takeover --kills 20 --json
//   build/release/tests/takeover --kills 5 --leads 1000000 --partitions 24 --brokers 1
//
// One caller for each partition sends one command after the other, to any replica, with a deadline
// of ten seconds, and within it sends again what was answered UNAVAILABLE or CANCELLED, the codes
// of deploy/service_config.json. What is measured is the longest time between two accepted commands
// of a partition: around the kill of its writer, and over a rolling restart. With --leads the log
// holds so many before, and a replica is begun anew at the end: how many events a second it folds
// until it serves.
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "common/log/partitioner.h"
#include "common/runtime/resource_types.h"
#include "common/server/grpc_peers.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/bench/lead_records.h"
#include "tests/cluster/cluster.h"
#include "tests/crash/inspection.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr int kSkipped = 77;
constexpr char kService[] = "lead";
constexpr absl::Duration kDeadline = absl::Seconds(10);
constexpr size_t kFailuresTold = 3;  // of one caller
constexpr absl::Duration kPace = absl::Milliseconds(5);
constexpr absl::Duration kServingMax = absl::Seconds(60);
constexpr absl::Duration kReactionsMax = absl::Minutes(10);

struct TakeoverOptions {
  int kills = 20, brokers = 3, replicas = 2, partitions = 12, leads = 0;
  bool json = false;
  std::string directory;
};

// Sends commands to one partition.
class Caller {
 public:
  Caller(const Cluster* cluster, int partition, int partitions)
      : cluster_(cluster), random_(static_cast<uint64_t>(partition) + 1) {
    int number = 0;
    do {
      id_ = absl::StrCat("probe-", partition, "-", ++number);
    } while (log::PartitionOf("leads/" + id_, partitions) != partition);
    thread_ = std::thread([this] { Run(); });
  }
  ~Caller() { Stop(); }
  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  // The longest time without an accepted command that ended between these moments.
  absl::Duration LongestPause(absl::Time from, absl::Time to) const {
    absl::MutexLock lock(&mutex_);
    absl::Duration longest;
    for (size_t i = 1; i < accepted_.size(); ++i) {
      if (accepted_[i] >= from && accepted_[i] <= to)
        longest = std::max(longest, accepted_[i] - std::max(from, accepted_[i - 1]));
    }
    return longest;
  }
  size_t accepted() const {
    absl::MutexLock lock(&mutex_);
    return accepted_.size();
  }
  std::vector<std::string> failures() const {
    absl::MutexLock lock(&mutex_);
    return failures_;
  }

 private:
  void Run() {
    lead::v1::CreateLeadRequest create;
    create.set_lead_id(id_);
    create.mutable_lead()->set_topic(id_);
    create.mutable_lead()->set_company("Probe");
    Send(create);
    for (int command = 0; !stopping_; ++command) {
      lead::v1::AssignLeadRequest assign;
      assign.set_name("leads/" + id_);
      assign.set_owner(absl::StrCat("owner ", command));
      Send(assign);
      absl::SleepFor(kPace);
    }
  }

  template <typename Request>
  void Send(Request request) {
    request.set_request_id(absl::StrCat(id_, "-", ++requests_));
    const absl::Time deadline = absl::Now() + kDeadline;
    for (;;) {
      lead::v1::Lead reply;
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(deadline));
      const auto channel = cluster_->Channel(kService, random_());
      const grpc::Status status = server::Call(
          channel.get(), runtime::MethodTaking(request.GetDescriptor()), &context, request, &reply);
      absl::MutexLock lock(&mutex_);
      if (status.ok()) return accepted_.push_back(absl::Now());
      // gRPC cancels what comes in while a server shuts down, before its client has heard of it.
      const bool again = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::CANCELLED;
      if (again && absl::Now() < deadline) continue;
      failures_.push_back(absl::StrCat(id_, ": ", status.error_message()));
      return;
    }
  }

  const Cluster* const cluster_;
  std::string id_;
  std::mt19937_64 random_;
  int requests_ = 0;
  std::atomic<bool> stopping_{false};
  mutable absl::Mutex mutex_;
  std::vector<absl::Time> accepted_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "takeover: %s\n", status.ToString().c_str());
  return absl::IsUnimplemented(status) ? kSkipped : 1;
}

// To what the log held before, which no node has seen until now.
absl::Status AwaitReactions(Cluster* cluster) {
  const std::vector<std::string> unread = AwaitNothing(
      [cluster] { return Unread(cluster->log(), {kService}); }, kReactionsMax, absl::Seconds(1));
  return unread.empty() ? absl::OkStatus() : absl::DeadlineExceededError(unread.front());
}

double Ms(absl::Duration duration) { return absl::ToDoubleMilliseconds(duration); }

int Measure(const TakeoverOptions& options) {
  TemporaryDirectory scratch;
  Cluster::Options small;
  small.directory = options.directory.empty() ? scratch.path() : options.directory;
  small.brokers = options.brokers;
  small.replicas = options.replicas;
  small.network = false;
  small.services = {kService};
  small.partitions = options.partitions;
  if (options.leads > 0) {
    small.fill = [&options](log::EventLog* log) {
      return bench::WriteLeads(log, options.partitions, options.leads);
    };
  }
  Cluster cluster(small);
  absl::Status status = cluster.Start();
  if (status.ok() && options.leads > 0) status = AwaitReactions(&cluster);
  if (!status.ok()) return Fail(status);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int partition = 0; partition < small.partitions; ++partition)
    callers.push_back(std::make_unique<Caller>(&cluster, partition, small.partitions));
  absl::SleepFor(absl::Seconds(5));

  std::vector<absl::Duration> takeovers;
  for (int kill = 0; kill < options.kills; ++kill) {
    Cluster::Node& node = *cluster.nodes()[static_cast<size_t>(kill) % cluster.nodes().size()];
    auto standing = Cluster::StatusOf(node, false);
    if (!standing.ok()) return Fail(standing.status());
    const absl::Time killed = absl::Now();
    status = node.process->Kill();
    absl::SleepFor(absl::Seconds(4));
    if (status.ok()) status = cluster.Start(&node);
    if (status.ok()) status = cluster.WaitUntilServing(kServingMax);
    if (!status.ok()) return Fail(status);
    absl::Duration slowest;
    for (const auto& partition : standing->partitions()) {
      if (!partition.writes()) continue;
      slowest = std::max(slowest, callers[static_cast<size_t>(partition.partition())]->LongestPause(
                                      killed, killed + absl::Seconds(4)));
    }
    std::fprintf(stderr, "kill %d of %s: %.0f ms\n", kill + 1, node.name.c_str(), Ms(slowest));
    takeovers.push_back(slowest);
    absl::SleepFor(absl::Seconds(2));
  }
  std::sort(takeovers.begin(), takeovers.end());
  size_t failed_before = 0;
  for (const auto& caller : callers) failed_before += caller->failures().size();

  const absl::Time rolling = absl::Now();
  for (auto& node : cluster.nodes()) {
    if (node->process->Stop(absl::Seconds(30)) != 0)
      return Fail(absl::InternalError(node->name + " did not stop"));
    status = cluster.Start(node.get());
    if (status.ok()) status = node->process->WaitUntilServing(kServingMax);
    if (!status.ok()) return Fail(status);
    absl::SleepFor(absl::Seconds(1));
  }
  absl::SleepFor(absl::Seconds(2));
  absl::Duration pause;
  size_t failed = 0, accepted = 0;
  for (const auto& caller : callers) {
    pause = std::max(pause, caller->LongestPause(rolling, absl::Now()));
    caller->Stop();
    failed += caller->failures().size();
    accepted += caller->accepted();
    const std::vector<std::string> failures = caller->failures();
    for (size_t i = 0; i < std::min(failures.size(), kFailuresTold); ++i)
      std::fprintf(stderr, "%s\n", failures[i].c_str());
  }
  absl::Duration start_up;
  if (options.leads > 0) {
    Cluster::Node& node = *cluster.nodes().back();
    if (node.process->Stop(absl::Seconds(30)) != 0)
      return Fail(absl::InternalError(node.name + " did not stop"));
    std::filesystem::remove_all(node.model());
    status = cluster.Start(&node);
    if (status.ok()) status = node.process->WaitUntilServing(kServingMax);
    if (!status.ok()) return Fail(status);
    start_up = node.process->start_up();
  }
  const absl::Duration half =
      takeovers.empty() ? absl::ZeroDuration() : takeovers[takeovers.size() / 2];
  const absl::Duration most = takeovers.empty() ? absl::ZeroDuration() : takeovers.back();
  std::printf(
      options.json
          ? "{\"kills\": %zu, \"takeover_p50_ms\": %.0f, \"takeover_max_ms\": %.0f, "
            "\"failed_calls_at_kills\": %zu, \"rolling_restart_longest_pause_ms\": %.0f, "
            "\"rolling_restart_failed_calls\": %zu, \"accepted\": %zu, "
            "\"empty_start_s\": %.1f, \"events_folded_per_s\": %.0f}\n"
          : "%zu kills: takeover p50 %.0f ms, max %.0f ms, %zu calls failed; rolling "
            "restart: longest pause %.0f ms, %zu calls failed; %zu commands accepted; an empty "
            "replica served after %.1f s, %.0f events/s\n",
      takeovers.size(), Ms(half), Ms(most), failed_before, Ms(pause), failed - failed_before,
      accepted, absl::ToDoubleSeconds(start_up),
      options.leads > 0
          ? (options.leads + static_cast<double>(accepted)) / absl::ToDoubleSeconds(start_up)
          : 0);
  return failed == 0 ? 0 : 1;
}

int Main(int argc, char** argv) {
  TakeoverOptions options;
  CLI::App app("How long callers wait when a writer dies, and over a rolling restart.");
  app.add_option("--kills", options.kills)->capture_default_str();
  app.add_option("--brokers", options.brokers)->check(CLI::IsMember({1, 3}))->capture_default_str();
  app.add_option("--replicas", options.replicas)->capture_default_str();
  app.add_option("--partitions", options.partitions)->capture_default_str();
  app.add_option("--leads", options.leads, "in the log before")->capture_default_str();
  app.add_option("--directory", options.directory,
                 "kept, for logs and data; default: none is kept");
  app.add_flag("--json", options.json, "print one JSON object");
  CLI11_PARSE(app, argc, argv);
  return Measure(options);
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::Main(argc, argv); }
