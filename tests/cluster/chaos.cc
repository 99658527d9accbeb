// Faults, round after round, while callers go on: what was answered is there, once, and all
// replicas agree.
//
//   build/release/tests/chaos --rounds 100 --json
//
// A round is one fault: a node killed, paused past every time-out, cut off from everybody or from
// its replica alone, a broker killed, or all nodes restarted one after the other. The seed fixes
// which, for how long, and what the callers do, though not how the machine interleaves it.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <random>

#include "cli/parallel.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/load.h"
#include "tests/crash/inspection.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr int kSkipped = 77;
constexpr int kLongRounds = 20;
constexpr absl::Duration kServingMax = absl::Seconds(60);
constexpr absl::Duration kSettledMax = absl::Seconds(120);

struct ChaosOptions {
  int rounds = 100, brokers = 3, replicas = 2, offices = 8, rate = 500;
  uint64_t seed = 0;
  bool json = false;
  std::string directory;
  std::vector<std::string> faults;
};

class Chaos {
 public:
  explicit Chaos(const ChaosOptions& options)
      : options_(options),
        random_(options.seed),
        directory_(options.directory.empty() ? scratch_.path() : options.directory),
        cluster_(OptionsOf(options, directory_)) {}

  int Run() {
    absl::Status status = cluster_.Start();
    if (absl::IsUnimplemented(status)) {
      std::fprintf(stderr, "SKIPPED: chaos, because %s\n", std::string(status.message()).c_str());
      return kSkipped;
    }
    if (!status.ok()) return Fail({status.ToString()});
    Say("the cluster serves");
    began_ = absl::Now();
    load_ =
        std::make_unique<ClusterLoad>(&cluster_, options_.offices, options_.rate, options_.seed);
    absl::SleepFor(absl::Seconds(2));
    for (int round = 1; round <= options_.rounds; ++round) {
      status = Round(round);
      if (!status.ok()) return Fail({absl::StrCat("round ", round, ": ", status.ToString())});
      absl::SleepFor(Between(0.3, 1.5));
    }
    load_->Stop();
    loaded_ = absl::Now() - began_;
    return Judge();
  }

 private:
  static Cluster::Options OptionsOf(const ChaosOptions& asked, const std::string& directory) {
    Cluster::Options options;
    options.directory = directory;
    options.brokers = asked.brokers;
    options.replicas = asked.replicas;
    options.lasts = asked.rounds >= kLongRounds;
    return options;
  }
  void Say(const std::string& what) {
    std::fprintf(stderr, "%6.1f s  %s\n", absl::ToDoubleSeconds(absl::Now() - started_),
                 what.c_str());
  }
  absl::Duration Between(double least, double most) {
    return absl::Seconds(std::uniform_real_distribution<double>(least, most)(random_));
  }
  Cluster::Node& AnyNode() { return *cluster_.nodes()[random_() % cluster_.nodes().size()]; }
  Cluster::Node& ReplicaOf(const Cluster::Node& node) {
    for (auto& other : cluster_.nodes()) {
      if (other->service == node.service && other->name != node.name) return *other;
    }
    return *cluster_.nodes().front();
  }

  absl::Status Round(int round) {
    std::vector<std::string> faults = options_.faults;
    if (faults.empty()) {
      faults = {"kill", "kill", "kill-two", "pause", "pause", "roll"};
      if (options_.brokers > 1) faults.push_back("broker");
      if (cluster_.network() != nullptr) faults.insert(faults.end(), {"cut", "part"});
    }
    const std::string fault = faults[random_() % faults.size()];
    ++counts_[fault];
    Cluster::Node& node = AnyNode();
    const size_t answered = load_->client().answered_count();
    const absl::Time began = absl::Now();
    absl::Status status = Inflict(fault, node);
    Say(absl::StrCat(
        "round ", round, ": ", fault, " ", node.name, ", ",
        load_->client().answered_count() - answered, " answered in ",
        absl::FormatDuration(absl::Trunc(absl::Now() - began, absl::Milliseconds(1)))));
    return status;
  }

  absl::Status Inflict(const std::string& fault, Cluster::Node& node) {
    absl::Status status;
    if (fault == "kill" || fault == "kill-two") {
      Cluster::Node& other = AnyNode();
      const bool two = fault == "kill-two" && &other != &node;
      status = node.process->Kill();
      if (two && status.ok()) status = other.process->Kill();
      absl::SleepFor(Between(0, 3));
      if (status.ok()) status = cluster_.Start(&node);
      if (two && status.ok()) status = cluster_.Start(&other);
      if (status.ok()) status = cluster_.WaitUntilServing(kServingMax);
    } else if (fault == "pause") {
      status = node.process->Pause();
      absl::SleepFor(Between(0.5, 9));
      if (status.ok()) status = node.process->Resume();
    } else if (fault == "broker") {
      const std::string broker =
          absl::StrCat(1 + random_() % static_cast<uint64_t>(options_.brokers));
      cluster_.brokers().Do("kill " + broker);
      absl::SleepFor(Between(0.5, 5));
      cluster_.brokers().Do("revive " + broker);
    } else if (fault == "cut") {
      cluster_.network()->Cut(node.host);
      absl::SleepFor(Between(0.5, 9));
      cluster_.network()->Join(node.host);
    } else if (fault == "part") {
      Cluster::Node& replica = ReplicaOf(node);
      cluster_.network()->Part(node.host, replica.host);
      absl::SleepFor(Between(1, 8));
      cluster_.network()->Meet(node.host, replica.host);
    } else if (fault == "roll") {
      for (auto& each : cluster_.nodes()) {
        const int code = each->process->Stop(absl::Seconds(30));
        if (code != 0) return absl::InternalError(absl::StrCat(each->name, " stopped with ", code));
        status = cluster_.Start(each.get());
        if (status.ok()) status = each->process->WaitUntilServing(kServingMax);
        if (!status.ok()) return status;
      }
    } else if (fault == "none") {
      absl::SleepFor(absl::Seconds(10));
    } else {
      status = absl::InvalidArgumentError(absl::StrCat("there is no fault ", fault));
    }
    return status;
  }

  // All is healed; what is owed?
  int Judge() {
    Say("the callers have stopped; asking for every answer again");
    StubbornClient& client = load_->client();
    const std::vector<Answered> answered = client.answered();
    cli::EachInParallel(answered.size(), 16, [&](size_t i) { client.AskAgain(answered[i]); });
    std::vector<std::string> problems = client.problems();
    auto add = [&problems](std::vector<std::string> more) {
      problems.insert(problems.end(), more.begin(), more.end());
    };
    add(load_->failures());

    Say("waiting until all that follows has happened, and all replicas have it");
    add(AwaitNothing(
        [this] {
          std::vector<std::string> open = Unread(cluster_.log());
          return open.empty() ? cluster_.Unfolded() : open;
        },
        kSettledMax, absl::Milliseconds(200)));

    Say("reading the log against the answers");
    auto inspection = Inspection::Open(cluster_.log(), directory_ + "/rebuilt", options_.seed);
    if (!inspection.ok()) return Fail({inspection.status().ToString()});
    add((*inspection)->LogIsSound());
    add((*inspection)->AnswersHold(answered, client.refused()));
    add((*inspection)->NothingIsDoubled());
    add((*inspection)->ReactionsAreFinished());
    add((*inspection)->NumbersAreGapless());
    for (const auto& node : cluster_.nodes()) {
      auto status = Cluster::StatusOf(*node, true);
      if (!status.ok()) {
        add({status.status().ToString()});
      } else if (status->fingerprint() != (*inspection)->FingerprintOf(node->service)) {
        add({absl::StrCat("the read model of ", node->name, " is not what the log says")});
      }
    }
    absl::Status stopped = cluster_.Stop();
    if (!stopped.ok()) add({stopped.ToString()});
    Report(**inspection, answered.size(), problems.size());
    return problems.empty() ? 0 : Fail(problems);
  }

  void Report(const Inspection& inspection, size_t answered, size_t problems) {
    const double seconds = absl::ToDoubleSeconds(loaded_);
    const std::string faults =
        absl::StrJoin(counts_, ", ", [](std::string* out, const auto& count) {
          absl::StrAppend(out, "\"", count.first, "\": ", count.second);
        });
    const StubbornClient& client = load_->client();
    if (options_.json) {
      std::printf(
          "{\"seed\": %llu, \"rounds\": %d, \"faults\": {%s}, \"seconds\": %.1f, \"commands\": "
          "%zu, \"commands_per_second\": %.0f, \"retried\": %zu, \"asked_again\": %zu, "
          "\"refused\": "
          "%zu, \"sales\": %d, \"events\": %zu, \"claims\": %zu, \"fenced_records\": %zu, "
          "\"invoices\": %zu, \"credit_notes\": %zu, \"problems\": %zu}\n",
          static_cast<unsigned long long>(options_.seed), options_.rounds, faults.c_str(), seconds,
          answered, static_cast<double>(answered) / seconds, client.retried(), client.asked_again(),
          client.refused().size(), load_->sales(), inspection.events(), inspection.claims(),
          inspection.fenced(), inspection.invoices(), inspection.credit_notes(), problems);
      return;
    }
    std::printf(
        "%d rounds (%s) in %.0f s, seed %llu: %zu commands answered, %.0f a second, %zu retried, "
        "%zu asked again, %zu refused; %d sales; %zu events, %zu claims, %zu records fenced off, "
        "%zu invoices, %zu credit notes; %zu problems\n",
        options_.rounds, faults.c_str(), seconds, static_cast<unsigned long long>(options_.seed),
        answered, static_cast<double>(answered) / seconds, client.retried(), client.asked_again(),
        client.refused().size(), load_->sales(), inspection.events(), inspection.claims(),
        inspection.fenced(), inspection.invoices(), inspection.credit_notes(), problems);
  }

  int Fail(const std::vector<std::string>& problems) {
    std::fprintf(stderr, "FAILED, seed %llu; %zu problems, the first of them:\n",
                 static_cast<unsigned long long>(options_.seed), problems.size());
    for (size_t i = 0; i < std::min<size_t>(problems.size(), 10); ++i)
      std::fprintf(stderr, "  %s\n", problems[i].c_str());
    return 1;
  }

  const ChaosOptions options_;
  const absl::Time started_ = absl::Now();
  std::mt19937_64 random_;
  TemporaryDirectory scratch_;
  const std::string directory_;
  Cluster cluster_;
  std::unique_ptr<ClusterLoad> load_;
  std::map<std::string, int> counts_;
  absl::Time began_;
  absl::Duration loaded_;
};

int Main(int argc, char** argv) {
  ChaosOptions options;
  CLI::App app("Faults against a real cluster, and what became of every answer.");
  app.add_option("--rounds", options.rounds, "how many faults")->capture_default_str();
  app.add_option("--brokers", options.brokers)->check(CLI::IsMember({1, 3}))->capture_default_str();
  app.add_option("--replicas", options.replicas, "of each service")->capture_default_str();
  app.add_option("--offices", options.offices, "that sell from lead to payment")
      ->capture_default_str();
  app.add_option("--rate", options.rate, "further commands a second")->capture_default_str();
  app.add_option("--seed", options.seed, "0: a random one");
  app.add_option("--faults", options.faults,
                 "only these: kill kill-two pause broker cut part roll none");
  app.add_option("--directory", options.directory,
                 "kept, for logs and data; default: none is kept");
  app.add_flag("--json", options.json, "print one JSON object");
  CLI11_PARSE(app, argc, argv);
  if (options.seed == 0) options.seed = std::random_device()();
  return Chaos(options).Run();
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::Main(argc, argv); }
