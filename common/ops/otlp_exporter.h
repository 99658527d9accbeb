// Sends spans to an OpenTelemetry collector: OTLP over HTTP, as JSON
// (https://opentelemetry.io/docs/specs/otlp/). Whoever ends a span waits for nothing: what does not
// fit into the queue, or is not taken in a few attempts, is dropped and counted.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/telemetry/counter.h"
#include "common/telemetry/trace.h"

namespace leadstream::ops {

struct OtlpOptions {
  // http://HOST:PORT[/PATH]; without a path, that of the standard: /v1/traces.
  std::string endpoint;
  std::string node, version;
  size_t queue_max = 4'096;
  size_t batch_max = 512;
  absl::Duration batch_interval = absl::Milliseconds(500);
  absl::Duration timeout = absl::Seconds(3);
};

class OtlpExporter {
 public:
  // InvalidArgument: that is no endpoint.
  static absl::StatusOr<std::unique_ptr<OtlpExporter>> Start(OtlpOptions options);
  // Sends what waits, in one attempt.
  ~OtlpExporter();

  void Add(telemetry::SpanRecord span);
  const telemetry::Counter& exported() const { return exported_; }
  const telemetry::Counter& dropped() const { return dropped_; }

 private:
  struct Endpoint {
    std::string host, port, path;
  };
  OtlpExporter(OtlpOptions options, Endpoint endpoint);
  void Run();
  void Send(const std::vector<telemetry::SpanRecord>& spans);

  const OtlpOptions options_;
  const Endpoint endpoint_;
  telemetry::Counter exported_, dropped_;
  absl::Mutex mutex_;
  std::vector<telemetry::SpanRecord> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// The body of a request, from spans of any services.
std::string OtlpJson(const std::vector<telemetry::SpanRecord>& spans, const std::string& node,
                     const std::string& version);

}  // namespace leadstream::ops
