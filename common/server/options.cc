#include "common/server/options.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>

namespace leadstream::server {
namespace {

// CLI11 lets a file go before the environment; who sets a variable means it for this one run.
bool IsInEnvironment(const std::string& flag) {
  return std::getenv(absl::StrCat("LEADSTREAM_",
                                  absl::AsciiStrToUpper(absl::StrReplaceAll(flag, {{"-", "_"}})))
                         .c_str()) != nullptr;
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

void AddFlags(CLI::App* command, Options* options) {
  command->add_option("--listen", options->listen, "address to answer on, host:port")
      ->envname("LEADSTREAM_LISTEN")
      ->capture_default_str();
  command
      ->add_option("--data", options->data, "directory of the read models and of the embedded log")
      ->envname("LEADSTREAM_DATA")
      ->capture_default_str();
  command->add_option("--log", options->log, "the event log: `local`, embedded in --data")
      ->envname("LEADSTREAM_LOG")
      ->capture_default_str()
      ->check(CLI::IsMember({"local"}));
  command->add_option("--node", options->node, "this node's name, unique in the cluster")
      ->envname("LEADSTREAM_NODE")
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "debug, info, warning or error")
      ->envname("LEADSTREAM_LOG_LEVEL")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  command->add_option("--partitions", options->partitions, "partitions of a new topic")
      ->envname("LEADSTREAM_PARTITIONS")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command
      ->add_option("--queue-depth-max", options->queue_depth_max,
                   "commands that may wait before callers are told to retry")
      ->envname("LEADSTREAM_QUEUE_DEPTH_MAX")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--message-bytes-max", options->message_bytes_max, "largest request taken")
      ->envname("LEADSTREAM_MESSAGE_BYTES_MAX")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--page-token-key", options->page_token_key,
                   "secret that signs page tokens; the same on all nodes (default: made once, kept "
                   "in --data)")
      ->envname("LEADSTREAM_PAGE_TOKEN_KEY");
  command
      ->add_option("--peer", options->peer_list,
                   "where another service answers: NAME=HOST:PORT, once for each")
      ->envname("LEADSTREAM_PEER");
}

}  // namespace leadstream::server
