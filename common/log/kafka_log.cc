#include "common/log/kafka_log.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <numeric>

#include "common/log/kafka_client.h"
#include "common/log/kafka_cursor.h"
#include "common/log/kafka_membership.h"
#include "common/log/kafka_producer.h"
#include "common/log/kafka_progress.h"
#include "common/log/kafka_topics.h"

namespace leadstream::log {
namespace {

class LogOnKafka : public KafkaLog {
 public:
  LogOnKafka(KafkaLogOptions options, std::unique_ptr<KafkaClient> client,
             std::unique_ptr<KafkaProducer> producer)
      : options_(std::move(options)),
        client_(std::move(client)),
        progress_(options_),
        producer_(std::move(producer)) {}

  absl::StatusOr<int> Partitions(const std::string& topic) override;
  absl::Status CreateTopic(const std::string& topic, int partitions) override;
  absl::Status CheckTopic(const std::string& topic) override;
  absl::StatusOr<std::vector<std::string>> Weaknesses(const std::string& topic) override;
  void Append(const std::string& topic, const std::vector<PendingRecord>& group,
              std::function<void(AppendResult)> done) override;
  absl::StatusOr<int64_t> End(const std::string& topic, int partition) override;
  absl::StatusOr<Positions> Ends(const std::string& topic) override;
  absl::StatusOr<std::unique_ptr<Cursor>> Read(const std::string& topic, const Positions& from,
                                               absl::Duration patience) override;
  absl::Status Recover() override;
  absl::Status CommitProgress(const std::string& group, const std::string& topic,
                              const GroupProgress& progress) override {
    return progress_.Commit(Named(group), Named(topic), progress);
  }
  absl::StatusOr<GroupProgress> Progress(const std::string& group,
                                         const std::string& topic) override;
  std::unique_ptr<Membership> Join(const std::string& topic, const std::string& node,
                                   std::function<void(std::vector<int>)> propose) override {
    return JoinKafkaGroup(options_, Named(topic), node, std::move(propose));
  }
  bool exclusive() const override { return false; }

 private:
  std::string Named(const std::string& name) const { return options_.prefix + name; }
  absl::Status Refuse(const std::string& topic, int partition) const {
    return absl::NotFoundError(absl::StrCat("topic ", topic, " has no partition ", partition));
  }

  const KafkaLogOptions options_;
  const std::unique_ptr<KafkaClient> client_;  // for all that is neither written nor read
  KafkaProgress progress_;
  absl::Mutex known_mutex_;
  std::map<std::string, int> known_ ABSL_GUARDED_BY(known_mutex_);
  absl::Mutex recovering_;
  // Appending holds it as a reader, so that Recover, and not an append, waits for the end of a
  // producer.
  absl::Mutex mutex_ ABSL_ACQUIRED_AFTER(recovering_);
  std::unique_ptr<KafkaProducer> producer_ ABSL_GUARDED_BY(mutex_);
};

// A topic keeps the partitions it was made with, since they say where its keys are: asked once.
absl::StatusOr<int> LogOnKafka::Partitions(const std::string& topic) {
  {
    absl::MutexLock lock(&known_mutex_);
    auto known = known_.find(topic);
    if (known != known_.end()) return known->second;
  }
  auto partitions = PartitionsOf(*client_, Named(topic), options_.request_timeout);
  if (!partitions.ok()) return partitions;
  absl::MutexLock lock(&known_mutex_);
  known_[topic] = *partitions;
  return partitions;
}

absl::Status LogOnKafka::CreateTopic(const std::string& topic, int partitions) {
  auto existing = Partitions(topic);
  if (absl::IsNotFound(existing.status())) {
    int replication_factor = options_.replication_factor;
    if (options_.allow_weak_topics) {
      auto brokers = CountBrokers(*client_, options_.request_timeout);
      if (!brokers.ok()) return brokers.status();
      replication_factor = std::min(replication_factor, *brokers);
    }
    absl::Status made =
        MakeTopic(*client_, Named(topic), partitions, replication_factor, options_.request_timeout);
    if (!made.ok() && !absl::IsAlreadyExists(made))
      return made;  // another node may have been faster
    existing = Partitions(topic);
  }
  if (!existing.ok()) return existing.status();
  if (*existing != partitions)
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", topic, " has ", *existing, " partitions, not ", partitions));
  return CheckTopic(topic);
}

absl::Status LogOnKafka::CheckTopic(const std::string& topic) {
  if (options_.allow_weak_topics) return absl::OkStatus();
  auto weaknesses = Weaknesses(topic);
  if (!weaknesses.ok()) return weaknesses.status();
  if (weaknesses->empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "topic ", Named(topic), " may lose records: ", absl::StrJoin(*weaknesses, "; ")));
}

absl::StatusOr<std::vector<std::string>> LogOnKafka::Weaknesses(const std::string& topic) {
  auto settings = SettingsOf(*client_, Named(topic), options_.request_timeout);
  if (!settings.ok()) return settings.status();
  return WeaknessesOf(*settings);
}

void LogOnKafka::Append(const std::string& topic, const std::vector<PendingRecord>& group,
                        std::function<void(AppendResult)> done) {
  absl::ReaderMutexLock lock(&mutex_);
  producer_->Append(Named(topic), group, std::move(done));
}

absl::StatusOr<int64_t> LogOnKafka::End(const std::string& topic, int partition) {
  auto partitions = Partitions(topic);
  if (!partitions.ok()) return partitions.status();
  if (partition < 0 || partition >= *partitions) return Refuse(topic, partition);
  return EndOf(*client_, Named(topic), partition, options_.request_timeout);
}

absl::StatusOr<Positions> LogOnKafka::Ends(const std::string& topic) {
  auto partitions = Partitions(topic);
  if (!partitions.ok()) return partitions.status();
  std::vector<int> all(static_cast<size_t>(*partitions));
  std::iota(all.begin(), all.end(), 0);
  return EndsOf(*client_, Named(topic), all, options_.request_timeout);
}

absl::StatusOr<std::unique_ptr<Cursor>> LogOnKafka::Read(const std::string& topic,
                                                         const Positions& from,
                                                         absl::Duration patience) {
  auto partitions = Partitions(topic);
  if (!partitions.ok()) return partitions.status();
  for (const auto& [partition, offset] : from) {
    if (partition < 0 || partition >= *partitions) return Refuse(topic, partition);
    if (offset < 0)
      return absl::OutOfRangeError(absl::StrCat("offset ", offset, " is before the beginning"));
  }
  return OpenKafkaCursor(options_, Named(topic), from, patience);
}

absl::StatusOr<GroupProgress> LogOnKafka::Progress(const std::string& group,
                                                   const std::string& topic) {
  auto partitions = Partitions(topic);
  if (!partitions.ok()) return partitions.status();
  return progress_.Read(Named(group), Named(topic), *partitions);
}

// Whoever comes second finds a producer that has not failed, and leaves it to its appends.
absl::Status LogOnKafka::Recover() {
  absl::MutexLock one_at_a_time(&recovering_);
  const rd_kafka_metadata_t* answer = nullptr;
  absl::Status reached = ToStatus(rd_kafka_metadata(client_->get(), 0, nullptr, &answer,
                                                    Milliseconds(options_.request_timeout)),
                                  "reaching the brokers");
  if (!reached.ok()) return reached;
  rd_kafka_metadata_destroy(answer);

  std::unique_ptr<KafkaProducer> broken;  // ends last, and with it what is in flight, as failed
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (!producer_->failed()) return absl::OkStatus();
  }
  auto producer = KafkaProducer::Make(options_);
  if (!producer.ok()) return producer.status();
  {
    absl::WriterMutexLock lock(&mutex_);
    broken = std::move(producer_);
    producer_ = std::move(*producer);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaLog>> KafkaLog::Open(const KafkaLogOptions& options) {
  if (options.brokers.empty())
    return absl::InvalidArgumentError("Kafka needs the address of a broker");
  auto client =
      KafkaClient::Make(RD_KAFKA_CONSUMER, options, {{"isolation.level", "read_uncommitted"}});
  if (!client.ok()) return client.status();
  auto producer = KafkaProducer::Make(options);
  if (!producer.ok()) return producer.status();
  return std::make_unique<LogOnKafka>(options, std::move(*client), std::move(*producer));
}

}  // namespace leadstream::log
