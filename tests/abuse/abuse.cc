// What an honest caller notices of others who mean harm, and what becomes of the server.
//
//   build/release/tests/abuse --json
//   build/release/tests/abuse --only pings --seconds 20
//   build/release/tests/abuse --edge tests/deploy/edge.py     # as strangers come: deploy/edge
//
// The honest caller makes calls at a steady rate, each late from the moment it was due: first
// alone, then beside one abuse after the other. Abuses come from another address, as from another
// machine; since it is the same one, their threads run at the lowest priority, and all of it yields
// to the kernel. It demands that the server lives, that no honest call fails, and that memory stays
// bounded; how much longer an honest call takes is a figure. Reads, which wait for no disk, have
// one of their own, and a few bytes made durable beside it all say how long the disk takes.
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "tests/abuse/abuses.h"
#include "tests/abuse/honest.h"
#include "tests/bench/figures.h"
#include "tests/bench/leads.h"
#include "tests/bench/load.h"
#include "tests/running_program.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr int kLeads = 2'000;  // long pages are made of them
constexpr int kSkipped = 77;   // as tests/CMakeLists.txt tells CTest
constexpr int64_t kMemoryMax = 1 << 30;
constexpr absl::Duration kServingMax = absl::Seconds(60);
constexpr int kSessionNice = 10;

struct AbuseOptions {
  int seconds = 10, rate = 100, calls_per_second_max = 1'000;
  bool json = false;
  std::vector<std::string> only;
  std::string edge;
};

int PortOf(const std::string& address) {
  return std::atoi(address.substr(address.rfind(':') + 1).c_str());
}

double Mb(int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

// How long each took in the same seconds.
struct Took {
  std::vector<double> calls, reads, disk;
};

Took CallFor(const AbuseOptions& options, Honest* honest, Disk* disk) {
  disk->TakeMs();  // of before
  honest->Call(absl::Seconds(options.seconds), options.rate);
  Took took;
  took.calls = honest->TakeMs(&took.reads);
  took.disk = disk->TakeMs();
  return took;
}

// Whether all was well; `figures` takes what was measured.
bool Stand(const AbuseOptions& options, const Abuse& abuse, ServingProcess* server,
           const std::string& address, Honest* honest, const std::string& lead, Disk* disk,
           bench::Figures* figures) {
  Took alone = CallFor(options, honest, disk);

  Harm harm;
  harm.port = PortOf(address);
  harm.lead = lead;
  std::vector<std::thread> threads;
  for (int i = 0; i < kAbusers; ++i) {
    threads.emplace_back([&harm, &abuse] {
      setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);  // of this thread alone
      abuse.commit(&harm);
    });
  }
  std::atomic<int64_t> memory{0};
  std::thread watch([&] {
    while (!harm.over) {
      memory = std::max(memory.load(), server->ResidentBytes());
      absl::SleepFor(absl::Milliseconds(50));
    }
  });
  Took beside = CallFor(options, honest, disk);
  harm.over = true;
  for (std::thread& thread : threads) thread.join();
  watch.join();
  const std::vector<std::string> failures = honest->TakeFailures();

  auto add = [&](const char* what, double value, const char* unit,
                 std::optional<double> limit = std::nullopt) {
    figures->Add({absl::StrCat(abuse.name, ".", what), value, unit, limit});
  };
  const double p99_alone = bench::Quantile(&alone.calls, 0.99);
  const double reads_p99_alone = bench::Quantile(&alone.reads, 0.99);
  add("done", static_cast<double>(harm.done), "");
  add("connections", static_cast<double>(harm.connections), "");
  add("connections_refused", static_cast<double>(harm.refused), "");
  add("honest_calls", static_cast<double>(beside.calls.size()), "");
  add("honest_failed", static_cast<double>(failures.size()), "", 0);
  add("honest_p99_alone", p99_alone, "ms");
  add("honest_p50", bench::Quantile(&beside.calls, 0.50), "ms");
  add("honest_p99", bench::Quantile(&beside.calls, 0.99), "ms", 3 * p99_alone);
  add("reads_p99_alone", reads_p99_alone, "ms");
  add("reads_p99", bench::Quantile(&beside.reads, 0.99), "ms", 3 * reads_p99_alone);
  add("disk_p99_alone", bench::Quantile(&alone.disk, 0.99), "ms");
  add("disk_p99", bench::Quantile(&beside.disk, 0.99), "ms");
  add("memory_most", Mb(memory), "MiB", Mb(kMemoryMax));
  const bool lives = server->ResidentBytes() > 0;
  if (!failures.empty())
    std::fprintf(stderr, "%s: an honest call failed: %s\n", abuse.name.c_str(),
                 failures.front().c_str());
  if (!lives)
    std::fprintf(stderr, "%s: the server %s\n", abuse.name.c_str(), server->how_it_ended().c_str());
  return lives && failures.empty() && memory <= kMemoryMax;
}

absl::Status MakeLeads(const std::string& address, std::string* name) {
  uint64_t next = 0;
  bench::Load<lead::v1::CreateLeadRequest, lead::v1::Lead> load(bench::Channels(address),
                                                                bench::kCreateLead, 16);
  bench::Timings made = load.Run(
      kServingMax,
      [&](lead::v1::CreateLeadRequest* request) {
        if (next == kLeads) return false;
        *request = bench::CreateLead(next++, "abuse");
        return true;
      },
      [name](const lead::v1::Lead& lead) { *name = lead.name(); });
  return made.error.empty() ? absl::OkStatus() : absl::UnavailableError(made.error);
}

int Run(const AbuseOptions& options) {
  // As many as may be, for this process and for the server, which inherits it.
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  TemporaryDirectory directory;
  ServingProcess server(LEADSTREAM_EXECUTABLE, directory.path() + "/serve");
  const std::vector<std::string> serve = {"serve", "--data", directory.path() + "/data"};
  auto start = [&](std::vector<std::string> arguments) {
    absl::Status started = server.Start(arguments);
    return started.ok() ? server.WaitUntilServing(kServingMax) : started;
  };
  absl::Status status = start(serve);
  std::string lead;
  if (status.ok()) status = MakeLeads(server.address(), &lead);
  // Filled first, since this machine, too, may then call so often only.
  if (status.ok() && server.Stop(kServingMax) != 0)
    status = absl::InternalError("the server did not stop");
  std::vector<std::string> limited = serve;
  limited.insert(limited.end(),
                 {"--calls-per-second-max", absl::StrCat(options.calls_per_second_max)});
  if (status.ok()) status = start(limited);
  if (!status.ok()) {
    std::fprintf(stderr, "abuse: %s\n", status.ToString().c_str());
    return 1;
  }
  std::string address = server.address();
  std::unique_ptr<RunningProgram> edge;
  if (!options.edge.empty()) {
    edge = std::make_unique<RunningProgram>(absl::StrCat(options.edge, " ", address),
                                            directory.path() + "/edge");
    address = edge->said();
  }
  if (PortOf(address) == 0) {
    std::fprintf(stderr, "abuse: %s does not run\n", options.edge.c_str());
    return address == absl::StrCat(kSkipped) ? kSkipped : 1;
  }
  bench::Figures figures("abuse", options.json);
  bool good = true;
  Honest honest(address, lead);
  Disk disk(directory.path() + "/durable");
  for (const Abuse& abuse : Abuses()) {
    const auto wanted = std::count(options.only.begin(), options.only.end(), abuse.name);
    if (options.only.empty() || wanted > 0)
      good &= Stand(options, abuse, &server, address, &honest, lead, &disk, &figures);
  }
  figures.Finish();
  return good ? 0 : 1;
}

// A disk is flushed by a thread of the kernel. Linux 6 lets that one wait the longer, the more
// weight the session that floods has beside it: 20 to 500 ms as sessions are, 5 s with the most,
// nothing noticeable with this. Weight is a whole session's (sched(7), "autogroup"), and the one
// that this was called from keeps its own.
int InSessionOfItsOwn(const AbuseOptions& options) {
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setsid();
    std::ofstream("/proc/self/autogroup") << kSessionNice;
    return Run(options);
  }
  int ended = 0;
  const bool exited = child > 0 && waitpid(child, &ended, 0) == child && WIFEXITED(ended);
  return exited ? WEXITSTATUS(ended) : 1;
}

int Main(int argc, char** argv) {
  AbuseOptions options;
  std::vector<std::string> names;
  for (const Abuse& abuse : Abuses()) names.push_back(abuse.name);
  CLI::App app("What an honest caller notices of others who mean harm.");
  app.add_option("--seconds", options.seconds, "of each abuse, and before it without")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--rate", options.rate, "honest calls a second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--calls-per-second-max", options.calls_per_second_max, "what the server allows")
      ->capture_default_str();
  app.add_option("--only", options.only, "these abuses")->check(CLI::IsMember(names));
  app.add_option("--edge", options.edge,
                 "a program to go through: told the server's address, it says its own");
  app.add_flag("--json", options.json, "print one JSON object");
  CLI11_PARSE(app, argc, argv);
  return InSessionOfItsOwn(options);
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::Main(argc, argv); }
