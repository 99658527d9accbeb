#include "common/server/server.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "common/domain/formats.h"
#include "common/runtime/resource_types.h"
#include "common/server/errors.h"
#include "common/server/methods.h"
#include "common/server/open_log.h"
#include "common/server/reads.h"
#include "common/server/version.h"

namespace leadstream::server {
namespace {

constexpr char kNodeService[] = "leadstream.common.v1.NodeService";
// A node hears of each other so often; a writer is asked in the log when several were not answered.
constexpr absl::Duration kPingInterval = absl::Milliseconds(100);
constexpr char kReactionService[] = "leadstream.common.v1.ReactionService";
constexpr absl::Duration kStartMax = absl::Minutes(10);
constexpr int kSlowThreads = 8;
constexpr size_t kSlowQueueMax = 1'000;
constexpr size_t kLongReadsMax = 1'000, kLongReadsOfOneMax = 50;
// Of one call: what a token and a trace need, several times over.
constexpr int kMetadataBytesMax = 8 << 10;
// Of one connection, at the same time.
constexpr int kStreamsMax = 1'000;

// Every service has parked reactions; behind one port, the name says whose is meant:
// services/{service}/parkedReactions/...
Methods RoutedByService(std::map<std::string, Methods> by_service) {
  std::set<std::string> names;
  for (const auto& [service, methods] : by_service) {
    for (const auto& [name, handler] : methods.unary) names.insert(name);
  }
  auto shared = std::make_shared<std::map<std::string, Methods>>(std::move(by_service));
  Methods routed;
  for (const std::string& name : names) {
    routed.unary[name] = [shared, name](std::shared_ptr<UnaryCall> call) {
      const auto& request = call->request();
      const std::string target =
          absl::StrCat(StringOf(request, "name"), StringOf(request, "parent"));
      const std::vector<std::string> parts = absl::StrSplit(target, '/');
      auto at = parts.size() < 2 ? shared->end() : shared->find(parts[1]);
      if (at == shared->end()) {
        return call->Fail(
            ToGrpc(runtime::Failure(absl::StatusCode::kNotFound, common::v1::RESOURCE_NOT_FOUND,
                                    absl::StrCat("there is no service of ", target, " here"))));
      }
      at->second.unary.at(name)(std::move(call));
    };
  }
  return routed;
}

absl::Status CheckAddress(const std::string& address) {
  if (domain::IsAddress(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--listen takes HOST:PORT, the port from 0 to 65535, not ", address));
}

// Its library adds reflection to every server of a process that it is linked into.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// What a caller may take of the connection that everybody's calls share.
void LimitConnections(grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                              0);  // a second server on the port is an error, not a surprise
  // Clients may look once a second whether the way to this node still exists.
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 900);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  // A caller that has gone without a word is found out; and connections move on, so that a name
  // which leads to other nodes by now is asked again.
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 15 * 60'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 60 * 60'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 5 * 60'000);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const Options& options, std::vector<domain::ServiceDefinition> definitions) {
#ifdef NDEBUG
  // Abseil as distributions build it looks for cycles at every lock of the process, gRPC's too, in
  // one graph under one lock.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  absl::Status started = CheckSecurity(options.security, options.listen);
  if (started.ok()) started = CheckTlsFiles(options.security);
  if (!started.ok()) return started;
  auto server = std::unique_ptr<Server>(new Server(options));
  started = server->StartTracing();
  if (started.ok()) started = server->OpenOpsPort();
  if (started.ok()) started = server->Open(std::move(definitions));
  if (started.ok()) started = server->Listen();
  if (!started.ok()) return started;
  if (server->ops_ != nullptr) {
    std::vector<runtime::Service*> services;
    for (auto& service : server->services_) services.push_back(service.get());
    server->ops_->Started(std::move(services), server->log_.get());
  }
  for (auto& service : server->services_) {
    started = service->Start(absl::Now() + kStartMax);
    if (!started.ok()) return started;
    server->grpc_->GetHealthCheckService()->SetServingStatus(service->name(), true);
  }
  server->grpc_->GetHealthCheckService()->SetServingStatus(true);
  if (server->ops_ != nullptr) server->ops_->Ready();
  return server;
}

absl::Status Server::StartTracing() {
  if (options_.otlp_endpoint.empty()) {
    tracer_ = std::make_unique<telemetry::Tracer>();
    return absl::OkStatus();
  }
  ops::OtlpOptions otlp;
  otlp.endpoint = options_.otlp_endpoint;
  otlp.node = options_.node;
  otlp.version = Version();
  auto exporter = ops::OtlpExporter::Start(std::move(otlp));
  if (!exporter.ok()) return exporter.status();
  spans_ = std::move(*exporter);
  tracer_ = std::make_unique<telemetry::Tracer>(
      options_.trace_sample_ratio,
      [spans = spans_.get()](telemetry::SpanRecord span) { spans->Add(std::move(span)); });
  return absl::OkStatus();
}

// It is there before the log is, which may take its time.
absl::Status Server::OpenOpsPort() {
  if (options_.ops.empty()) return absl::OkStatus();
  auto opened = ops::OpsPort::Open({options_.ops, Version(), options_.configuration, &rpcs_,
                                    options_.log == "local" ? nullptr : options_.kafka_counters,
                                    spans_.get()});
  if (!opened.ok()) return opened.status();
  ops_ = std::move(*opened);
  return absl::OkStatus();
}

Server::~Server() { Drain(kDrainMax); }

absl::Status Server::MakePageTokenKey() {
  if (!options_.page_token_key.empty()) return absl::OkStatus();
  const std::filesystem::path path = std::filesystem::path(options_.data) / "page_token.key";
  std::ifstream in(path, std::ios::binary);
  options_.page_token_key.assign(std::istreambuf_iterator<char>(in), {});
  if (options_.page_token_key.size() >= 16) return absl::OkStatus();
  options_.page_token_key.resize(32);
  RAND_bytes(reinterpret_cast<unsigned char*>(options_.page_token_key.data()), 32);
  std::ofstream out(path, std::ios::binary);
  out << options_.page_token_key << std::flush;
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write ", path.string()));
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return absl::OkStatus();
}

absl::Status Server::Open(std::vector<domain::ServiceDefinition> definitions) {
  std::error_code error;
  std::filesystem::create_directories(options_.data, error);
  if (error)
    return absl::UnavailableError(
        absl::StrCat("cannot make the directory ", options_.data, ": ", error.message()));
  absl::Status key = MakePageTokenKey();
  if (!key.ok()) return key;
  std::vector<std::string> names;
  for (const domain::ServiceDefinition& definition : definitions) names.push_back(definition.name);
  auto log = OpenLog(options_, names);
  if (!log.ok()) return log.status();
  log_ = std::move(*log);
  slow_ = std::make_unique<runtime::WorkerPool>(kSlowThreads, kSlowQueueMax);
  // Half of the processors are left for everything else.
  const int half = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / 2);
  long_reads_ = std::make_unique<LongReads>(half, kLongReadsMax, kLongReadsOfOneMax);
  runtime::ServiceOptions service;
  service.directory = (std::filesystem::path(options_.data) / "models").string();
  service.node = options_.node;
  service.writer_silence_max = absl::Milliseconds(options_.writer_silence_ms_max);
  service.queue_depth_max = static_cast<size_t>(options_.queue_depth_max);
  service.memory = store::SharedMemory::Make();
  service.page_token_key = options_.page_token_key;
  service.tracer = tracer_.get();
  service.now_us = options_.now_us;
  service.report = [](int level, const std::string& message) {
    spdlog::log(static_cast<spdlog::level::level_enum>(level), "{}", message);
  };
  for (domain::ServiceDefinition& definition : definitions) {
    if (!log_->exclusive()) {
      service.forward = [this, name = definition.name](auto&&... forwarded) {
        nodes_.Forward(name, std::forward<decltype(forwarded)>(forwarded)...);
      };
    }
    auto opened = runtime::Service::Open(std::move(definition), log_.get(), &peers_, service);
    if (!opened.ok()) return opened.status();
    services_.push_back(std::move(*opened));
  }
  PastModels::Options past;
  past.directory = (std::filesystem::path(options_.data) / "past").string();
  past.memory = service.memory;
  past.threads = half;
  past.reads = long_reads_.get();
  past_ = std::make_unique<PastModels>(std::move(past));
  return absl::OkStatus();
}

absl::Status Server::Admit() {
  auto admission = Admission::Open(options_.security, options_.data);
  if (!admission.ok()) return admission.status();
  admission_ = std::move(*admission);
  return absl::OkStatus();
}

absl::Status Server::Listen() {
  absl::Status possible = CheckAddress(options_.listen);
  if (possible.ok()) possible = Admit();
  if (!possible.ok()) return possible;
  grpc::EnableDefaultHealthCheckService(true);
  // The schema is not for everybody who can connect, where callers are asked who they are.
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (options_.security.with_authentication() && !options_.security.reflection)
    builder.SetOption(std::make_unique<WithoutReflection>());
  builder.AddListeningPort(options_.listen, ServerCredentials(options_.security), &port_);
  builder.SetMaxReceiveMessageSize(options_.message_bytes_max);
  LimitConnections(&builder);
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const auto* reaction_service = pool->FindServiceByName(kReactionService);
  std::map<std::string, Methods> reactions;
  const TableService::Attendants attendants{admission_.get(), &unsent_, &rpcs_, tracer_.get()};
  const Pools pools{slow_.get(), long_reads_.get(), past_.get()};
  for (auto& service : services_) {
    for (const std::string& name : service->definition().grpc_services) {
      const auto* descriptor = pool->FindServiceByName(name);
      if (descriptor == nullptr)
        return absl::InternalError(absl::StrCat("no proto declares the service ", name));
      Methods methods = MethodsOf(service.get(), pools, descriptor);
      tables_.push_back(std::make_unique<TableService>(descriptor, std::move(methods.unary),
                                                       std::move(methods.streams), attendants,
                                                       std::move(methods.sinks)));
    }
    reactions[service->name()] = MethodsOf(service.get(), pools, reaction_service);
  }
  tables_.push_back(
      std::make_unique<TableService>(reaction_service, RoutedByService(std::move(reactions)).unary,
                                     std::map<std::string, StreamHandler>(), attendants));
  std::vector<runtime::Service*> services;
  for (auto& service : services_) services.push_back(service.get());
  tables_.push_back(std::make_unique<TableService>(
      pool->FindServiceByName(kNodeService), NodeHandlers(services, slow_.get()),
      std::map<std::string, StreamHandler>(), attendants));
  for (auto& table : tables_) builder.RegisterService(table.get());
  grpc_ = builder.BuildAndStart();
  if (grpc_ == nullptr || port_ == 0)
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", options_.listen, ": is another server running there?"));
  grpc_->GetHealthCheckService()->SetServingStatus(false);
  for (auto& service : services_) {
    peers_.Connect(service->name(), InProcessChannel(), admission_->own_secret());
    service->AnswersAt(AdvertisedAddress());
  }
  if (!log_->exclusive()) nodes_.StartPinging(services, kPingInterval);
  for (const std::string& peer : options_.peer_list) {
    const std::vector<std::string> parts = absl::StrSplit(peer, absl::MaxSplits('=', 1));
    if (parts.size() != 2)
      return absl::InvalidArgumentError(
          absl::StrCat("--peer takes NAME=HOST:PORT,..., not ", peer));
    // One list does for all nodes.
    if (service(parts[0]) == nullptr)
      peers_.Connect(parts[0],
                     std::make_unique<Replicas>(parts[1], ChannelCredentials(options_.security)));
  }
  return absl::OkStatus();
}

// That of --listen with the port it got, by this machine's name where it listens on all addresses.
std::string Server::AdvertisedAddress() const {
  if (!options_.advertise.empty()) return options_.advertise;
  std::string host = options_.listen.substr(0, options_.listen.rfind(':'));
  if (host.empty() || host == "0.0.0.0" || host == "[::]") {
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    host = name;
  }
  return absl::StrCat(host, ":", port_);
}

std::shared_ptr<grpc::Channel> Server::InProcessChannel() { return grpc_->InProcessChannel({}); }

runtime::Service* Server::service(const std::string& name) {
  for (auto& service : services_) {
    if (service->name() == name) return service.get();
  }
  return nullptr;
}

void Server::Each(void (runtime::Service::*act)()) {
  std::vector<std::thread> threads;  // each waits for its own reactions
  for (auto& service : services_)
    threads.emplace_back([&service, act] { (service.get()->*act)(); });
  for (std::thread& thread : threads) thread.join();
}

void Server::Drain(absl::Duration at_most) {
  if (drained_) return;
  drained_ = true;
  if (ops_ != nullptr) ops_->Draining();
  for (auto& service : services_) service->AnnounceDrain();
  if (past_ != nullptr) past_->Stop();
  if (grpc_ != nullptr) grpc_->GetHealthCheckService()->SetServingStatus(false);
  auto close = [this, at_most] {
    if (grpc_ != nullptr) grpc_->Shutdown(absl::ToChronoTime(absl::Now() + at_most));
  };
  // Where there are other nodes, partitions are handed over while calls are still taken, so that
  // those under way are passed on; then callers are told to go elsewhere before anything that takes
  // time, since commands are refused from then on. Alone, it takes no more and finishes what it
  // has.
  std::thread closing;
  if (log_ == nullptr || log_->exclusive()) {
    close();
  } else {
    Each(&runtime::Service::HandOver);
    closing = std::thread(close);
  }
  Each(&runtime::Service::Drain);
  nodes_.Stop();
  if (closing.joinable()) closing.join();
  slow_.reset();
  long_reads_.reset();
  if (ops_ != nullptr) ops_->Close();
}

}  // namespace leadstream::server
