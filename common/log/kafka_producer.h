// Appends to Kafka: idempotent, acknowledged by all in-sync replicas, pipelined.
//
// An append is over when each of its records was reported. A failure that librdkafka reports may be
// a record that the broker has, or will have (ERR__MSG_TIMED_OUT); a success without an offset may
// be one that the broker never took: a partition that knows nothing of a producer accepts any first
// sequence number, so when it refuses a batch (not the leader yet) and takes the one behind it,
// librdkafka holds both for delivered (Apache Kafka issue KAFKA-15591). Either is a failed append.
// And an idempotent producer that lost a sequence number is broken for good: so after the first
// append that fails a producer takes no more, and is never used again. A new one begins a new
// sequence.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/log/event_log.h"
#include "common/log/kafka_client.h"

namespace leadstream::log {

class KafkaProducer {
 public:
  static absl::StatusOr<std::unique_ptr<KafkaProducer>> Make(const KafkaLogOptions& options);
  // Ends what is in flight, as failed. Not from within `done`.
  ~KafkaProducer();

  // `done` is called from the producer's own thread, or before Append returns where a record could
  // not even be queued. Returns at once, but that the first append to a topic asks who leads its
  // partitions, for at most a second.
  void Append(const std::string& topic, const std::vector<PendingRecord>& group,
              std::function<void(AppendResult)> done);
  // An append failed.
  bool failed() const { return failed_; }

 private:
  struct Appending;
  // One record of an append; its own thread-safe corner, until all were reported.
  struct Report {
    Appending* append = nullptr;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    int64_t offset = RD_KAFKA_OFFSET_INVALID;
  };
  struct Appending {
    std::vector<Report> reports;
    std::atomic<size_t> waiting;
    std::function<void(AppendResult)> done;
  };

  KafkaProducer() = default;
  rd_kafka_topic_t* HandleOf(const std::string& topic);
  rd_kafka_resp_err_t Produce(rd_kafka_topic_t* handle, const std::string& topic,
                              const PendingRecord& pending, Report* report);
  void Reported(Report* report, rd_kafka_resp_err_t error, int64_t offset);
  void Serve();

  std::unique_ptr<KafkaClient> client_;
  absl::Mutex mutex_;
  std::map<std::string, KafkaTopicHandle> topics_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace leadstream::log
