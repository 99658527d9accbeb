// What an honest caller notices of others who mean harm, and what becomes of the server.
//
//   build/release/tests/abuse --json
//   build/release/tests/abuse --only pings --seconds 20
//   build/release/tests/abuse --edge tests/deploy/edge.py     # as strangers come: deploy/edge
//
// The honest caller makes calls at a steady rate, each late from the moment it was due: first
// alone, then beside one abuse after the other. Abuses come from another address, as from another
// machine; since it is the same one, their threads run at the lowest priority. It demands that the
// server lives, that no honest call fails, and that memory stays bounded; how much longer an honest
// call takes is a figure. Reads, which wait for no disk, have one of their own, and a few bytes
// made durable beside it all say how long the disk takes.
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <thread>

#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/abuse/rude_connection.h"
#include "tests/bench/leads.h"
#include "tests/bench/load.h"
#include "tests/running_program.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr char kAbuser[] = "127.0.0.2";
constexpr int kThreads = 4;
constexpr int kConnections = 10'000;
constexpr int kLeads = 2'000;  // long pages are made of them
constexpr int kSlowReaders = 50, kUnreadPages = 100;
constexpr int kOverloadInFlight = 64;
constexpr int kFloodTogether = 100;
constexpr size_t kMetadataBytes = 64 << 10;
constexpr int kSkipped = 77;  // as tests/CMakeLists.txt tells CTest
constexpr int64_t kMemoryMax = 1 << 30;
// Of the files that a process may have open, so many are for other things than connections.
constexpr rlim_t kOtherFiles = 1'000;
constexpr absl::Duration kServingMax = absl::Seconds(60);
constexpr absl::Duration kHonestDeadline = absl::Seconds(20);
constexpr absl::Duration kPause = absl::Milliseconds(1);
constexpr size_t kDurableBytes = 400;  // a command's, more or less
constexpr absl::Duration kDurableInterval = absl::Milliseconds(10);

constexpr char kCreateLead[] = "/leadstream.lead.v1.LeadService/CreateLead";
constexpr char kGetLead[] = "/leadstream.lead.v1.LeadService/GetLead";
constexpr char kListLeads[] = "/leadstream.lead.v1.LeadService/ListLeads";

struct AbuseOptions {
  int seconds = 10, rate = 100, calls_per_second_max = 1'000;
  bool json = false;
  std::vector<std::string> only;
  std::string edge;
};

int PortOf(const std::string& address) {
  return std::atoi(address.substr(address.rfind(':') + 1).c_str());
}

std::string GetLead(const std::string& name) {
  lead::v1::GetLeadRequest get;
  get.set_name(name);
  return get.SerializeAsString();
}

// ---- the abuses --------------------------------------------------------------------------------

// Each runs on several threads until it is told to stop, and counts what it did.
struct Harm {
  int port = 0;
  std::string lead;  // the name of one that there is
  std::atomic<bool> over{false};
  std::atomic<int64_t> done{0}, connections{0}, refused{0};
};

// The next connection; null: it was not taken.
std::unique_ptr<RudeConnection> Connect(Harm* harm) {
  auto connection = RudeConnection::Open(kAbuser, harm->port);
  ++(connection != nullptr ? harm->connections : harm->refused);
  if (connection == nullptr) absl::SleepFor(kPause);
  return connection;
}

// One connection after the other: `act` on each until it returns false or the server closes it.
void OnConnections(Harm* harm, const std::function<bool(RudeConnection*)>& act) {
  while (!harm->over) {
    auto connection = Connect(harm);
    while (connection != nullptr && !harm->over && act(connection.get()) && connection->Send() &&
           connection->Receive()) {
    }
  }
}

// So many connections at a time, each with what `begin` does to it, until the end.
void Hold(Harm* harm, size_t connections, const std::function<void(RudeConnection*)>& begin) {
  std::vector<std::unique_ptr<RudeConnection>> held;
  while (!harm->over && held.size() < connections) {
    auto connection = Connect(harm);
    if (connection == nullptr) continue;
    begin(connection.get());
    held.push_back(std::move(connection));
  }
  while (!harm->over) absl::SleepFor(kPause);
}

void HoldConnections(Harm* harm) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlim_t most = std::min<rlim_t>(kConnections, files.rlim_cur - kOtherFiles);
  Hold(harm, most / kThreads, [](RudeConnection*) {});
}

void SendLargeMetadata(Harm* harm) {
  const std::string message = GetLead(harm->lead), metadata(kMetadataBytes, 'm');
  OnConnections(harm, [&](RudeConnection* connection) {
    if (connection->calls_open() >= kFloodTogether) return true;
    ++harm->done;
    return connection->Call(kGetLead, message, metadata) >= 0;
  });
}

void FloodWithPings(Harm* harm) {
  OnConnections(harm, [&](RudeConnection* connection) {
    for (int i = 0; i < kFloodTogether; ++i) connection->Ping();
    harm->done += kFloodTogether;
    return true;
  });
}

void BeginAndReset(Harm* harm) {
  const std::string message = bench::CreateLead(0, "reset").SerializeAsString();
  OnConnections(harm, [&](RudeConnection* connection) {
    for (int i = 0; i < kFloodTogether; ++i) {
      const int32_t stream = connection->Call(kCreateLead, message, "");
      if (stream < 0 || !connection->Send()) return false;
      connection->Reset(stream);
    }
    harm->done += kFloodTogether;
    return true;
  });
}

// Ask for long answers, and take none of them.
void NeverRead(Harm* harm) {
  lead::v1::ListLeadsRequest list;
  list.set_page_size(1'000);
  const std::string message = list.SerializeAsString();
  Hold(harm, kSlowReaders / kThreads, [&](RudeConnection* connection) {
    connection->Send();
    for (int page = 0; page < kUnreadPages; ++page) {
      if (connection->Call(kListLeads, message, "") < 0 || !connection->Send()) break;
      ++harm->done;
    }
  });
}

void Overload(Harm* harm) {
  std::atomic<int64_t> number{0};
  OnConnections(harm, [&](RudeConnection* connection) {
    while (connection->calls_open() < kOverloadInFlight / kThreads) {
      auto create = bench::CreateLead(static_cast<uint64_t>(number++), "overload");
      create.clear_request_id();
      if (connection->Call(kCreateLead, create.SerializeAsString(), "") < 0) return false;
      ++harm->done;
    }
    return true;
  });
}

struct Abuse {
  const char* name;
  void (*commit)(Harm*);
};
constexpr Abuse kAbuses[] = {
    {"connections", HoldConnections}, {"metadata", SendLargeMetadata}, {"pings", FloodWithPings},
    {"resets", BeginAndReset},        {"slow-readers", NeverRead},     {"overload", Overload},
};

// ---- the honest caller -------------------------------------------------------------------------

class Honest {
 public:
  Honest(const std::string& address, std::string lead)
      : lead_(std::move(lead)),
        channel_(bench::Channels(address).front()),
        reads_(channel_),
        writes_(channel_) {}

  // Reads and commands, by turns.
  void Call(absl::Duration duration, int rate) {
    const absl::Time began = absl::Now();
    const absl::Duration interval = absl::Seconds(1) / rate;
    for (absl::Time due = began; due < began + duration; due += interval) {
      absl::SleepFor(due - absl::Now());
      if (++number_ % 2 == 0) {
        lead::v1::GetLeadRequest get;
        get.set_name(lead_);
        Begin(&reads_, kGetLead, get, due);
      } else {
        Begin(&writes_, kCreateLead, bench::CreateLead(number_, "honest"), due);
      }
    }
    absl::MutexLock lock(&mutex_);
    auto all_ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return open_ == 0; };
    mutex_.Await(absl::Condition(&all_ended));
  }
  // Of the calls since the last time: of all, and of those that read.
  std::vector<double> TakeMs(std::vector<double>* reads) {
    absl::MutexLock lock(&mutex_);
    *reads = std::exchange(reads_ms_, {});
    return std::exchange(ms_, {});
  }
  std::vector<std::string> TakeFailures() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(failures_, {});
  }

 private:
  template <typename Request>
  using Stub = grpc::TemplatedGenericStub<Request, lead::v1::Lead>;
  template <typename Request>
  struct Calling {
    grpc::ClientContext context;
    Request request;
    lead::v1::Lead reply;
  };

  template <typename Request>
  void Begin(Stub<Request>* stub, const char* method, Request request, absl::Time due) {
    {
      absl::MutexLock lock(&mutex_);
      ++open_;
    }
    auto call = std::make_shared<Calling<Request>>();
    call->request = std::move(request);
    call->context.set_deadline(absl::ToChronoTime(due + kHonestDeadline));
    stub->UnaryCall(&call->context, method, {}, &call->request, &call->reply,
                    [this, call, due](const grpc::Status& status) {
                      absl::MutexLock lock(&mutex_);
                      const double ms = absl::ToDoubleMilliseconds(absl::Now() - due);
                      ms_.push_back(ms);
                      if (std::is_same_v<Request, lead::v1::GetLeadRequest>)
                        reads_ms_.push_back(ms);
                      if (!status.ok()) failures_.push_back(status.error_message());
                      --open_;
                    });
  }

  const std::string lead_;
  const std::shared_ptr<grpc::Channel> channel_;
  Stub<lead::v1::GetLeadRequest> reads_;
  Stub<lead::v1::CreateLeadRequest> writes_;
  uint64_t number_ = 0;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<double> ms_ ABSL_GUARDED_BY(mutex_), reads_ms_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
};

// ---- the disk ----------------------------------------------------------------------------------

// Makes a few bytes durable again and again, as commands do, and as they do is late from the moment
// it was due.
class Disk {
 public:
  explicit Disk(const std::string& path)
      : file_(open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600)),
        thread_([this] { Write(); }) {}
  ~Disk() {
    over_ = true;
    thread_.join();
    close(file_);
  }
  // How long it took each time since the last time.
  std::vector<double> TakeMs() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(ms_, {});
  }

 private:
  void Write() {
    const std::string bytes(kDurableBytes, 'd');
    for (absl::Time due = absl::Now(); !over_; due += kDurableInterval) {
      absl::SleepFor(due - absl::Now());
      if (write(file_, bytes.data(), bytes.size()) < 0 || fdatasync(file_) != 0) return;
      absl::MutexLock lock(&mutex_);
      ms_.push_back(absl::ToDoubleMilliseconds(absl::Now() - due));
    }
  }

  const int file_;
  std::atomic<bool> over_{false};
  absl::Mutex mutex_;
  std::vector<double> ms_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // the last one: it uses what stands above
};

// ---- one beside the other ----------------------------------------------------------------------

double Mb(int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

// Whether all was well; `figures` takes what was measured.
bool Stand(const AbuseOptions& options, const Abuse& abuse, ServingProcess* server,
           const std::string& address, Honest* honest, const std::string& lead, Disk* disk,
           bench::Figures* figures) {
  disk->TakeMs();
  honest->Call(absl::Seconds(options.seconds), options.rate);
  std::vector<double> reads_alone, alone = honest->TakeMs(&reads_alone);
  std::vector<double> disk_alone = disk->TakeMs();
  std::vector<std::string> failures = honest->TakeFailures();

  Harm harm;
  harm.port = PortOf(address);
  harm.lead = lead;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
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
  honest->Call(absl::Seconds(options.seconds), options.rate);
  harm.over = true;
  for (std::thread& thread : threads) thread.join();
  watch.join();
  std::vector<double> reads_beside, beside = honest->TakeMs(&reads_beside);
  std::vector<double> disk_beside = disk->TakeMs();
  for (std::string& failure : honest->TakeFailures()) failures.push_back(std::move(failure));

  auto add = [&](const char* what, double value, const char* unit,
                 std::optional<double> limit = std::nullopt) {
    figures->Add({absl::StrCat(abuse.name, ".", what), value, unit, limit});
  };
  const double p99_alone = bench::Quantile(&alone, 0.99);
  const double reads_p99_alone = bench::Quantile(&reads_alone, 0.99);
  add("done", static_cast<double>(harm.done), "");
  add("connections", static_cast<double>(harm.connections), "");
  add("connections_refused", static_cast<double>(harm.refused), "");
  add("honest_calls", static_cast<double>(beside.size()), "");
  add("honest_failed", static_cast<double>(failures.size()), "", 0);
  add("honest_p99_alone", p99_alone, "ms");
  add("honest_p50", bench::Quantile(&beside, 0.50), "ms");
  add("honest_p99", bench::Quantile(&beside, 0.99), "ms", 3 * p99_alone);
  add("reads_p99_alone", reads_p99_alone, "ms");
  add("reads_p99", bench::Quantile(&reads_beside, 0.99), "ms", 3 * reads_p99_alone);
  add("disk_p99_alone", bench::Quantile(&disk_alone, 0.99), "ms");
  add("disk_p99", bench::Quantile(&disk_beside, 0.99), "ms");
  add("memory_most", Mb(memory), "MiB", Mb(kMemoryMax));
  const bool lives = server->ResidentBytes() > 0;
  if (!failures.empty())
    std::fprintf(stderr, "%s: an honest call failed: %s\n", abuse.name, failures.front().c_str());
  if (!lives)
    std::fprintf(stderr, "%s: the server %s\n", abuse.name, server->how_it_ended().c_str());
  return lives && failures.empty() && memory <= kMemoryMax;
}

absl::Status MakeLeads(const std::string& address, std::string* name) {
  uint64_t next = 0;
  bench::Load<lead::v1::CreateLeadRequest, lead::v1::Lead> load(bench::Channels(address),
                                                                kCreateLead, 16);
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
  for (const Abuse& abuse : kAbuses) {
    const auto wanted = std::count(options.only.begin(), options.only.end(), abuse.name);
    if (options.only.empty() || wanted > 0)
      good &= Stand(options, abuse, &server, address, &honest, lead, &disk, &figures);
  }
  figures.Finish();
  return good ? 0 : 1;
}

int Main(int argc, char** argv) {
  AbuseOptions options;
  std::vector<std::string> names;
  for (const Abuse& abuse : kAbuses) names.push_back(abuse.name);
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
  return Run(options);
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::Main(argc, argv); }
