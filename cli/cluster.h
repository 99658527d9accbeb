// How the nodes of a cluster stand, as each of them says (leadstream/common/v1/node.proto).
#pragma once

#include <string>
#include <vector>

#include "cli/client.h"
#include "leadstream/common/v1/node.pb.h"

namespace leadstream::cli {

// A node of one service.
struct NodeView {
  std::string node;  // empty: nobody said its name
  std::string address;
  bool reached = false;
  std::string problem;            // why it was not reached
  common::v1::NodeStatus status;  // what it said
};

struct PartitionView {
  common::v1::PartitionStatus status;  // by the node that has read most of it
  bool written = false;                // the writer says that it writes
  std::string stopped;                 // a node stands still, at a record that cannot be read
};

struct ServiceView {
  std::string service;
  std::vector<NodeView> nodes;  // by name
  std::vector<PartitionView> partitions;
  int64_t records = 0;
  int64_t parked_reactions = 0;  // by the node that has read most

  // Every node was reached and can serve, and every partition is written and read on.
  bool well() const;
};

// Asks at the addresses for all services (or, where an address is of one service, for that), then
// whoever these name as writers and peers, until nobody new is named. Services that nobody has are
// left out. Unavailable: no address answered.
absl::StatusOr<std::vector<ServiceView>> LookAtCluster(const Addresses& addresses);

std::string ToText(const std::vector<ServiceView>& services);
std::string ToJson(const std::vector<ServiceView>& services);

}  // namespace leadstream::cli
