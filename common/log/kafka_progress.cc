#include "common/log/kafka_progress.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <cstring>

namespace leadstream::log {
namespace {

absl::string_view MetadataOf(const rd_kafka_topic_partition_t& partition) { return {static_cast<const char*>(partition.metadata), partition.metadata_size}; }

void SetMetadata(rd_kafka_topic_partition_t* partition, const std::string& text) {
  partition->metadata = malloc(text.size());  // freed with its list, by free()
  memcpy(partition->metadata, text.data(), text.size());
  partition->metadata_size = text.size();
}

// The answer's group of which there is one.
absl::StatusOr<const rd_kafka_topic_partition_list_t*> OnlyGroup(const rd_kafka_group_result_t** groups, size_t count, absl::string_view doing) {
  if (count != 1) return absl::UnavailableError(absl::StrCat(doing, ": no answer"));
  if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0])) return ToStatus(rd_kafka_error_code(error), doing, rd_kafka_error_string(error));
  return rd_kafka_group_result_partitions(groups[0]);
}

}  // namespace

absl::Status CommitKafkaProgress(const KafkaClient& client, const std::string& group, const std::string& topic, const GroupProgress& progress, absl::Duration timeout) {
  if (progress.empty()) return absl::OkStatus();
  const std::string doing = absl::StrCat("keeping the progress of ", group);
  KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(progress.size())));
  for (const auto& [partition, reached] : progress) {
    rd_kafka_topic_partition_t* entry = rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
    entry->offset = reached.next_offset;
    SetMetadata(entry, absl::StrCat(reached.epoch));
  }
  std::unique_ptr<rd_kafka_AlterConsumerGroupOffsets_t, DestroyBy<rd_kafka_AlterConsumerGroupOffsets_destroy>> asked(
      rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get()));
  auto event = client.Administer(RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, doing, timeout, [&](rd_kafka_t* handle, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
    rd_kafka_AlterConsumerGroupOffsets_t* groups[] = {asked.get()};
    rd_kafka_AlterConsumerGroupOffsets(handle, groups, 1, options, queue);
  });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(rd_kafka_event_AlterConsumerGroupOffsets_result(event->get()), &count);
  auto answered = OnlyGroup(groups, count, doing);
  if (!answered.ok()) return answered.status();
  for (int i = 0; i < (*answered)->cnt; ++i) {
    absl::Status kept = ToStatus((*answered)->elems[i].err, doing);
    if (!kept.ok()) return kept;
  }
  return absl::OkStatus();
}

absl::StatusOr<GroupProgress> ReadKafkaProgress(const KafkaClient& client, const std::string& group, const std::string& topic, int partitions, absl::Duration timeout) {
  const std::string doing = absl::StrCat("reading the progress of ", group);
  KafkaPartitions list(rd_kafka_topic_partition_list_new(partitions));
  rd_kafka_topic_partition_list_add_range(list.get(), topic.c_str(), 0, partitions - 1);
  std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, DestroyBy<rd_kafka_ListConsumerGroupOffsets_destroy>> asked(
      rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), list.get()));
  auto event = client.Administer(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, doing, timeout, [&](rd_kafka_t* handle, rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
    rd_kafka_ListConsumerGroupOffsets_t* groups[] = {asked.get()};
    rd_kafka_ListConsumerGroupOffsets(handle, groups, 1, options, queue);
  });
  if (!event.ok()) return event.status();
  size_t count = 0;
  const rd_kafka_group_result_t** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(event->get()), &count);
  auto answered = OnlyGroup(groups, count, doing);
  if (!answered.ok()) return answered.status();
  GroupProgress progress;
  for (int i = 0; i < (*answered)->cnt; ++i) {
    const rd_kafka_topic_partition_t& entry = (*answered)->elems[i];
    absl::Status read = ToStatus(entry.err, doing);
    if (!read.ok()) return read;
    if (entry.offset < 0) continue;  // nothing was ever committed
    Progress reached{entry.offset, 0};
    if (!absl::SimpleAtoi(MetadataOf(entry), &reached.epoch) && entry.offset > 0) {
      return absl::FailedPreconditionError(absl::StrCat(doing, ": ", topic, "/", entry.partition, " was set to ", entry.offset,
                                                        " by another tool, without the epoch; only 0 can be set that way"));
    }
    progress[entry.partition] = reached;
  }
  return progress;
}

}  // namespace leadstream::log
