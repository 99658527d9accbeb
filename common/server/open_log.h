// The event log that --log names: `local`, or `kafka://BROKER[,BROKER...][/PREFIX]`.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/log/kafka_log.h"
#include "common/server/options.h"

namespace leadstream::server {

// What --log, --kafka-property and --allow-weak-topics say. InvalidArgument: it is no address of
// Kafka. Nothing: the log is the embedded one.
absl::StatusOr<std::optional<log::KafkaLogOptions>> KafkaOptionsOf(const Options& options);

// Opens it. On Kafka the topics of the services must be there and, unless --allow-weak-topics, hold
// what was acknowledged; with `create_topics` those that are missing are made.
absl::StatusOr<std::unique_ptr<log::EventLog>> OpenLog(const Options& options,
                                                       const std::vector<std::string>& services);

}  // namespace leadstream::server
