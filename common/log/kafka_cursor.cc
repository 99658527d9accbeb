#include "common/log/kafka_cursor.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <atomic>

#include "common/log/kafka_record.h"

namespace leadstream::log {
namespace {

constexpr int kFetchWaitMs = 100;
constexpr int kPatientBytes = 64 << 10;

class KafkaCursor : public Cursor {
 public:
  KafkaCursor(std::unique_ptr<KafkaClient> client, const std::string& topic, Positions from)
      : client_(std::move(client)),
        topic_(rd_kafka_topic_new(client_->get(), topic.c_str(), nullptr)),
        queue_(rd_kafka_queue_new(client_->get())),
        name_(topic),
        next_(std::move(from)) {}

  ~KafkaCursor() override {
    for (const auto& [partition, next] : next_) rd_kafka_consume_stop(topic_.get(), partition);
  }

  absl::Status Begin() {
    for (const auto& [partition, next] : next_) {
      absl::Status begun = Begin(partition, next);
      if (!begun.ok()) return begun;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<LoggedRecord>> Next(size_t records_max, absl::Time deadline) override {
    std::vector<LoggedRecord> records;
    Receive(records_max, deadline,
            [&records](LoggedRecord* logged) { records.push_back(std::move(*logged)); });
    if (records.empty() && !failed_.ok()) return failed_;
    return records;
  }

  absl::StatusOr<size_t> Show(size_t records_max, absl::Time deadline,
                              absl::FunctionRef<void(const LoggedRecord&)> show) override {
    size_t shown = 0;
    Receive(records_max, deadline, [&](LoggedRecord* logged) {
      show(*logged);
      ++shown;
    });
    if (shown == 0 && !failed_.ok()) return failed_;
    return shown;
  }

  void Wake() override {
    woken_ = true;
    rd_kafka_queue_yield(queue_.get());
  }

  void Pause(int partition) override {
    if (next_.erase(partition) > 0) rd_kafka_consume_stop(topic_.get(), partition);
  }
  absl::Status Resume(int partition, int64_t next_offset) override {
    next_[partition] = next_offset;
    return Begin(partition, next_offset);
  }

 private:
  void Receive(size_t records_max, absl::Time deadline,
               absl::FunctionRef<void(LoggedRecord*)> take) {
    KafkaMessage first = First(deadline);
    if (first == nullptr) return;
    Take(*first, take);
    if (records_max <= 1) return;
    // A batch call waits until the batch is full, so it is asked only for what is there.
    batch_.resize(records_max - 1);
    const ssize_t count =
        rd_kafka_consume_batch_queue(queue_.get(), 0, batch_.data(), batch_.size());
    for (ssize_t i = 0; i < count; ++i) {
      KafkaMessage message(batch_[static_cast<size_t>(i)]);
      Take(*message, take);
    }
  }

  // Null: none came until the deadline, or it was woken, or the cursor has failed.
  KafkaMessage First(absl::Time deadline) {
    while (failed_.ok()) {
      bool woken = woken_.exchange(false);
      KafkaMessage message(
          rd_kafka_consume_queue(queue_.get(), woken ? 0 : Milliseconds(deadline - absl::Now())));
      if (message != nullptr || woken || woken_.exchange(false) || absl::Now() >= deadline)
        return message;
    }
    return nullptr;
  }

  absl::Status Begin(int partition, int64_t next) {
    if (rd_kafka_consume_start_queue(topic_.get(), partition, next, queue_.get()) == 0)
      return absl::OkStatus();
    return ToStatus(rd_kafka_last_error(), absl::StrCat("reading ", name_, "/", partition));
  }

  void Take(const rd_kafka_message_t& message, absl::FunctionRef<void(LoggedRecord*)> take) {
    if (!failed_.ok()) return;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      failed_ = ToStatus(message.err, absl::StrCat("reading ", name_, "/", message.partition),
                         rd_kafka_message_errstr(&message));
      return;
    }
    // Without transactions and compaction offsets have no holes; librdkafka 2.0.2 itself does not
    // notice a log that was cut.
    auto at = next_.find(message.partition);
    if (at == next_.end()) return;  // paused since
    int64_t& next = at->second;
    if (message.offset < next) return;  // of before a pause
    if (message.offset > next) {
      failed_ = absl::DataLossError(absl::StrCat(name_, "/", message.partition, " goes on at ",
                                                 message.offset, ", but ", next, " was next"));
      return;
    }
    ++next;
    rd_kafka_headers_t* headers = nullptr;
    rd_kafka_message_headers(&message, &headers);  // stays null where there are none
    record_.partition = message.partition;
    record_.offset = message.offset;
    ReadRecord({static_cast<const char*>(message.key), message.key_len},
               {static_cast<const char*>(message.payload), message.len}, headers, &record_.record);
    take(&record_);
  }

  // In the order of their construction: a client goes last.
  std::unique_ptr<KafkaClient> client_;
  KafkaTopicHandle topic_;
  KafkaQueue queue_;
  const std::string name_;
  Positions next_;
  std::vector<rd_kafka_message_t*> batch_;
  LoggedRecord record_;
  absl::Status failed_;
  std::atomic<bool> woken_{false};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Cursor>> OpenKafkaCursor(const KafkaLogOptions& options,
                                                        const std::string& topic,
                                                        const Positions& from,
                                                        absl::Duration patience) {
  // For each partition: the simple consumer has no limit for all of them.
  const size_t read_ahead_kbytes =
      std::max<size_t>((options.read_ahead_bytes >> 10) / std::max<size_t>(from.size(), 1), 1);
  const bool patient = patience > absl::ZeroDuration();
  auto client = KafkaClient::Make(
      RD_KAFKA_CONSUMER, options,
      {
          {"enable.auto.commit", "false"},
          {"auto.offset.reset",
           "error"},  // an offset that is not there is a fault, no reason to begin elsewhere
          {"isolation.level", "read_uncommitted"},
          {"check.crcs", "true"},
          // A fetch that waits for one partition delays the first one for another that is started
          // behind it.
          {"fetch.wait.max.ms", absl::StrCat(patient ? Milliseconds(patience) : kFetchWaitMs)},
          {"fetch.min.bytes", absl::StrCat(patient ? kPatientBytes : 1)},
          {"fetch.error.backoff.ms", "100"},
          {"queued.min.messages", "1000000"},  // bytes are the limit
          {"queued.max.messages.kbytes", absl::StrCat(read_ahead_kbytes)},
      });
  if (!client.ok()) return client.status();
  auto cursor = std::make_unique<KafkaCursor>(std::move(*client), topic, from);
  absl::Status begun = cursor->Begin();
  if (!begun.ok()) return begun;
  return cursor;
}

}  // namespace leadstream::log
