#include "tests/bench/lead_records.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <google/protobuf/util/time_util.h>

#include <memory>

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
  constexpr int kGroup = 2'000, kInFlightMax = 8;
  LeadRecords records(partitions);
  absl::Mutex mutex;
  int in_flight = 0;
  absl::Status failed;
  for (int left = leads + partitions; left > 0;) {
    auto group = std::make_shared<std::vector<log::LoggedRecord>>();
    for (; left > 0 && group->size() < kGroup; --left) group->push_back(records.Next());
    std::vector<log::PendingRecord> pending;
    for (const log::LoggedRecord& logged : *group)
      pending.push_back({logged.partition, &logged.record});
    {
      absl::MutexLock lock(&mutex);
      auto free = [&] { return in_flight < kInFlightMax; };
      mutex.Await(absl::Condition(&free));
      if (!failed.ok()) break;
      ++in_flight;
    }
    log->Append(log::TopicOf("lead"), pending, [&, group](const log::AppendResult& result) {
      absl::MutexLock lock(&mutex);
      --in_flight;
      if (!result.status.ok()) failed = result.status;
    });
  }
  absl::MutexLock lock(&mutex);
  auto none = [&] { return in_flight == 0; };
  mutex.Await(absl::Condition(&none));
  return failed;
}

}  // namespace leadstream::bench
