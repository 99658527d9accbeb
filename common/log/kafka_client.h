// What the parts of KafkaLog share: librdkafka's handles with an owner, its errors as statuses, its
// settings with their reasons.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <librdkafka/rdkafka.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/log/kafka_log.h"

namespace leadstream::log {

template <auto kDestroy>
struct DestroyBy {
  template <typename Handle>
  void operator()(Handle* handle) const {
    kDestroy(handle);
  }
};
using KafkaTopicHandle = std::unique_ptr<rd_kafka_topic_t, DestroyBy<rd_kafka_topic_destroy>>;
using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, DestroyBy<rd_kafka_queue_destroy>>;
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, DestroyBy<rd_kafka_message_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, DestroyBy<rd_kafka_event_destroy>>;
using KafkaPartitions = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                        DestroyBy<rd_kafka_topic_partition_list_destroy>>;

// NotFound: no such topic or partition. OutOfRange: no such offset. PermissionDenied,
// FailedPrecondition: somebody must change something. Unavailable: everything else, since all of it
// may pass.
absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view doing,
                      absl::string_view detail = "");
// Takes the error; null is OK.
absl::Status ToStatus(rd_kafka_error_t* error, absl::string_view doing);

// For librdkafka's int parameters; never negative, which would mean for ever.
int Milliseconds(absl::Duration duration);

// One librdkafka client, and what it calls back.
class KafkaClient {
 public:
  struct Callbacks {
    std::function<void(const rd_kafka_message_t&)> delivered;
    std::function<void(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)>
        rebalanced;
    // librdkafka's statistics, as JSON, every `kStatisticsInterval`.
    std::function<void(const std::string&)> statistics;
  };
  static constexpr absl::Duration kStatisticsInterval = absl::Seconds(5);
  using Properties = std::vector<std::pair<std::string, std::string>>;

  // `properties` win over the options' own.
  static absl::StatusOr<std::unique_ptr<KafkaClient>> Make(rd_kafka_type_t type,
                                                           const KafkaLogOptions& options,
                                                           const Properties& properties,
                                                           Callbacks callbacks = {});
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* get() const { return handle_; }

  // One call of the Admin API, until its result is there. `call` starts it, with these options,
  // towards this queue.
  absl::StatusOr<KafkaEvent> Administer(
      rd_kafka_admin_op_t operation, absl::string_view doing, absl::Duration timeout,
      const std::function<void(rd_kafka_t*, rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& call)
      const;

 private:
  KafkaClient(Callbacks callbacks, std::function<void(int, const std::string&)> report)
      : callbacks_(std::move(callbacks)), report_(std::move(report)) {}

  const Callbacks callbacks_;
  const std::function<void(int, const std::string&)> report_;
  rd_kafka_t* handle_ = nullptr;
};

}  // namespace leadstream::log
