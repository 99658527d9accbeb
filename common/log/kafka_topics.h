// Topics of Kafka: how many partitions they have, how they are made, and whether they keep what
// they acknowledged.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <vector>

#include "common/log/event_log.h"
#include "common/log/kafka_client.h"

namespace leadstream::log {

// Above what gRPC takes as a request (4 MiB), so that no accepted command is too large for the log.
inline constexpr int kRecordBytesMax = 8 << 20;

struct TopicSettings {
  int partitions = 0;
  int replication_factor = 0;                 // of the partition that has the fewest replicas
  std::map<std::string, std::string> config;  // by Kafka's names, as they are in force
};

absl::StatusOr<int> CountBrokers(const KafkaClient& client, absl::Duration timeout);
// NotFound: there is no such topic.
absl::StatusOr<int> PartitionsOf(const KafkaClient& client, const std::string& topic,
                                 absl::Duration timeout);
absl::StatusOr<TopicSettings> SettingsOf(const KafkaClient& client, const std::string& topic,
                                         absl::Duration timeout);
// The high watermark: what is below it is on all in-sync replicas, and read by every consumer.
absl::StatusOr<int64_t> EndOf(const KafkaClient& client, const std::string& topic, int partition,
                              absl::Duration timeout);
// The same of each of these partitions, in one request to each broker.
absl::StatusOr<Positions> EndsOf(const KafkaClient& client, const std::string& topic,
                                 const std::vector<int>& partitions, absl::Duration timeout);
// AlreadyExists: there is one. Returns when the leader of each partition answers for it.
absl::Status MakeTopic(const KafkaClient& client, const std::string& topic, int partitions,
                       int replication_factor, absl::Duration timeout);

// The ways in which a topic with these settings may lose or forget records, each as "retention.ms
// is 604800000, not -1". Empty: none.
std::vector<std::string> WeaknessesOf(const TopicSettings& settings);

}  // namespace leadstream::log
