#include "common/server/options.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>

namespace leadstream::server {
namespace {

// --queue-depth-max is LEADSTREAM_QUEUE_DEPTH_MAX.
std::string VariableOf(const std::string& flag) {
  return absl::StrCat("LEADSTREAM_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(flag, {{"-", "_"}})));
}

// CLI11 lets a file go before the environment; who sets a variable means it for this one run.
bool IsInEnvironment(const std::string& flag) {
  return std::getenv(VariableOf(flag).c_str()) != nullptr;
}

class YamlConfig : public CLI::Config {
 public:
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return ""; }

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> read;
    YAML::Node root;
    try {
      root = YAML::Load(input);
    } catch (const YAML::Exception& error) {
      throw CLI::FileError(std::string("the YAML file cannot be read: ") + error.what());
    }
    if (!root.IsMap()) throw CLI::FileError("the YAML file must hold `flag: value` lines");
    for (const auto& entry : root) {
      CLI::ConfigItem item;
      item.name = entry.first.as<std::string>();
      if (IsInEnvironment(item.name)) continue;
      if (entry.second.IsSequence()) {
        for (const auto& value : entry.second) item.inputs.push_back(value.as<std::string>());
      } else {
        item.inputs.push_back(entry.second.as<std::string>());
      }
      read.push_back(std::move(item));
    }
    return read;
  }
};

}  // namespace

void UseYaml(CLI::App* app) {
  app->config_formatter(std::make_shared<YamlConfig>());
  app->set_config("--config", "", "a YAML file of `flag: value` lines");
  app->allow_config_extras(CLI::config_extras_mode::error);
}

void AddLogFlags(CLI::App* command, Options* options) {
  auto add = [command](const std::string& flag, auto& value, const std::string& help) {
    return command->add_option("--" + flag, value, help)->envname(VariableOf(flag));
  };
  add("log", options->log,
      "the event log: `local`, embedded in --data, or kafka://HOST:PORT,...[/PREFIX]")
      ->capture_default_str();
  add("kafka-property", options->kafka_properties,
      "a property of librdkafka, NAME=VALUE, such as sasl.mechanism=SCRAM-SHA-512; repeatable");
  command
      ->add_flag(
          "--allow-weak-topics", options->allow_weak_topics,
          "go on where a topic's settings may lose what was acknowledged: one broker, a laptop")
      ->envname(VariableOf("allow-weak-topics"));
  add("partitions", options->partitions, "partitions of a new topic")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
}

void AddFlags(CLI::App* command, Options* options) {
  auto add = [command](const std::string& flag, auto& value, const std::string& help) {
    return command->add_option("--" + flag, value, help)->envname(VariableOf(flag));
  };
  add("listen", options->listen, "address to answer on, host:port")->capture_default_str();
  add("advertise", options->advertise,
      "address at which other nodes reach this one, host:port (default: that of --listen)");
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
  add("peer", options->peer_list, "where another service answers: NAME=HOST:PORT, once for each");
}

}  // namespace leadstream::server
