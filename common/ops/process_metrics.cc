// What is not of one service: calls, librdkafka, the process.
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/ops/metrics.h"

namespace leadstream::ops {
namespace {

constexpr const char* kCodes[telemetry::RpcCounters::kCodes] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

std::string Read(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Fields of proc(5)'s stat, counted from the one behind the command's name, which may hold
// anything.
std::vector<double> StatFields() {
  const std::string stat = Read("/proc/self/stat");
  std::vector<double> fields;
  for (absl::string_view field :
       absl::StrSplit(stat.substr(stat.rfind(')') + 1), ' ', absl::SkipEmpty())) {
    double value = 0;
    fields.push_back(absl::SimpleAtod(field, &value) ? value : 0);
  }
  return fields;
}
constexpr size_t kUserTicks = 11, kSystemTicks = 12, kStartTicks = 19;

double BootTime() {
  for (absl::string_view line : absl::StrSplit(Read("/proc/stat"), '\n')) {
    double seconds = 0;
    if (absl::ConsumePrefix(&line, "btime ") && absl::SimpleAtod(line, &seconds)) return seconds;
  }
  return 0;
}

}  // namespace

void AddRpcMetrics(const telemetry::RpcCounters& rpcs, Exposition* out) {
  rpcs.ForEach([out](const std::string& context, const std::string& method,
                     const telemetry::RpcCounters::Method& counted) {
    for (int code = 0; code < telemetry::RpcCounters::kCodes; ++code) {
      const telemetry::Histogram* durations = counted.durations(code);
      if (durations == nullptr) continue;
      out->AddHistogram(
          "leadstream_rpc_duration_seconds",
          "From a request's arrival to its answer. Of streams only those that were refused.",
          {{"context", context}, {"method", method}, {"code", kCodes[code]}}, *durations);
    }
  });
  rpcs.ForEachInFlight([out](const std::string& context, int64_t calls) {
    out->AddGauge("leadstream_rpc_in_flight", "Calls under way, open streams among them.",
                  {{"context", context}}, static_cast<double>(calls));
  });
}

void AddKafkaMetrics(const log::KafkaCounters& kafka, Exposition* out) {
  auto gauge = [out](const char* name, const char* help, double value) {
    out->AddGauge(name, help, {}, value);
  };
  const double per_second = 1e6;
  gauge("leadstream_kafka_queued_messages", "Records that wait to be sent or acknowledged.",
        static_cast<double>(kafka.queued_messages.value()));
  gauge("leadstream_kafka_queued_bytes", "The same in bytes.",
        static_cast<double>(kafka.queued_bytes.value()));
  gauge("leadstream_kafka_brokers", "Brokers of the cluster that this node knows of.",
        static_cast<double>(kafka.brokers.value()));
  gauge("leadstream_kafka_brokers_up", "Those of them that it is connected to.",
        static_cast<double>(kafka.brokers_up.value()));
  gauge("leadstream_kafka_request_latency_avg_seconds",
        "Average time of a request to the slowest broker, over the last five seconds.",
        static_cast<double>(kafka.request_us_avg.value()) / per_second);
  gauge("leadstream_kafka_request_latency_p99_seconds", "The 99th percentile of the same.",
        static_cast<double>(kafka.request_us_p99.value()) / per_second);
  out->AddCounter("leadstream_kafka_errors_total",
                  "Requests and connections to brokers that failed.", {},
                  static_cast<double>(kafka.errors.value()));
}

void AddSpanMetrics(const OtlpExporter& spans, Exposition* out) {
  out->AddCounter("leadstream_spans_exported_total", "Spans that the collector has taken.", {},
                  static_cast<double>(spans.exported().value()));
  out->AddCounter("leadstream_spans_dropped_total",
                  "Spans that did not fit into the queue, or that the collector did not take.", {},
                  static_cast<double>(spans.dropped().value()));
}

void AddProcessMetrics(Exposition* out) {
  const std::vector<double> fields = StatFields();
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (fields.size() > kStartTicks) {
    out->AddCounter("process_cpu_seconds_total", "CPU time used.", {},
                    (fields[kUserTicks] + fields[kSystemTicks]) / ticks);
    out->AddGauge("process_start_time_seconds", "When the process began, since the Unix epoch.", {},
                  BootTime() + fields[kStartTicks] / ticks);
  }
  const std::vector<std::string> pages = absl::StrSplit(Read("/proc/self/statm"), ' ');
  double resident = 0;
  if (pages.size() > 1 && absl::SimpleAtod(pages[1], &resident)) {
    out->AddGauge("process_resident_memory_bytes", "Memory in use.", {},
                  resident * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  std::error_code error;
  const std::filesystem::directory_iterator open("/proc/self/fd", error);
  if (!error) {
    out->AddGauge("process_open_fds", "Open file descriptors.", {},
                  static_cast<double>(std::distance(begin(open), end(open))));
  }
}

}  // namespace leadstream::ops
