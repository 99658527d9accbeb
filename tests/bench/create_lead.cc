// How many leads a second a server takes, each durable before its answer, and how long one takes:
// with one and with 64 callers. Server and callers are one process, as in the limit program, which
// is run right before and right after each measurement.
#include <absl/strings/str_cat.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/all_services.h"
#include "common/log/kafka_log.h"
#include "common/server/server.h"
#include "tests/bench/leads.h"
#include "tests/bench/limit.h"
#include "tests/bench/load.h"
#include "tests/temporary_directory.h"

namespace leadstream::bench {
namespace {

constexpr int kLeadsPerSecondMax = 12'000;

struct Options {
  std::string limit;
  std::string kafka;
  int partitions = 12;
  int seconds = 5;
  int rounds = 3;
  std::vector<int> in_flight = {1, 64};
  bool json = false;
};

// On Kafka the lead service alone, as in a cluster; on a topic of its own each time.
absl::StatusOr<Timings> Measure(const Options& asked, int in_flight) {
  testing::TemporaryDirectory data;
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data = data.path();
  options.partitions = asked.partitions;
  std::vector<domain::ServiceDefinition> definitions = cli::AllServices();
  if (!asked.kafka.empty()) {
    options.log = absl::StrCat("kafka://", asked.kafka, "/bench-", absl::ToUnixMicros(absl::Now()));
    options.create_topics = options.allow_weak_topics = true;
    options.replication_factor = 1;
    definitions.erase(definitions.begin() + 1, definitions.end());
  }
  auto server = server::Server::Start(options, std::move(definitions));
  if (!server.ok()) return server.status();
  const int seconds = asked.seconds;
  // Made before, as making them is no part of what is measured.
  std::vector<lead::v1::CreateLeadRequest> requests(
      static_cast<size_t>(kLeadsPerSecondMax * seconds));
  for (size_t i = 0; i < requests.size(); ++i) requests[i] = CreateLead(i, "create_lead");
  size_t next = 0;
  Load<lead::v1::CreateLeadRequest, lead::v1::Lead> load(
      Channels(absl::StrCat("127.0.0.1:", (*server)->port())), kCreateLead, in_flight);
  Timings timings = load.Run(absl::Seconds(seconds), [&](lead::v1::CreateLeadRequest* request) {
    if (next == requests.size()) return false;
    request->Swap(&requests[next++]);
    return true;
  });
  if (!timings.error.empty()) return absl::InternalError(timings.error);
  return timings;
}

absl::StatusOr<Limit> MeasureLimit(const Options& options, int in_flight) {
  testing::TemporaryDirectory data;
  const bool on_kafka = !options.kafka.empty();
  return RunLimit(absl::StrCat(
      options.limit, on_kafka ? " kafka " : " localsync ", options.seconds, " ", in_flight, " ",
      data.path(), on_kafka ? absl::StrCat(" ", options.kafka, " leadstream.lead") : ""));
}

// The limit program writes to a topic that there must be.
absl::Status MakeLimitTopic(const std::string& brokers) {
  log::KafkaLogOptions options;
  options.brokers = brokers;
  options.replication_factor = 1;
  options.allow_weak_topics = true;
  auto log = log::KafkaLog::Open(options);
  return log.ok() ? (*log)->CreateTopic("leadstream.lead", 1) : log.status();
}

absl::Status Run(const Options& options) {
  if (!options.kafka.empty()) {
    absl::Status made = MakeLimitTopic(options.kafka);
    if (!made.ok()) return made;
  }
  Figures figures("create_lead", options.json);
  for (int in_flight : options.in_flight) {
    std::vector<double> ratios;
    for (int round = 0; round < options.rounds; ++round) {
      absl::StatusOr<Limit> before, after;
      if (!options.limit.empty()) before = MeasureLimit(options, in_flight);
      auto timings = Measure(options, in_flight);
      if (!timings.ok()) return timings.status();
      if (!options.limit.empty()) after = MeasureLimit(options, in_flight);
      std::optional<Limit> limit;
      if (before.ok() && after.ok()) {
        limit = Between(*before, *after);
        ratios.push_back(timings->PerSecond() / limit->per_second);
      } else if (!options.limit.empty()) {
        return before.ok() ? after.status() : before.status();
      }
      auto beside = [&](double Limit::*figure) {
        return limit ? std::optional<double>((*limit).*figure) : std::nullopt;
      };
      const std::string name = absl::StrCat("in_flight_", in_flight, ".round_", round + 1);
      figures.Add({absl::StrCat(name, ".leads_per_second"), timings->PerSecond(), "1/s",
                   beside(&Limit::per_second)});
      figures.Add({absl::StrCat(name, ".p50"), timings->P50(), "us", beside(&Limit::p50_us)});
      figures.Add({absl::StrCat(name, ".p99"), timings->P99(), "us", beside(&Limit::p99_us)});
      figures.Add(
          {absl::StrCat(name, ".processor_time"), timings->CpuUs(), "us", beside(&Limit::cpu_us)});
    }
    if (!ratios.empty())
      figures.Add({absl::StrCat("in_flight_", in_flight, ".throughput_of_limit"),
                   100 * Quantile(&ratios, 0.5), "%", std::nullopt});
  }
  figures.Finish();
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Throughput and latency of CreateLead.");
  app.add_option("--limit", options.limit,
                 "a limit program, called with `localsync SECONDS IN_FLIGHT DIRECTORY`, or, on "
                 "Kafka, `kafka SECONDS IN_FLIGHT DIRECTORY BROKERS TOPIC`");
  app.add_option("--kafka", options.kafka, "brokers of an empty Kafka: HOST:PORT,...");
  app.add_option("--partitions", options.partitions, "of the topic")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long each measurement takes")
      ->capture_default_str();
  app.add_option("--rounds", options.rounds,
                 "measurements of each kind; the median ratio is given at the end")
      ->capture_default_str();
  app.add_option("--in-flight", options.in_flight, "calls under way at a time")
      ->capture_default_str();
  app.add_flag("--json", options.json, "one JSON object instead of lines");
  CLI11_PARSE(app, argc, argv);
  absl::Status status = Run(options);
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::bench

int main(int argc, char** argv) { return leadstream::bench::Main(argc, argv); }
