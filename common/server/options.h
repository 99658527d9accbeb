// Flags of every server; what makes settings of them is in settings.h.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/log/kafka_statistics.h"
#include "common/server/security_options.h"

namespace leadstream::server {

struct Options {
  std::string listen = "127.0.0.1:7400";
  std::string data = "leadstream-data";
  std::string log = "local";
  std::vector<std::string> kafka_properties;
  bool allow_weak_topics = false;
  // Topics that are missing are made, with so many replicas. No flag of the services': theirs are
  // made by `leadstream topics create`.
  bool create_topics = false;
  int replication_factor = 3;
  std::string node = "node-1";
  std::string advertise;  // empty: as --listen says
  int writer_silence_ms_max = 800;
  std::string log_level = "info";
  std::string page_token_key;
  int partitions = 12;
  int queue_depth_max = 10'000;
  int message_bytes_max = 4 << 20;
  std::vector<std::string> peer_list;
  std::string ops;            // empty: no ops port
  std::string otlp_endpoint;  // empty: spans are not exported
  double trace_sample_ratio = 0;
  SecurityOptions security;
  // The clock that commands are decided by, microseconds since the Unix epoch; null: this
  // machine's. No flag: for tests.
  std::function<int64_t()> now_us;
  // What is exported of librdkafka. No flag.
  std::shared_ptr<log::KafkaCounters> kafka_counters = std::make_shared<log::KafkaCounters>();
  // All settings as they are in force, secrets masked, for the ops port. No flag: it follows.
  std::string configuration;
};

// Adds the flags that say which log it is; part of AddFlags.
void AddLogFlags(CLI::App* command, Options* options);
// Where topics are made: brokers that hold each partition.
void AddReplicationFactorFlag(CLI::App* command, Options* options);
// Adds the flags to a command. Values are in `options` after parsing.
void AddFlags(CLI::App* command, Options* options);

}  // namespace leadstream::server
