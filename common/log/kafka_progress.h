// How far readers' groups have got, as committed offsets of Kafka consumer groups;
// `kafka-consumer-groups --describe` shows them and the lag.
//
// The epoch is the commit's metadata, decimal. Offsets that another tool set, without one, are
// refused but for 0: whoever went on from there would not know which records count.
//
// One client for each group, which never joins it. The Admin API would need one for all, but
// crashes while a group's coordinator is loading or moving (librdkafka issue 5040, still open in
// 2025).
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <map>
#include <memory>
#include <string>

#include "common/log/event_log.h"
#include "common/log/kafka_client.h"

namespace leadstream::log {

class KafkaProgress {
 public:
  explicit KafkaProgress(KafkaLogOptions options) : options_(std::move(options)) {}

  absl::Status Commit(const std::string& group, const std::string& topic,
                      const GroupProgress& progress);
  // `partitions`: how many the topic has. FailedPrecondition: an offset was set without its epoch.
  absl::StatusOr<GroupProgress> Read(const std::string& group, const std::string& topic,
                                     int partitions);

 private:
  absl::StatusOr<rd_kafka_t*> ClientOf(const std::string& group);

  const KafkaLogOptions options_;
  absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<KafkaClient>> clients_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace leadstream::log
