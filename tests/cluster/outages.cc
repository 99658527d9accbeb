// What callers with deploy/service_config.json notice of what operators do: all replicas restarted
// one after the other, as an upgrade does, or Kafka away for a while.
//
//   build/release/tests/outages --roll --rate 500 --callers 256 --warm-up 120 --json
//   build/release/tests/outages --down 60 --json
//
// Commands come at a steady rate, to all five services, each with a request id; reads beside them.
// A call is late from the moment it was due, so that one that waits does not hide the others.
// --roll demands that no call fails; --down that no process ends, that reads go on, that commands
// fail with UNAVAILABLE or DEADLINE_EXCEEDED alone, and that all succeed 5 s after.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "common/runtime/resource_types.h"
#include "common/server/grpc_peers.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"
#include "tests/cluster/cluster.h"
#include "tests/message_of.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr int kSkipped = 77;
constexpr int kLongWarmUp = 60;
constexpr absl::Duration kServingMax = absl::Seconds(120);
constexpr absl::Duration kWellAgain = absl::Seconds(5);
constexpr absl::Duration kFollowMax = absl::Seconds(30);
constexpr absl::Duration kLook = absl::Milliseconds(20);
constexpr int kReaders = 4;
constexpr int kToldMax = 5;
constexpr char kAccount[] = "accounts/oak";

struct OutageOptions {
  bool roll = false, json = false;
  int down = 0, rate = 500, brokers = 3, replicas = 2, callers = 64, warm_up = 0;
};

struct Call {
  absl::Time due, sent, ended;
  grpc::StatusCode code = grpc::StatusCode::OK;
  bool reads = false;
};

// A channel as the file says that clients should have it.
std::shared_ptr<grpc::Channel> ShippedChannel(Cluster* cluster, const std::string& service) {
  std::stringstream config;
  config << std::ifstream(LEADSTREAM_SOURCE_DIR "/deploy/service_config.json").rdbuf();
  std::vector<std::string> addresses;
  for (const auto& node : cluster->nodes())
    if (node->service == service) addresses.push_back(node->process->address());
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(config.str());
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  return grpc::CreateCustomChannel(absl::StrCat("ipv4:", absl::StrJoin(addresses, ",")),
                                   grpc::InsecureChannelCredentials(), arguments);
}

template <typename Message>
std::shared_ptr<Message> Asking(const std::string& text) {
  return std::make_shared<Message>(Of<Message>(text));
}

const char kLine[] = "description: 'Seat' quantity { value: '4' } unit_price { value: '99.50' } ";

// The command that caller `caller` sends as its `number`th, and to which service: a fifth of them
// to each. They lean on nothing that other services would have to do first. `run` makes them other
// ones.
std::shared_ptr<google::protobuf::Message> CommandOf(const char* run, int caller, int number,
                                                     std::string* service) {
  const std::string id = absl::StrCat("request_id: 'outages-", run, caller, "-", number, "' ");
  *service = ServiceNames()[static_cast<size_t>(caller + number) % ServiceNames().size()];
  if (*service == "lead")
    return Asking<lead::v1::CreateLeadRequest>(
        absl::StrCat(id, "lead { topic: 'forty seats' company: 'Company ", caller, "' }"));
  if (*service == "opportunity")
    return Asking<opportunity::v1::CreateOpportunityRequest>(absl::StrCat(
        id, "opportunity { display_name: 'Seats' account: '", kAccount, "' currency: 'EUR' }"));
  if (*service == "quoting")
    return Asking<quoting::v1::CreateProductRequest>(absl::StrCat(
        id, "product { number: 'S-", run, caller, "-", number, "' title: 'Seat' unit: 'pcs' }"));
  if (*service == "ordering")
    return Asking<ordering::v1::CreateOrderRequest>(absl::StrCat(
        id, "order { account: '", kAccount, "' currency: 'EUR' lines { line { ", kLine, "} } }"));
  return Asking<billing::v1::CreateInvoiceRequest>(absl::StrCat(
      id, "issue: true invoice { buyer { name: 'Oak' } currency: 'EUR' lines { ", kLine, "} }"));
}

class Callers {
 public:
  Callers(const char* run, Cluster* cluster, const OutageOptions& options)
      : run_(run), interval_(absl::Seconds(1) * options.callers / std::max(options.rate, 1)) {
    for (const std::string& service : ServiceNames())
      channels_[service] = ShippedChannel(cluster, service);
    for (int caller = 0; caller < options.callers; ++caller)
      threads_.emplace_back(
          [this, caller, first = absl::Now() + interval_ * caller / options.callers] {
            Write(caller, first);
          });
    for (int reader = 0; reader < kReaders; ++reader) threads_.emplace_back([this] { Read(); });
  }
  ~Callers() { Stop(); }
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  // What the commands refer to is there.
  static absl::Status Prepare(Cluster* cluster) {
    auto account =
        Asking<lead::v1::CreateAccountRequest>("account_id: 'oak' account { display_name: 'Oak' }");
    grpc::ClientContext context;
    lead::v1::Account made;
    const grpc::Status done =
        server::Call(ShippedChannel(cluster, "lead").get(),
                     runtime::MethodTaking(account->GetDescriptor()), &context, *account, &made);
    if (!done.ok()) return absl::UnavailableError(done.error_message());
    // Each replica reads from its own disk.
    const std::vector<std::string> unfolded =
        AwaitNothing([cluster] { return cluster->Unfolded(); }, kFollowMax, kLook);
    if (!unfolded.empty()) return absl::DeadlineExceededError(absl::StrJoin(unfolded, "; "));
    return absl::OkStatus();
  }
  std::vector<Call> calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  void Do(const std::string& service, const google::protobuf::Message& request, absl::Time due,
          bool reads) {
    grpc::ClientContext context;
    const absl::Time sent = absl::Now();
    const auto* method = runtime::MethodTaking(request.GetDescriptor());
    std::unique_ptr<google::protobuf::Message> reply(
        runtime::PrototypeOf(method->output_type())->New());
    const grpc::Status done =
        server::Call(channels_.at(service).get(), method, &context, request, reply.get());
    absl::MutexLock lock(&mutex_);
    calls_.push_back({due, sent, absl::Now(), done.error_code(), reads});
    if (!done.ok() && ++told_ <= kToldMax)
      std::fprintf(stderr, "%s: %d %s\n", method->name().c_str(), done.error_code(),
                   done.error_message().c_str());
  }
  // Late is caught up with: the rate is that of the whole run.
  void Write(int caller, absl::Time due) {
    for (int number = 0; !stopping_; ++number, due += interval_) {
      absl::SleepFor(due - absl::Now());
      std::string service;
      const auto command = CommandOf(run_, caller, number, &service);
      Do(service, *command, due, false);
    }
  }
  void Read() {
    lead::v1::GetAccountRequest get;
    get.set_name(kAccount);
    for (; !stopping_; absl::SleepFor(absl::Milliseconds(50))) Do("lead", get, absl::Now(), true);
  }

  const char* const run_;
  const absl::Duration interval_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::atomic<bool> stopping_{false};
  mutable absl::Mutex mutex_;
  std::vector<Call> calls_ ABSL_GUARDED_BY(mutex_);
  int told_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> threads_;
};

double P99Ms(const std::vector<Call>& calls, absl::Time from, absl::Time to) {
  std::vector<double> ms;
  for (const Call& call : calls)
    if (!call.reads && call.due >= from && call.due < to)
      ms.push_back(absl::ToDoubleMilliseconds(call.ended - call.due));
  if (ms.empty()) return 0;
  std::sort(ms.begin(), ms.end());
  return ms[ms.size() * 99 / 100];
}

// The longest time between two commands that succeeded.
absl::Duration LongestPause(std::vector<Call> calls) {
  std::vector<absl::Time> ended;
  for (const Call& call : calls)
    if (!call.reads && call.code == grpc::StatusCode::OK) ended.push_back(call.ended);
  std::sort(ended.begin(), ended.end());
  absl::Duration longest;
  for (size_t i = 1; i < ended.size(); ++i) longest = std::max(longest, ended[i] - ended[i - 1]);
  return longest;
}

absl::Status Roll(Cluster* cluster) {
  for (auto& node : cluster->nodes()) {
    const int code = node->process->Stop(absl::Seconds(60));
    if (code != 0)
      return absl::InternalError(
          absl::StrCat(node->name, " was to end, and ", node->process->how_it_ended()));
    absl::Status started = cluster->Start(node.get());
    if (started.ok()) started = node->process->WaitUntilServing(kServingMax);
    if (!started.ok()) return started;
  }
  return absl::OkStatus();
}

void TakeKafkaAway(Cluster* cluster, const OutageOptions& options) {
  // At the same time: a broker comes up only with most of the others.
  auto each = [&](const char* what) {
    std::vector<std::thread> done;
    for (int broker = 1; broker <= options.brokers; ++broker)
      done.emplace_back([=] { cluster->brokers().Do(absl::StrCat(what, " ", broker)); });
    for (std::thread& one : done) one.join();
  };
  each("kill");
  absl::SleepFor(absl::Seconds(options.down));
  each("revive");
}

int Judge(const OutageOptions& options, const std::vector<Call>& calls, absl::Time began,
          absl::Time ended, absl::Duration lasted) {
  size_t commands = 0, failed = 0, reads = 0, reads_failed = 0, other = 0, late = 0;
  for (const Call& call : calls) {
    const bool ok = call.code == grpc::StatusCode::OK;
    ++(call.reads ? reads : commands);
    if (ok) continue;
    ++(call.reads ? reads_failed : failed);
    other += !call.reads && call.code != grpc::StatusCode::UNAVAILABLE &&
             call.code != grpc::StatusCode::DEADLINE_EXCEEDED;
    late += call.sent > ended + kWellAgain;
  }
  const bool good =
      reads_failed == 0 && (options.roll ? failed == 0 : other == 0 && late == 0) && reads > 0;
  std::printf(
      options.json
          ? "{\"what\":\"%s\",\"seconds\":%.1f,\"commands\":%zu,\"commands_per_second\":%.0f,"
            "\"failed\":%zu,\"reads\":%zu,\"reads_failed\":%zu,\"failed_after\":%zu,"
            "\"p99_ms_before\":%.1f,\"p99_ms_during\":%.1f,\"longest_pause_ms\":%.0f}\n"
          : "%s, %.1f s: %zu commands, %.0f a second, %zu failed; %zu reads, %zu failed; %zu calls "
            "failed later than 5 s after; p99 %.1f ms before, %.1f ms during; longest pause %.0f "
            "ms\n",
      options.roll ? "roll" : "down", absl::ToDoubleSeconds(ended - began), commands,
      static_cast<double>(commands) / absl::ToDoubleSeconds(lasted), failed, reads, reads_failed,
      late, P99Ms(calls, absl::InfinitePast(), began), P99Ms(calls, began, ended),
      absl::ToDoubleMilliseconds(LongestPause(calls)));
  return good ? 0 : 1;
}

int Run(const OutageOptions& options) {
  TemporaryDirectory directory;
  Cluster::Options small;
  small.directory = directory.path();
  small.brokers = options.brokers;
  small.replicas = options.replicas;
  small.network = false;
  small.lasts = options.warm_up >= kLongWarmUp;
  Cluster cluster(small);
  absl::Status status = cluster.Start();
  if (absl::IsUnimplemented(status)) {
    std::fprintf(stderr, "SKIPPED: outages, because %s\n", std::string(status.message()).c_str());
    return kSkipped;
  }
  absl::Time started = absl::Now(), began, ended;
  std::vector<Call> calls;
  if (status.ok()) {
    status = Callers::Prepare(&cluster);
  }
  if (status.ok()) {
    {
      Callers warm("warm-", &cluster, options);
      absl::SleepFor(absl::Seconds(options.warm_up));
    }
    started = absl::Now();
    Callers callers("", &cluster, options);
    absl::SleepFor(kWellAgain);
    began = absl::Now();
    if (options.roll) {
      status = Roll(&cluster);
    } else {
      TakeKafkaAway(&cluster, options);
    }
    ended = absl::Now();
    absl::SleepFor(2 * kWellAgain);
    callers.Stop();
    calls = callers.calls();
  }
  const absl::Duration lasted = absl::Now() - started;
  // A process that had ended meanwhile has no exit code.
  if (status.ok()) status = cluster.Stop();
  if (status.ok()) return Judge(options, calls, began, ended, lasted);
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

int Main(int argc, char** argv) {
  OutageOptions options;
  CLI::App app("What callers notice of a rolling restart, or of Kafka's absence.");
  CLI::App* what = app.add_option_group("what happens")->require_option(1);
  what->add_flag("--roll", options.roll, "every replica is restarted, one after the other");
  what->add_option("--down", options.down, "Kafka is away for so many seconds");
  app.add_option("--rate", options.rate, "commands a second")->capture_default_str();
  app.add_option("--callers", options.callers, "that make them")->capture_default_str();
  app.add_option("--brokers", options.brokers)->check(CLI::IsMember({1, 3}))->capture_default_str();
  app.add_option("--warm-up", options.warm_up,
                 "seconds with the same callers before, after which none is late: brokers that "
                 "have just been started take several times as long")
      ->capture_default_str();
  app.add_option("--replicas", options.replicas, "of each service")->capture_default_str();
  app.add_flag("--json", options.json, "print one JSON object");
  CLI11_PARSE(app, argc, argv);
  return Run(options);
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::Main(argc, argv); }
