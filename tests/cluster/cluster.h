// The real thing, small: brokers, and some replicas of each service as processes, each in a network
// of its own where that can be had.
#pragma once

#include <absl/status/status.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/log/kafka_log.h"
#include "leadstream/common/v1/node.pb.h"
#include "tests/cluster/network.h"
#include "tests/kafka_broker.h"
#include "tests/serving_process.h"

namespace leadstream::testing {

inline const std::vector<std::string>& ServiceNames() {
  static const auto& names =
      *new std::vector<std::string>{"lead", "opportunity", "quoting", "ordering", "billing"};
  return names;
}

// Looks until nothing is open, or the time is over: what is open still.
std::vector<std::string> AwaitNothing(const std::function<std::vector<std::string>()>& look,
                                      absl::Duration at_most, absl::Duration interval);

class Cluster {
 public:
  struct Options {
    std::string directory;
    int brokers = 3;
    int replicas = 2;
    int partitions = 12;
    bool network = true;  // if it can be had
    std::vector<std::string> services = ServiceNames();
    // What the log holds before any node starts; null: nothing.
    std::function<absl::Status(log::EventLog*)> fill = nullptr;
    // For longer than Java takes to compile: see deploy/kafka/broker.
    bool lasts = false;
  };
  struct Node {
    std::string service;
    std::string name;  // lead-0
    std::string data;
    int host = 0;  // in the network
    std::unique_ptr<ServingProcess> process;
    std::vector<std::string> arguments;
    std::shared_ptr<grpc::Channel> channel;

    std::string model() const { return data + "/models/" + service; }
  };

  explicit Cluster(Options options) : options_(std::move(options)) {}

  // Unimplemented: Kafka cannot be had here.
  absl::Status Start();
  // Starts a node that does not run.
  absl::Status Start(Node* node);
  absl::Status WaitUntilServing(absl::Duration at_most);
  // SIGTERM to all, their exit codes 0.
  absl::Status Stop();

  std::vector<std::unique_ptr<Node>>& nodes() { return nodes_; }
  KafkaBroker& brokers() { return *brokers_; }
  Network* network() { return network_.get(); }  // null: there is none
  log::EventLog* log() { return log_.get(); }
  // The same, from a thread that knows neither nodes nor faults.
  std::shared_ptr<grpc::Channel> Channel(const std::string& service, uint64_t random) const;
  // What a node says of itself; with its fingerprint, if that is wanted.
  static absl::StatusOr<common::v1::NodeStatus> StatusOf(const Node& node, bool fingerprint);
  // Which node does not answer, or has not folded its topic to the end.
  std::vector<std::string> Unfolded();

 private:
  const Options options_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<KafkaBroker> brokers_;
  std::unique_ptr<log::KafkaLog> log_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::map<std::string, std::vector<std::shared_ptr<grpc::Channel>>> channels_;
};

}  // namespace leadstream::testing
