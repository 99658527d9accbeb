#include "common/server/options.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "common/domain/formats.h"
#include "common/server/settings.h"

namespace leadstream::server {
namespace {

const CLI::Validator kAddress(
    [](std::string& value) -> std::string {
      if (value.empty() || domain::IsAddress(value)) return "";
      return absl::StrCat("takes HOST:PORT, the port from 0 to 65535, not ", value);
    },
    "HOST:PORT, the port from 0 to 65535");

const CLI::Validator kPeer(
    [](std::string& value) -> std::string {
      const size_t at = value.find('=');
      if (at != std::string::npos && at > 0 && at + 1 < value.size()) return "";
      return absl::StrCat("takes NAME=HOST:PORT,..., not ", value);
    },
    "NAME=HOST:PORT,...");

const CLI::Validator kLog(
    [](std::string& value) -> std::string {
      if (value == "local" || absl::StartsWith(value, "kafka://")) return "";
      return absl::StrCat("there is no log ", value);
    },
    "local, or kafka://HOST:PORT,...[/PREFIX]");

}  // namespace

void AddLogFlags(CLI::App* command, Options* options) {
  auto add = [command](const std::string& flag, auto& value, const std::string& help) {
    return command->add_option("--" + flag, value, help)->envname(VariableOf(flag));
  };
  add("log", options->log,
      "the event log: `local`, embedded in --data, or kafka://HOST:PORT,...[/PREFIX]")
      ->capture_default_str()
      ->check(kLog);
  add("kafka-property", options->kafka_properties,
      "properties of librdkafka, NAME=VALUE;NAME=VALUE, such as sasl.mechanism=SCRAM-SHA-512")
      ->delimiter(';');
  command
      ->add_flag(
          "--allow-weak-topics", options->allow_weak_topics,
          "go on where a topic's settings may lose what was acknowledged: one broker, a laptop")
      ->envname(VariableOf("allow-weak-topics"));
  add("partitions", options->partitions, "partitions of a new topic")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
}

void AddReplicationFactorFlag(CLI::App* command, Options* options) {
  command
      ->add_option("--replication-factor", options->replication_factor,
                   "brokers that hold each partition of a topic that is made; with "
                   "--allow-weak-topics as many as there are, if they are fewer")
      ->envname(VariableOf("replication-factor"))
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
}

void AddFlags(CLI::App* command, Options* options) {
  auto add = [command](const std::string& flag, auto& value, const std::string& help) {
    return command->add_option("--" + flag, value, help)->envname(VariableOf(flag));
  };
  add("listen", options->listen, "address to answer on")->capture_default_str()->check(kAddress);
  add("advertise", options->advertise,
      "address at which other nodes reach this one (default: that of --listen)")
      ->check(kAddress);
  add("ops", options->ops,
      "address of the ops port: /healthz, /readyz, /metrics, /statusz (default: none); "
      "it has neither TLS nor authentication, so it is for the inside of a cluster")
      ->check(kAddress);
  add("data", options->data, "directory of the read models and of the embedded log")
      ->capture_default_str();
  AddLogFlags(command, options);
  add("node", options->node,
      "this node's name: unique in the cluster, and the same after a restart")
      ->capture_default_str();
  add("writer-silence-ms-max", options->writer_silence_ms_max,
      "a writer without a sign of life for so long is followed by another node")
      ->capture_default_str()
      ->check(CLI::Range(100, 600'000));
  add("log-level", options->log_level, "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  add("queue-depth-max", options->queue_depth_max,
      "commands that may wait before callers are told to retry")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  add("message-bytes-max", options->message_bytes_max, "largest request taken")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  add("otlp-endpoint", options->otlp_endpoint,
      "where traces go, an OpenTelemetry collector that takes OTLP over HTTP as JSON, such as "
      "http://localhost:4318 (default: nowhere)");
  add("trace-sample-ratio", options->trace_sample_ratio,
      "which share of the calls that bring no `traceparent` begin a trace; the sampled ones that "
      "bring one are always followed")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  add("page-token-key", options->page_token_key,
      "secret that signs page tokens; the same on all nodes (default: made once, kept in --data)")
      ->type_name(kSecretType);
  add("peer", options->peer_list,
      "where another service answers: NAME=HOST:PORT,... with every replica, or "
      "NAME=dns:///HOST:PORT where a name leads to all of them; one that does not answer is passed "
      "over; once for each service, or all of them with ; in between")
      ->delimiter(';')
      ->check(kPeer);
  AddSecurityFlags(command, &options->security);
}

}  // namespace leadstream::server
