#include "common/log/kafka_membership.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace leadstream::log {
namespace {

constexpr int kPollMs = 50;  // only how long leaving may take
constexpr int kError = 4, kWarning = 3;

class KafkaMembership : public EventLog::Membership {
 public:
  KafkaMembership(const KafkaLogOptions& options, std::string topic,
                  std::function<void(std::vector<int>)> propose)
      : report_(options.report), topic_(std::move(topic)), propose_(std::move(propose)) {}

  ~KafkaMembership() override {
    if (!thread_.joinable()) return;
    stopping_ = true;
    thread_.join();
    rd_kafka_consumer_close(client_->get());
  }

  absl::Status Begin(const KafkaLogOptions& options, const std::string& node) {
    const int session_ms = Milliseconds(options.session_timeout);
    KafkaClient::Callbacks callbacks;
    callbacks.rebalanced = [this](rd_kafka_t* handle, rd_kafka_resp_err_t error,
                                  const rd_kafka_topic_partition_list_t* partitions) {
      Rebalanced(handle, error, *partitions);
    };
    auto client =
        KafkaClient::Make(RD_KAFKA_CONSUMER, options,
                          {
                              {"group.id", absl::StrCat(topic_, ".writers")},
                              {"group.instance.id", node},
                              {"partition.assignment.strategy", "range"},
                              {"session.timeout.ms", absl::StrCat(session_ms)},
                              {"heartbeat.interval.ms", absl::StrCat(std::max(session_ms / 6, 1))},
                              {"enable.auto.commit", "false"},
                          },
                          std::move(callbacks));
    if (!client.ok()) return client.status();
    client_ = std::move(*client);
    KafkaPartitions topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), topic_.c_str(), RD_KAFKA_PARTITION_UA);
    absl::Status subscribed = ToStatus(rd_kafka_subscribe(client_->get(), topics.get()), "joining");
    if (subscribed.ok()) thread_ = std::thread([this] { Serve(); });
    return subscribed;
  }

 private:
  void Serve() {
    while (!stopping_) {
      KafkaMessage message(rd_kafka_consumer_poll(client_->get(), kPollMs));
      if (message == nullptr) continue;
      const bool fatal =
          message->err == RD_KAFKA_RESP_ERR__FATAL;  // another process goes by this node's name
      report_(fatal ? kError : kWarning,
              absl::StrCat("group of ", topic_, ": ", rd_kafka_message_errstr(message.get())));
    }
  }

  // In the thread of Serve, or of the destructor.
  void Rebalanced(rd_kafka_t* handle, rd_kafka_resp_err_t error,
                  const rd_kafka_topic_partition_list_t& partitions) {
    if (error != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS)
      return static_cast<void>(rd_kafka_assign(handle, nullptr));
    KafkaPartitions none(rd_kafka_topic_partition_list_new(0));
    rd_kafka_assign(handle, none.get());  // takes note of the assignment, fetches nothing
    std::vector<int> mine;
    for (int i = 0; i < partitions.cnt; ++i) mine.push_back(partitions.elems[i].partition);
    std::sort(mine.begin(), mine.end());
    if (!stopping_) propose_(std::move(mine));
  }

  const std::function<void(int, const std::string&)> report_;
  const std::string topic_;
  const std::function<void(std::vector<int>)> propose_;
  std::unique_ptr<KafkaClient> client_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<EventLog::Membership> JoinKafkaGroup(
    const KafkaLogOptions& options, const std::string& topic, const std::string& node,
    std::function<void(std::vector<int>)> propose) {
  auto membership = std::make_unique<KafkaMembership>(options, topic, std::move(propose));
  absl::Status joined = membership->Begin(options, node);
  if (!joined.ok())
    options.report(kError, absl::StrCat("group of ", topic, ": ", joined.message()));
  return membership;
}

}  // namespace leadstream::log
