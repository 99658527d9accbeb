// How far a reader's group has got, as committed offsets of a Kafka consumer group; `kafka-consumer-groups --describe` shows them and the lag.
//
// The epoch is the commit's metadata, decimal. Offsets that another tool set, without one, are refused but for 0: whoever went on from there would not
// know which records count.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

#include "common/log/event_log.h"
#include "common/log/kafka_client.h"

namespace leadstream::log {

absl::Status CommitKafkaProgress(const KafkaClient& client, const std::string& group, const std::string& topic, const GroupProgress& progress, absl::Duration timeout);

// `partitions`: how many the topic has. FailedPrecondition: an offset was set without its epoch.
absl::StatusOr<GroupProgress> ReadKafkaProgress(const KafkaClient& client, const std::string& group, const std::string& topic, int partitions, absl::Duration timeout);

}  // namespace leadstream::log
