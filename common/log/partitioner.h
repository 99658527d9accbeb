// Which partition a key belongs to: Kafka's own murmur2, so that foreign producers and consumers
// agree.
#pragma once

#include <absl/strings/string_view.h>

namespace leadstream::log {

// As org.apache.kafka.clients.producer's default partitioner: (murmur2(key) & 0x7fffffff) %
// partitions.
int PartitionOf(absl::string_view key, int partitions);

}  // namespace leadstream::log
