#include "common/log/kafka_client.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::log {
namespace {

constexpr size_t kErrorBytes = 512;

// Kafka's defaults are for batch jobs that may wait; here callers do. All bounded by a second, so
// that a broker that is back is found at once.
const KafkaClient::Properties& Common() {
  static const KafkaClient::Properties kCommon = {
      {"client.id", "leadstream"},
      {"allow.auto.create.topics",
       "false"},  // a topic with the broker's defaults would forget after a week
      {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"},
      {"socket.connection.setup.timeout.ms", "3000"},
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},
      {"topic.metadata.refresh.fast.interval.ms", "100"},  // after a change of leader
  };
  return kCommon;
}

// What came with a later version than 2.0.2, and is left out where it is not known.
const KafkaClient::Properties& Newer() {
  static const KafkaClient::Properties kNewer = {
      {"enable.metrics.push", "false"},
      {"fetch.queue.backoff.ms", "10"},  // before 2.2 a second, always
  };
  return kNewer;
}

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char error[kErrorBytes];
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof error) == RD_KAFKA_CONF_OK)
    return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("Kafka property ", name, ": ", error));
}

constexpr int kSyslogDebug = 7;

int SpdlogLevel(int syslog_level) {
  if (syslog_level <= 3) return 4;
  if (syslog_level == 4) return 3;
  return syslog_level <= 6 ? 2 : 1;
}

}  // namespace

absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view doing,
                      absl::string_view detail) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const std::string message =
      absl::StrCat(doing, ": ", detail.empty() ? rd_kafka_err2str(error) : detail);
  switch (error) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return absl::NotFoundError(message);
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return absl::OutOfRangeError(message);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return absl::PermissionDeniedError(message);
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return absl::FailedPreconditionError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status ToStatus(rd_kafka_error_t* error, absl::string_view doing) {
  if (error == nullptr) return absl::OkStatus();
  absl::Status status = ToStatus(rd_kafka_error_code(error), doing, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
  return status;
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(
      absl::ToInt64Milliseconds(absl::Ceil(duration, absl::Milliseconds(1))), 0, 3'600'000));
}

absl::StatusOr<std::unique_ptr<KafkaClient>> KafkaClient::Make(rd_kafka_type_t type,
                                                               const KafkaLogOptions& options,
                                                               const Properties& properties,
                                                               Callbacks callbacks) {
  std::unique_ptr<KafkaClient> client(new KafkaClient(std::move(callbacks), options.report));
  std::unique_ptr<rd_kafka_conf_t, DestroyBy<rd_kafka_conf_destroy>> conf(rd_kafka_conf_new());
  const Properties given(options.properties.begin(), options.properties.end());
  for (const Properties* some : {&Common(), &given, &properties}) {
    for (const auto& [name, value] : *some) {
      absl::Status set = Set(conf.get(), name, value);
      if (!set.ok()) return set;
    }
  }
  for (const auto& [name, value] : Newer()) Set(conf.get(), name, value).IgnoreError();
  absl::Status set = Set(conf.get(), "bootstrap.servers", options.brokers);
  if (!set.ok()) return set;

  rd_kafka_conf_set_opaque(conf.get(), client.get());
  rd_kafka_conf_set_log_cb(
      conf.get(), [](const rd_kafka_t* handle, int level, const char* facility, const char* text) {
        if (handle == nullptr) return;
        // That enable.gapless.guarantee is experimental, and the like, every time: we know.
        if (absl::string_view(facility) == "CONFWARN") level = kSyslogDebug;
        static_cast<KafkaClient*>(rd_kafka_opaque(handle))
            ->report_(SpdlogLevel(level), absl::StrCat("kafka: ", text));
      });
  if (client->callbacks_.delivered) {
    rd_kafka_conf_set_dr_msg_cb(conf.get(),
                                [](rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
                                  static_cast<KafkaClient*>(opaque)->callbacks_.delivered(*message);
                                });
  }
  if (client->callbacks_.statistics) {
    set =
        Set(conf.get(), "statistics.interval.ms", absl::StrCat(Milliseconds(kStatisticsInterval)));
    if (!set.ok()) return set;
    rd_kafka_conf_set_stats_cb(conf.get(), [](rd_kafka_t*, char* json, size_t bytes, void* opaque) {
      static_cast<KafkaClient*>(opaque)->callbacks_.statistics(std::string(json, bytes));
      return 0;  // librdkafka frees it
    });
  }
  if (client->callbacks_.rebalanced) {
    rd_kafka_conf_set_rebalance_cb(
        conf.get(), [](rd_kafka_t* handle, rd_kafka_resp_err_t error,
                       rd_kafka_topic_partition_list_t* partitions, void* opaque) {
          static_cast<KafkaClient*>(opaque)->callbacks_.rebalanced(handle, error, partitions);
        });
  }
  char error[kErrorBytes];
  client->handle_ = rd_kafka_new(type, conf.get(), error, sizeof error);
  if (client->handle_ == nullptr) return absl::InvalidArgumentError(absl::StrCat("Kafka: ", error));
  conf.release();  // NOLINT(bugprone-unused-return-value): the client's now
  return client;
}

KafkaClient::~KafkaClient() {
  if (handle_ != nullptr) rd_kafka_destroy(handle_);
}

absl::StatusOr<KafkaEvent> KafkaClient::Administer(
    rd_kafka_admin_op_t operation, absl::string_view doing, absl::Duration timeout,
    const std::function<void(rd_kafka_t*, rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& call)
    const {
  std::unique_ptr<rd_kafka_AdminOptions_t, DestroyBy<rd_kafka_AdminOptions_destroy>> options(
      rd_kafka_AdminOptions_new(handle_, operation));
  char error[kErrorBytes];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), Milliseconds(timeout), error,
                                            sizeof error);
  KafkaQueue queue(rd_kafka_queue_new(handle_));
  call(handle_, options.get(), queue.get());
  // librdkafka ends each call by its own timeout; the second is for a clock that is late.
  KafkaEvent result(rd_kafka_queue_poll(queue.get(), Milliseconds(timeout + absl::Seconds(1))));
  if (result == nullptr) return absl::UnavailableError(absl::StrCat(doing, ": no answer"));
  if (rd_kafka_event_error(result.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(rd_kafka_event_error(result.get()), doing,
                    rd_kafka_event_error_string(result.get()));
  }
  return result;
}

}  // namespace leadstream::log
