#include "common/log/kafka_topics.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>

namespace leadstream::log {
namespace {

constexpr int kReplicationFactorMin = 3, kInSyncReplicasMin = 2;

// The only source of truth is kept for ever, whole, and is never taken back.
const std::vector<std::pair<const char*, const char*>>& Kept() {
  static const std::vector<std::pair<const char*, const char*>> kKept = {
      {"retention.ms", "-1"},
      {"retention.bytes", "-1"},
      {"cleanup.policy",
       "delete"},  // with nothing to delete. "compact" would keep each resource's last event only
      {"unclean.leader.election.enable", "false"},
  };
  return kKept;
}

using Metadata = std::unique_ptr<const rd_kafka_metadata_t, DestroyBy<rd_kafka_metadata_destroy>>;

absl::StatusOr<Metadata> MetadataOf(const KafkaClient& client, const std::string& topic,
                                    absl::Duration timeout) {
  const std::string doing = absl::StrCat("topic ", topic);
  KafkaTopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (handle == nullptr)
    return absl::InvalidArgumentError(
        absl::StrCat(doing, ": ", rd_kafka_err2str(rd_kafka_last_error())));
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client.get(), 0, handle.get(), &answer, Milliseconds(timeout));
  Metadata metadata(answer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, doing);
  if (metadata->topic_cnt != 1) return absl::NotFoundError(absl::StrCat("there is no ", doing));
  absl::Status status = ToStatus(metadata->topics[0].err, doing);
  if (!status.ok()) return status;
  return metadata;
}

}  // namespace

absl::StatusOr<int> CountBrokers(const KafkaClient& client, absl::Duration timeout) {
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client.get(), 0, nullptr, &answer, Milliseconds(timeout));
  Metadata metadata(answer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, "reaching the brokers");
  return metadata->broker_cnt;
}

absl::StatusOr<int> PartitionsOf(const KafkaClient& client, const std::string& topic,
                                 absl::Duration timeout) {
  auto metadata = MetadataOf(client, topic, timeout);
  if (!metadata.ok()) return metadata.status();
  return (*metadata)->topics[0].partition_cnt;
}

absl::StatusOr<TopicSettings> SettingsOf(const KafkaClient& client, const std::string& topic,
                                         absl::Duration timeout) {
  auto metadata = MetadataOf(client, topic, timeout);
  if (!metadata.ok()) return metadata.status();
  const rd_kafka_metadata_topic_t& described = (*metadata)->topics[0];
  TopicSettings settings;
  settings.partitions = described.partition_cnt;
  for (int i = 0; i < described.partition_cnt; ++i) {
    const int replicas = described.partitions[i].replica_cnt;
    settings.replication_factor =
        i == 0 ? replicas : std::min(settings.replication_factor, replicas);
  }

  const std::string doing = absl::StrCat("settings of topic ", topic);
  std::unique_ptr<rd_kafka_ConfigResource_t, DestroyBy<rd_kafka_ConfigResource_destroy>> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  auto event = client.Administer(
      RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, doing, timeout,
      [&](rd_kafka_t* handle, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_ConfigResource_t* resources[] = {resource.get()};
        rd_kafka_DescribeConfigs(handle, resources, 1, options, queue);
      });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_ConfigResource_t** answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) return absl::UnavailableError(absl::StrCat(doing, ": no answer"));
  absl::Status status = ToStatus(rd_kafka_ConfigResource_error(answers[0]), doing);
  if (!status.ok()) return status;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(answers[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings.config[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

namespace {

constexpr absl::Duration kEndsAttemptMax = absl::Seconds(1);

absl::StatusOr<Positions> AskForEnds(const KafkaClient& client, const std::string& topic,
                                     const std::vector<int>& partitions, absl::Duration timeout,
                                     const std::string& doing) {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (int partition : partitions) {
    // Taken for a time, the end is the offset that the next record will have.
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
        RD_KAFKA_OFFSET_END;
  }
  absl::Status asked =
      ToStatus(rd_kafka_offsets_for_times(client.get(), list.get(), Milliseconds(timeout)), doing);
  if (!asked.ok()) return asked;
  Positions ends;
  for (int i = 0; i < list->cnt; ++i) {
    asked = ToStatus(list->elems[i].err, absl::StrCat(doing, "/", list->elems[i].partition));
    if (!asked.ok()) return asked;
    ends[list->elems[i].partition] = list->elems[i].offset;
  }
  return ends;
}

}  // namespace

absl::StatusOr<int64_t> EndOf(const KafkaClient& client, const std::string& topic, int partition,
                              absl::Duration timeout) {
  auto ends = EndsOf(client, topic, {partition}, timeout);
  if (!ends.ok()) return ends.status();
  return ends->at(partition);
}

absl::StatusOr<Positions> EndsOf(const KafkaClient& client, const std::string& topic,
                                 const std::vector<int>& partitions, absl::Duration timeout) {
  const std::string doing = absl::StrCat("the end of ", topic);
  const absl::Time deadline = absl::Now() + timeout;
  // librdkafka asks the leaders that it knows of, and waits for one that has died: so it is given a
  // part of the time, and then made to look who leads now.
  for (;;) {
    auto ends = AskForEnds(client, topic, partitions,
                           std::min(kEndsAttemptMax, deadline - absl::Now()), doing);
    if (ends.ok() || !absl::IsUnavailable(ends.status()) || absl::Now() >= deadline) return ends;
    auto leaders = MetadataOf(client, topic, deadline - absl::Now());
    if (!leaders.ok()) return leaders.status();
  }
}

absl::Status MakeTopic(const KafkaClient& client, const std::string& topic, int partitions,
                       int replication_factor, absl::Duration timeout) {
  const std::string doing = absl::StrCat("making the topic ", topic);
  const absl::Time deadline = absl::Now() + timeout;
  char error[512];
  std::unique_ptr<rd_kafka_NewTopic_t, DestroyBy<rd_kafka_NewTopic_destroy>> asked(
      rd_kafka_NewTopic_new(topic.c_str(), partitions, replication_factor, error, sizeof error));
  if (asked == nullptr) return absl::InvalidArgumentError(absl::StrCat(doing, ": ", error));
  for (const auto& [name, value] : Kept()) rd_kafka_NewTopic_set_config(asked.get(), name, value);
  rd_kafka_NewTopic_set_config(
      asked.get(), "min.insync.replicas",
      absl::StrCat(std::min(kInSyncReplicasMin, replication_factor)).c_str());
  rd_kafka_NewTopic_set_config(asked.get(), "max.message.bytes",
                               absl::StrCat(kRecordBytesMax).c_str());

  auto event = client.Administer(
      RD_KAFKA_ADMIN_OP_CREATETOPICS, doing, timeout,
      [&](rd_kafka_t* handle, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_NewTopic_t* topics[] = {asked.get()};
        rd_kafka_CreateTopics(handle, topics, 1, options, queue);
      });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_topic_result_t** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  if (count != 1) return absl::UnavailableError(absl::StrCat(doing, ": no answer"));
  const rd_kafka_resp_err_t result = rd_kafka_topic_result_error(results[0]);
  const char* detail = rd_kafka_topic_result_error_string(results[0]);
  if (result == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return absl::AlreadyExistsError(absl::StrCat("topic ", topic, " exists"));
  absl::Status made = ToStatus(result, doing, detail == nullptr ? "" : detail);
  if (!made.ok()) return made;

  // The controller has it; the brokers hear of it a moment later, and until then refuse some of the
  // records sent to them (kafka_producer.h).
  for (int partition = 0; partition < partitions; ++partition) {
    while (!EndOf(client, topic, partition, deadline - absl::Now()).ok()) {
      if (absl::Now() >= deadline)
        return absl::UnavailableError(
            absl::StrCat(doing, ": partition ", partition, " has no leader yet"));
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> WeaknessesOf(const TopicSettings& settings) {
  std::vector<std::string> weaknesses;
  auto value_of = [&](const char* name) {
    auto at = settings.config.find(name);
    return at == settings.config.end() ? std::string("unknown") : at->second;
  };
  for (const auto& [name, wanted] : Kept()) {
    if (value_of(name) != wanted)
      weaknesses.push_back(absl::StrCat(name, " is ", value_of(name), ", not ", wanted));
  }
  int in_sync = 0;
  if (!absl::SimpleAtoi(value_of("min.insync.replicas"), &in_sync) ||
      in_sync < kInSyncReplicasMin) {
    weaknesses.push_back(absl::StrCat("min.insync.replicas is ", value_of("min.insync.replicas"),
                                      ", below ", kInSyncReplicasMin));
  }
  if (settings.replication_factor < kReplicationFactorMin) {
    weaknesses.push_back(absl::StrCat("the replication factor is ", settings.replication_factor,
                                      ", below ", kReplicationFactorMin));
  }
  return weaknesses;
}

}  // namespace leadstream::log
