#include "tests/bench/lead_records.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

#include <utility>

#include "common/log/bulk_append.h"
#include "common/log/fence.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/runtime/ids.h"
#include "services/lead/lead_context.h"
#include "tests/bench/leads.h"

namespace leadstream::bench {

LeadRecords::LeadRecords(int partitions)
    : leads_(lead::LeadAggregate()), next_offsets_(static_cast<size_t>(partitions)) {}

log::LoggedRecord LeadRecords::Claim() {
  const int partition = claimed_++;
  return {
      partition, next_offsets_[static_cast<size_t>(partition)]++,
      log::Fence().NextClaim(runtime::NewUuid(kFirstTimeUs), {"bench", "bench", ""}, kFirstTimeUs)};
}

log::LoggedRecord LeadRecords::Next() {
  if (claimed_ < static_cast<int>(next_offsets_.size())) return Claim();
  const int64_t time_us = kFirstTimeUs + static_cast<int64_t>(number_) * kBetweenUs;
  const lead::v1::CreateLeadRequest request = CreateLead(number_++, "catch_up");
  const std::string id = runtime::NewUuid(time_us);
  domain::Context context;
  context.now = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time_us);
  context.actor = "bench";
  context.name = absl::StrCat("leads/", id);
  domain::Decision decision =
      leads_.FindCommand(request.GetDescriptor())->decide(leads_.prototype(), request, context);
  log::LoggedRecord logged;
  logged.partition = log::PartitionOf(context.name, static_cast<int>(next_offsets_.size()));
  logged.offset = next_offsets_[static_cast<size_t>(logged.partition)]++;
  log::Record& record = logged.record;
  record.set_subject(context.name);
  record.set_type(decision.event().GetDescriptor()->full_name());
  decision.event().SerializeToString(record.mutable_data());
  record.set_id(id);
  record.set_time_us(time_us);
  record.set_revision(1);
  record.set_epoch(1);
  record.set_request_id(request.request_id());
  record.set_request_hash(runtime::HashOf(request));
  record.set_actor(context.actor);
  record.set_correlation_id(id);
  return logged;
}

absl::Status WriteLeads(log::EventLog* log, int partitions, int leads) {
  LeadRecords records(partitions);
  log::BulkAppend append(log, log::TopicOf("lead"));
  for (int left = leads + partitions; left > 0; --left) {
    log::LoggedRecord next = records.Next();
    absl::Status added = append.Add(next.partition, std::move(next.record));
    if (!added.ok()) return added;
  }
  return append.Finish();
}

}  // namespace leadstream::bench
