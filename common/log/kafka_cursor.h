// Reads partitions of a Kafka topic onward from given offsets: no group, no committed offsets, one
// client for each cursor.
//
// On librdkafka's simple consumer, whose partitions all feed one queue. Its group consumer is left
// alone on purpose: in 2.0.2 batches lose offsets around pauses and rebalances.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "common/log/event_log.h"
#include "common/log/kafka_client.h"

namespace leadstream::log {

// `from` names partitions that exist. Next answers OutOfRange when an offset is not in the log (it
// was cut off, before or behind), and DataLoss when records are missing in between; after either
// the cursor reads no further.
absl::StatusOr<std::unique_ptr<Cursor>> OpenKafkaCursor(const KafkaLogOptions& options,
                                                        const std::string& topic,
                                                        const Positions& from,
                                                        absl::Duration patience);

}  // namespace leadstream::log
