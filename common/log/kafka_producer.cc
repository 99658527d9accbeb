#include "common/log/kafka_producer.h"

#include <absl/strings/str_cat.h>

#include "common/log/kafka_record.h"
#include "common/log/kafka_topics.h"

namespace leadstream::log {
namespace {

constexpr int kLeadersMs = 1'000;
constexpr int kPollMs =
    50;  // only how long the end of a producer may take: reports wake it at once

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaProducer>> KafkaProducer::Make(const KafkaLogOptions& options) {
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer());
  KafkaClient::Callbacks callbacks;
  callbacks.delivered = [self = producer.get()](const rd_kafka_message_t& message) {
    self->Reported(static_cast<Report*>(message._private), message.err, message.offset);
  };
  // Each producer counts its errors from 0 on.
  callbacks.statistics = [counters = options.counters,
                          errors = int64_t{0}](const std::string& json) mutable {
    const auto statistics = ParseKafkaStatistics(json);
    if (!statistics) return;
    counters->errors.Add(statistics->errors - errors);
    errors = statistics->errors;
    counters->Take(*statistics);
  };
  auto client = KafkaClient::Make(
      RD_KAFKA_PRODUCER, options,
      {
          {"enable.idempotence",
           "true"},  // and with it: at most 5 in flight, retries for ever, in order
          {"acks", "all"},
          {"enable.gapless.guarantee",
           "true"},  // an error that would leave a hole is fatal; for time-outs failed_ is
          {"linger.ms", "0"},  // the writer has grouped already
          {"compression.codec", options.compression},
          {"message.timeout.ms", absl::StrCat(Milliseconds(options.append_timeout))},
          {"message.max.bytes", absl::StrCat(kRecordBytesMax)},
      },
      std::move(callbacks));
  if (!client.ok()) return client.status();
  producer->client_ = std::move(*client);
  producer->thread_ = std::thread([self = producer.get()] { self->Serve(); });
  return producer;
}

KafkaProducer::~KafkaProducer() {
  if (!thread_.joinable()) return;
  rd_kafka_purge(client_->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  stopping_ = true;
  thread_.join();
}

void KafkaProducer::Serve() {
  while (!stopping_ || rd_kafka_outq_len(client_->get()) > 0)
    rd_kafka_poll(client_->get(), kPollMs);
}

void KafkaProducer::Append(const std::string& topic, const std::vector<PendingRecord>& group,
                           std::function<void(AppendResult)> done) {
  if (group.empty()) return done({absl::OkStatus(), {}});
  if (failed_)
    return done({absl::UnavailableError("an append failed; the log must be recovered first"), {}});
  rd_kafka_topic_t* handle = HandleOf(topic);
  if (handle == nullptr)
    return done({absl::InvalidArgumentError(absl::StrCat("Kafka takes no topic ", topic)), {}});
  auto* append = new Appending{std::vector<Report>(group.size()), group.size(),
                               std::move(done)};  // its last report deletes it
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (size_t i = 0, records = group.size(); i < records; ++i) {
    Report& report = append->reports[i];
    report.append = append;
    // After one that could not be queued none is: what is behind a hole must not be written.
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) error = Produce(handle, topic, group[i], &report);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Reported(&report, error, RD_KAFKA_OFFSET_INVALID);
  }
}

// librdkafka looks for the leaders of a topic that is new to it once a second, and is asked here so
// that the first append does not wait for that.
rd_kafka_topic_t* KafkaProducer::HandleOf(const std::string& topic) {
  absl::MutexLock lock(&mutex_);
  KafkaTopicHandle& handle = topics_[topic];
  if (handle == nullptr) {
    handle.reset(rd_kafka_topic_new(client_->get(), topic.c_str(), nullptr));
    if (handle == nullptr) return nullptr;
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(client_->get(), 0, handle.get(), &metadata, kLeadersMs) ==
        RD_KAFKA_RESP_ERR_NO_ERROR)
      rd_kafka_metadata_destroy(metadata);
  }
  return handle.get();
}

rd_kafka_resp_err_t KafkaProducer::Produce(rd_kafka_topic_t* handle, const std::string& topic,
                                           const PendingRecord& pending, Report* report) {
  const Record& record = *pending.record;
  rd_kafka_headers_t* headers = HeadersOf(record, topic);
  const char* key = record.subject().empty() ? nullptr : record.subject().data();
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      client_->get(), RD_KAFKA_V_RKT(handle), RD_KAFKA_V_PARTITION(pending.partition),
      RD_KAFKA_V_KEY(key, record.subject().size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(record.data().data()), record.data().size()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_OPAQUE(report), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
  return error;
}

void KafkaProducer::Reported(Report* report, rd_kafka_resp_err_t error, int64_t offset) {
  report->error = error;
  report->offset = offset;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || offset < 0) failed_ = true;
  std::unique_ptr<Appending> append(report->append);
  if (append->waiting.fetch_sub(1, std::memory_order_acq_rel) > 1)
    return static_cast<void>(append.release());

  AppendResult result;
  for (const Report& each : append->reports) {
    result.offsets.push_back(each.offset);
    if (!result.status.ok()) continue;
    if (each.error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      result.status = absl::UnavailableError(
          absl::StrCat("appending to the log: ", rd_kafka_err2str(each.error)));
    } else if (each.offset < 0) {
      result.status = absl::UnavailableError(
          "appending to the log: acknowledged, but nobody says where it stands");
    }
  }
  if (!result.status.ok()) result.offsets.clear();
  append->done(std::move(result));
}

}  // namespace leadstream::log
