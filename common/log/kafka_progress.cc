#include "common/log/kafka_progress.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <cstdlib>
#include <cstring>

namespace leadstream::log {
namespace {

absl::string_view MetadataOf(const rd_kafka_topic_partition_t& partition) {
  return {static_cast<const char*>(partition.metadata), partition.metadata_size};
}

void SetMetadata(rd_kafka_topic_partition_t* partition, const std::string& text) {
  partition->metadata = malloc(text.size());  // freed with its list, by free()
  memcpy(partition->metadata, text.data(), text.size());
  partition->metadata_size = text.size();
}

// Of the answer itself, or else of the first partition that has one.
rd_kafka_resp_err_t FirstError(rd_kafka_resp_err_t answer,
                               const rd_kafka_topic_partition_list_t* list) {
  for (int i = 0; list != nullptr && i < list->cnt && answer == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
    answer = list->elems[i].err;
  return answer;
}

// Another broker takes the group over, which librdkafka leaves to its caller.
bool IsBeingTakenOver(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}
constexpr absl::Duration kTakingOverPause = absl::Milliseconds(100);

}  // namespace

absl::StatusOr<rd_kafka_t*> KafkaProgress::ClientOf(const std::string& group) {
  absl::MutexLock lock(&mutex_);
  std::unique_ptr<KafkaClient>& client = clients_[group];
  if (client == nullptr) {
    auto made = KafkaClient::Make(RD_KAFKA_CONSUMER, options_,
                                  {{"group.id", group}, {"enable.auto.commit", "false"}});
    if (!made.ok()) return made.status();
    client = std::move(*made);
  }
  return client->get();
}

absl::Status KafkaProgress::Commit(const std::string& group, const std::string& topic,
                                   const GroupProgress& progress) {
  if (progress.empty()) return absl::OkStatus();
  auto client = ClientOf(group);
  if (!client.ok()) return client.status();
  const std::string doing = absl::StrCat("keeping the progress of ", group);
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(progress.size())));
  for (const auto& [partition, reached] : progress) {
    rd_kafka_topic_partition_t* entry =
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
    entry->offset = reached.next_offset;
    SetMetadata(entry, absl::StrCat(reached.epoch));
  }
  // By a queue of our own, because the call that waits by itself has no deadline.
  KafkaQueue queue(rd_kafka_queue_new(*client));
  absl::Status asked =
      ToStatus(rd_kafka_commit_queue(*client, list.get(), queue.get(), nullptr, nullptr), doing);
  if (!asked.ok()) return asked;
  KafkaEvent result(rd_kafka_queue_poll(queue.get(), Milliseconds(options_.request_timeout)));
  if (result == nullptr) return absl::UnavailableError(absl::StrCat(doing, ": no answer"));
  return ToStatus(FirstError(rd_kafka_event_error(result.get()),
                             rd_kafka_event_topic_partition_list(result.get())),
                  doing);
}

absl::StatusOr<GroupProgress> KafkaProgress::Read(const std::string& group,
                                                  const std::string& topic, int partitions) {
  auto client = ClientOf(group);
  if (!client.ok()) return client.status();
  const std::string doing = absl::StrCat("reading the progress of ", group);
  KafkaPartitions list(rd_kafka_topic_partition_list_new(partitions));
  rd_kafka_topic_partition_list_add_range(list.get(), topic.c_str(), 0, partitions - 1);
  const absl::Time deadline = absl::Now() + options_.request_timeout;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (;;) {
    const int left_ms = Milliseconds(deadline - absl::Now());
    error = FirstError(rd_kafka_committed(*client, list.get(), left_ms), list.get());
    if (!IsBeingTakenOver(error) || absl::Now() + kTakingOverPause >= deadline) break;
    absl::SleepFor(kTakingOverPause);
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, doing);
  GroupProgress progress;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& entry = list->elems[i];
    if (entry.offset < 0) continue;  // nothing was ever committed
    Progress reached{entry.offset, 0};
    if (!absl::SimpleAtoi(MetadataOf(entry), &reached.epoch) && entry.offset > 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(doing, ": ", topic, "/", entry.partition, " was set to ", entry.offset,
                       " by another tool, without the epoch; only 0 can be set that way"));
    }
    progress[entry.partition] = reached;
  }
  return progress;
}

}  // namespace leadstream::log
