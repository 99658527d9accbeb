// The event log on Apache Kafka: for several nodes, any of which may die.
//
//   auto log = KafkaLog::Open({.brokers = "kafka-1:9092,kafka-2:9092"});
//
// A topic is a Kafka topic, a record a CloudEvents message (kafka_record.h), an append a run of
// idempotent, acks=all produce requests. No Kafka transactions: who may write is decided by claims
// in the log itself (fence.h). On librdkafka's C API, from version 2.0.2 on.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"
#include "common/log/kafka_statistics.h"

namespace leadstream::log {

struct KafkaLogOptions {
  // host:port,... of some brokers; the others are found through them.
  std::string brokers;
  // Put before the name of every topic and group, so that several installations share one cluster.
  std::string prefix;
  // librdkafka's own, such as security.protocol and sasl.*. Those that durability rests on cannot
  // be changed.
  std::map<std::string, std::string> properties;

  // For topics that CreateTopic makes; where weak ones are allowed, no more than there are brokers.
  int replication_factor = 3;
  // Goes on where a topic may lose what was acknowledged (kafka_topics.h says when that is). For
  // one broker on a laptop.
  bool allow_weak_topics = false;

  std::string compression = "lz4";
  // An append that is not acknowledged within this time has failed, though it may be in the log.
  absl::Duration append_timeout = absl::Seconds(5);
  // Every other request.
  absl::Duration request_timeout = absl::Seconds(5);
  // A node that says nothing for this long loses what was proposed to it. Brokers refuse less than
  // 6 s unless told otherwise.
  absl::Duration session_timeout = absl::Seconds(6);
  // Keys and values that a cursor reads ahead while it catches up; small records take five times
  // that in memory. With librdkafka 2.0.2, which pauses for a second when it is there, this is
  // 120,000 small records a second; newer ones do not depend on it.
  size_t read_ahead_bytes = 32u << 20;

  // What librdkafka says of itself while it appends, every few seconds.
  std::shared_ptr<KafkaCounters> counters = std::make_shared<KafkaCounters>();

  // Told about what an operator should know; `level` is spdlog's: 2 info, 3 warning, 4 error.
  std::function<void(int level, const std::string& message)> report = [](int, const std::string&) {
  };
};

class KafkaLog : public EventLog {
 public:
  // Does not wait for the brokers: until they answer, everything is Unavailable. InvalidArgument: a
  // property is unknown or wrong.
  static absl::StatusOr<std::unique_ptr<KafkaLog>> Open(const KafkaLogOptions& options);

  // CreateTopic and this answer FailedPrecondition, naming each weakness, where a topic's settings
  // could lose or forget records, unless `allow_weak_topics`. NotFound: there is no such topic.
  virtual absl::Status CheckTopic(const std::string& topic) = 0;
  // The same weaknesses, whether they are allowed or not.
  virtual absl::StatusOr<std::vector<std::string>> Weaknesses(const std::string& topic) = 0;
};

}  // namespace leadstream::log
