// Flags of every server, each also as LEADSTREAM_<NAME> in the environment and as a key of the YAML
// file named by --config.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace leadstream::server {

struct Options {
  std::string listen = "127.0.0.1:7400";
  std::string data = "leadstream-data";
  std::string log = "local";
  std::string node = "node-1";
  std::string log_level = "info";
  std::string page_token_key;
  int partitions = 12;
  int queue_depth_max = 10'000;
  int message_bytes_max = 4 << 20;
  std::vector<std::string> peer_list;
};

// Adds the flags to a command. Values are in `options` after parsing.
void AddFlags(CLI::App* command, Options* options);
// Reads YAML where CLI11 would read INI; a bad file is named with its line.
void UseYaml(CLI::App* app);

}  // namespace leadstream::server
