#include "common/server/options.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <yaml-cpp/yaml.h>

#include <exception>
#include <memory>

namespace leadstream::server {
namespace {

// --queue-depth-max is LEADSTREAM_QUEUE_DEPTH_MAX.
std::string VariableOf(const std::string& flag) {
  return absl::StrCat("LEADSTREAM_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(flag, {{"-", "_"}})));
}

// Sets the flag `key`, unless the command line or the environment has.
void Set(const std::string& key, const YAML::Node& value, CLI::App* app) {
  CLI::Option* flag = app->get_option_no_throw("--" + key);
  if (flag == nullptr || !flag->get_configurable())
    throw CLI::FileError(absl::StrCat("there is no flag --", key));
  if (flag->count() > 0) return;
  if (value.IsScalar()) {
    flag->add_result(value.Scalar());
  } else if (value.IsSequence()) {
    flag->add_result(value.as<std::vector<std::string>>());
  } else {
    throw CLI::FileError(absl::StrCat(key, " takes a value, or a list of values"));
  }
  flag->run_callback();
}

void SetAll(const std::string& path, CLI::App* app) {
  try {
    const YAML::Node root = YAML::LoadFile(path);
    if (!root.IsMap()) throw CLI::FileError("holds no `flag: value` lines");
    for (const auto& entry : root) Set(entry.first.as<std::string>(), entry.second, app);
  } catch (const std::exception& error) {
    throw CLI::FileError(absl::StrCat(path, ": ", error.what()));
  }
}

}  // namespace

// CLI11's own way is not taken: it looks at the file before the environment, and at no file of a
// subcommand.
void UseYaml(CLI::App* app) {
  auto path = std::make_shared<std::string>();
  app->add_option("--config", *path, "a YAML file of `flag: value` lines")
      ->envname("LEADSTREAM_CONFIG")
      ->configurable(false);
  app->parse_complete_callback([path, app] {
    if (!path->empty()) SetAll(*path, app);
  });
}

void AddLogFlags(CLI::App* command, Options* options) {
  auto add = [command](const std::string& flag, auto& value, const std::string& help) {
    return command->add_option("--" + flag, value, help)->envname(VariableOf(flag));
  };
  add("log", options->log,
      "the event log: `local`, embedded in --data, or kafka://HOST:PORT,...[/PREFIX]")
      ->capture_default_str()
      ->check([](const std::string& value) {
        const bool known = value == "local" || absl::StartsWith(value, "kafka://");
        return known ? "" : absl::StrCat("there is no log ", value);
      });
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
  add("listen", options->listen, "address to answer on, host:port")->capture_default_str();
  add("advertise", options->advertise,
      "address at which other nodes reach this one, host:port (default: that of --listen)");
  add("ops", options->ops,
      "address of the ops port, host:port: /healthz, /readyz, /metrics, /statusz (default: none); "
      "it has neither TLS nor authentication, so it is for the inside of a cluster");
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
  add("page-token-key", options->page_token_key,
      "secret that signs page tokens; the same on all nodes (default: made once, kept in --data)");
  add("peer", options->peer_list,
      "where another service answers: NAME=HOST:PORT,... with every replica, or "
      "NAME=dns:///HOST:PORT where a name leads to all of them; one that does not answer is passed "
      "over; once for each service, or all of them with ; in between")
      ->delimiter(';');
}

}  // namespace leadstream::server
