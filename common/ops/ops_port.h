// The ops port: what an operator, Kubernetes and Prometheus ask a server for, over plain HTTP.
//
//   GET /healthz    the process lives; it asks nobody, so Kafka's absence is no reason to restart
//   GET /startupz   the log is open, calls are answered, folding has begun
//   GET /readyz     caught up and taking calls; 503 with what is awaited, and while it drains
//   GET /metrics    for Prometheus
//   GET /statusz    for people
//   GET /configz    every setting as it is in force, secrets masked
//   GET, PUT /loglevel   debug, info, warning or error
//
// It is open before anything else is, and never waits for the log. A server is ready until it
// drains, whatever becomes of the log: reads go on without it, and commands say for themselves that
// they cannot be taken.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <memory>
#include <string>
#include <vector>

#include "common/ops/http_server.h"
#include "common/ops/metrics.h"
#include "common/ops/otlp_exporter.h"
#include "common/ops/sampler.h"

namespace leadstream::ops {

class OpsPort {
 public:
  struct Options {
    std::string address;
    std::string version;
    std::string configuration;
    // They outlive it. Null: the log is not on Kafka.
    const telemetry::RpcCounters* rpcs = nullptr;
    std::shared_ptr<const log::KafkaCounters> kafka;
    // Null: none are exported.
    const OtlpExporter* spans = nullptr;
  };

  static absl::StatusOr<std::unique_ptr<OpsPort>> Open(Options options);
  ~OpsPort();

  int port() const { return http_->port(); }
  // Calls are answered, and these begin to fold. They and the log outlive it, or Close.
  void Started(std::vector<runtime::Service*> services, log::EventLog* log);
  void Ready();
  void Draining();
  // Asks the services and the log nothing more.
  void Close();

 private:
  enum class Phase { kOpening, kFolding, kReady, kDraining };

  explicit OpsPort(Options options) : options_(std::move(options)), began_(absl::Now()) {}
  HttpResponse Answer(const HttpRequest& request);
  HttpResponse Started();
  HttpResponse Readiness();
  HttpResponse Metrics();
  HttpResponse Status();
  HttpResponse LogLevel(const HttpRequest& request);
  std::vector<std::string> Awaited() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const absl::Time began_;
  absl::Mutex mutex_;
  Phase phase_ ABSL_GUARDED_BY(mutex_) = Phase::kOpening;
  std::unique_ptr<Sampler> sampler_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<HttpServer> http_;
};

}  // namespace leadstream::ops
