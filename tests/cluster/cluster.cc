#include "tests/cluster/cluster.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include <filesystem>

#include "common/log/position.h"
#include "common/runtime/resource_types.h"
#include "common/server/grpc_peers.h"

namespace leadstream::testing {
namespace {

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  for (const char* backoff : {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS,
                              GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, GRPC_ARG_MAX_RECONNECT_BACKOFF_MS})
    arguments.SetInt(backoff, 50);
  // A connection to a host that was cut off looks alive until somebody asks.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 1'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 1'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

std::vector<std::string> AwaitNothing(const std::function<std::vector<std::string>()>& look,
                                      absl::Duration at_most, absl::Duration interval) {
  const absl::Time deadline = absl::Now() + at_most;
  std::vector<std::string> open = look();
  for (; !open.empty() && absl::Now() < deadline; open = look()) absl::SleepFor(interval);
  return open;
}

absl::Status Cluster::Start() {
  std::string why_not;
  const int hosts = static_cast<int>(options_.services.size()) * options_.replicas;
  if (options_.network && Network::CanBeHad(&why_not)) {
    network_ = std::make_unique<Network>(hosts);
  } else if (options_.network) {
    std::fprintf(stderr, "no faults of the network: %s\n", why_not.c_str());
  }
  const std::string here = network_ != nullptr ? network_->gateway() : "127.0.0.1";
  if (options_.lasts) setenv("LEADSTREAM_KAFKA_JAVA", "", /*replace=*/0);
  brokers_ = std::make_unique<KafkaBroker>(options_.brokers, here);
  if (brokers_->cannot_be_had()) return absl::UnimplementedError("Kafka cannot be had here");
  if (!brokers_->runs()) return absl::UnavailableError("the brokers did not start");
  log::KafkaLogOptions options;
  options.brokers = brokers_->address();
  options.replication_factor = options_.brokers;
  options.allow_weak_topics = options_.brokers < 3;
  auto log = log::KafkaLog::Open(options);
  if (!log.ok()) return log.status();
  log_ = std::move(*log);
  for (const std::string& service : ServiceNames()) {
    absl::Status made = log_->CreateTopic(log::TopicOf(service), options_.partitions);
    if (!made.ok()) return made;
  }
  if (options_.fill) {
    absl::Status filled = options_.fill(log_.get());
    if (!filled.ok()) return filled;
  }

  for (const std::string& service : options_.services) {
    for (int replica = 0; replica < options_.replicas; ++replica) {
      auto node = std::make_unique<Node>();
      node->service = service;
      node->name = absl::StrCat(service, "-", replica);
      node->data = absl::StrCat(options_.directory, "/", node->name);
      node->host = static_cast<int>(nodes_.size());
      std::filesystem::create_directories(node->data);
      const std::string executable = absl::StrCat(LEADSTREAM_BINARY_DIR, "/", service, "-service");
      const std::string log_stem = node->data + "/serve";
      node->process = network_ != nullptr
                          ? std::make_unique<ServingProcess>(
                                network_->Wrapper(node->host), executable, log_stem,
                                absl::StrCat(network_->AddressOf(node->host), ":7400"))
                          : std::make_unique<ServingProcess>(executable, log_stem);
      node->channel = ChannelTo(node->process->address());
      channels_[service].push_back(node->channel);
      nodes_.push_back(std::move(node));
    }
  }
  std::map<std::string, std::vector<std::string>> addresses;
  for (const auto& node : nodes_) addresses[node->service].push_back(node->process->address());
  for (const auto& node : nodes_) {
    node->arguments = {"--log",
                       absl::StrCat("kafka://", brokers_->address()),
                       "--node",
                       node->name,
                       "--data",
                       node->data,
                       "--page-token-key",
                       "a key of the tests"};
    if (options_.brokers < 3) node->arguments.push_back("--allow-weak-topics");
    // The network of namespaces is no loopback, and its addresses are in no certificate.
    if (network_ != nullptr) node->arguments.push_back("--insecure");
    for (const auto& [service, where] : addresses) {
      if (service == node->service) continue;
      node->arguments.push_back("--peer");
      node->arguments.push_back(absl::StrCat(service, "=ipv4:", absl::StrJoin(where, ",")));
    }
    absl::Status started = Start(node.get());
    if (!started.ok()) return started;
  }
  return WaitUntilServing(absl::Seconds(60));
}

absl::Status Cluster::Start(Node* node) { return node->process->Start(node->arguments); }

absl::Status Cluster::WaitUntilServing(absl::Duration at_most) {
  const absl::Time deadline = absl::Now() + at_most;
  for (const auto& node : nodes_) {
    absl::Status serving = node->process->WaitUntilServing(deadline - absl::Now());
    if (!serving.ok()) return serving;
  }
  return absl::OkStatus();
}

absl::Status Cluster::Stop() {
  for (const auto& node : nodes_) {
    const int code = node->process->Stop(absl::Seconds(30));
    if (code != 0)
      return absl::InternalError(absl::StrCat(node->name, " stopped with exit code ", code));
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> Cluster::Channel(const std::string& service, uint64_t random) const {
  const auto& replicas = channels_.at(service);
  return replicas[random % replicas.size()];
}

absl::StatusOr<common::v1::NodeStatus> Cluster::StatusOf(const Node& node, bool fingerprint) {
  common::v1::GetNodeStatusRequest request;
  request.set_service("services/" + node.service);
  request.set_fingerprint(fingerprint);
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  for (;;) {
    common::v1::NodeStatus status;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(deadline));
    context.set_wait_for_ready(true);
    const grpc::Status called =
        server::Call(node.channel.get(), runtime::MethodTaking(request.GetDescriptor()), &context,
                     request, &status);
    if (called.ok()) return status;
    // Whoever has not called for a while may learn only now that the node closed the connection.
    if (called.error_code() != grpc::StatusCode::UNAVAILABLE)
      return absl::UnavailableError(absl::StrCat(node.name, ": ", called.error_message()));
    absl::SleepFor(absl::Milliseconds(100));
  }
}

std::vector<std::string> Cluster::Unfolded() {
  std::vector<std::string> unfolded;
  for (const auto& node : nodes_) {
    auto status = StatusOf(*node, false);
    if (!status.ok()) {
      unfolded.push_back(status.status().ToString());
      continue;
    }
    for (const auto& partition : status->partitions()) {
      if (partition.next_offset() != partition.end_offset())
        unfolded.push_back(absl::StrCat(node->name, " has folded partition ", partition.partition(),
                                        " to ", partition.next_offset(), " of ",
                                        partition.end_offset()));
    }
  }
  return unfolded;
}

}  // namespace leadstream::testing
