// A process that serves: flags, logs, health, reflection, signals, and any number of services
// behind one port.
#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/ops/ops_port.h"
#include "common/ops/otlp_exporter.h"
#include "common/runtime/service.h"
#include "common/server/admission.h"
#include "common/server/grpc_peers.h"
#include "common/server/long_reads.h"
#include "common/server/node_service.h"
#include "common/server/options.h"
#include "common/server/past_models.h"
#include "common/server/table_service.h"
#include "common/server/tls.h"

namespace leadstream::server {

class Server {
 public:
  // Opens log and read models, claims, listens. Returns when calls are answered, or with the reason
  // why not.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const Options& options, std::vector<domain::ServiceDefinition> definitions);
  ~Server();

  // The port it listens on, also where --listen said 0.
  int port() const { return port_; }
  // Likewise the ops port; 0 if there is none.
  int ops_port() const { return ops_ == nullptr ? 0 : ops_->port(); }
  // A channel to itself that needs no network.
  std::shared_ptr<grpc::Channel> InProcessChannel();
  runtime::Service* service(const std::string& name);
  // Takes no more calls, finishes those under way (at most this long), makes everything durable.
  void Drain(absl::Duration at_most);
  // How long that may take where nobody says; the chart gives a node as long.
  static constexpr absl::Duration kDrainMax = absl::Seconds(20);

 private:
  explicit Server(const Options& options)
      : options_(options), nodes_(ChannelCredentials(options.security)) {}
  // What all services do at the same time.
  void Each(void (runtime::Service::*act)());
  absl::Status Open(std::vector<domain::ServiceDefinition> definitions);
  absl::Status Listen();
  absl::Status OpenOpsPort();
  absl::Status StartTracing();
  absl::Status MakePageTokenKey();
  absl::Status Admit();
  std::string AdvertisedAddress() const;

  Options options_;
  int port_ = 0;
  bool drained_ = false;
  UnsentAnswers unsent_;
  telemetry::RpcCounters rpcs_;
  std::unique_ptr<ops::OtlpExporter> spans_;  // null: they go nowhere
  std::unique_ptr<telemetry::Tracer> tracer_;
  GrpcPeers peers_;
  NodeCalls nodes_;
  std::unique_ptr<Admission> admission_;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<runtime::WorkerPool> slow_;
  std::unique_ptr<LongReads> long_reads_;
  std::vector<std::unique_ptr<runtime::Service>> services_;
  std::unique_ptr<PastModels> past_;
  std::vector<std::unique_ptr<TableService>> tables_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<ops::OpsPort> ops_;
};

// Structured logs: one JSON object a line on stderr.
void StartLogging(const std::string& level);
// Serves until SIGTERM or SIGINT, then drains. The process's exit code.
int ServeUntilSignalled(const Options& options, std::vector<domain::ServiceDefinition> definitions);
// The main function of a service's own executable.
int ServeOne(domain::ServiceDefinition definition, int argc, char** argv);

}  // namespace leadstream::server
