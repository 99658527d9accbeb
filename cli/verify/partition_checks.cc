#include "cli/verify/partition_checks.h"

#include <absl/hash/hash.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <utility>

#include "common/log/fence.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/log/skips.h"
#include "common/runtime/resource_types.h"

namespace leadstream::verify {
namespace {

using google::protobuf::Message;
using log::LoggedRecord;
using log::Record;

// How long a request id is remembered (common/store/read_model.h).
constexpr int64_t kRequestWindowUs = int64_t{7} * 24 * 3600 * 1'000'000;
// How far apart the clocks of two writers may be.
constexpr int64_t kClocksApartUs = int64_t{3600} * 1'000'000;

size_t HashOf(const std::string& text) { return absl::Hash<std::string>()(text); }

}  // namespace

Finding PartitionChecks::FindingOf(const char* check, const LoggedRecord& logged,
                                   std::string what) const {
  return {check, log::ToString({of_.service, logged.partition, logged.offset}),
          logged.record.subject(), std::move(what)};
}

void PartitionChecks::Report(const char* check, const LoggedRecord& logged, std::string what) {
  findings_->Add(FindingOf(check, logged, std::move(what)));
}

void PartitionChecks::Ended() {
  for (auto& [offset, finding] : unreadable_) findings_->Add(std::move(finding));
  unreadable_.clear();
}

std::unique_ptr<Message> PartitionChecks::See(const LoggedRecord& logged, bool counts) {
  if (of_.whole) SeePlace(logged);
  if (const auto skipped = log::SkippedBy(logged.record)) unreadable_.erase(*skipped);
  if (!counts) return nullptr;
  newest_us_ = std::max(newest_us_, logged.record.time_us());
  SeeHeaders(logged);
  const store::Collection* collection = of_.schema->OfName(logged.record.subject());
  if (collection == nullptr) {
    Report("subject-unknown", logged,
           absl::StrCat("'", logged.record.subject(), "' is no resource of ", of_.service));
  } else {
    SeeStory(logged, collection->aggregate());
  }
  if (!logged.record.request_id().empty()) SeeRequest(logged);
  return Decode(logged);
}

void PartitionChecks::SeePlace(const LoggedRecord& logged) {
  if (logged.offset != next_offset_)
    Report("offset-gap", logged, absl::StrCat("offset ", next_offset_, " is missing"));
  next_offset_ = logged.offset + 1;
  if (log::Fence::IsClaim(logged.record)) {
    SeeClaim(logged);
  } else if (log::Fence::IsEvent(logged.record) && logged.record.epoch() > epoch_) {
    Report(
        "epoch-unclaimed", logged,
        absl::StrCat("its epoch is ", logged.record.epoch(), ", the last one claimed is ", epoch_));
  }
}

void PartitionChecks::SeeClaim(const LoggedRecord& logged) {
  common::v1::PartitionClaimed claimed;
  if (!claimed.ParseFromString(logged.record.data()) || claimed.node().empty()) {
    Report("claim-unreadable", logged, "a claim that names no node");
    return;
  }
  if (logged.record.epoch() > epoch_ + 1)
    Report("epoch-skipped", logged,
           absl::StrCat("epoch ", logged.record.epoch(), " is claimed after ", epoch_));
  epoch_ = std::max(epoch_, logged.record.epoch());
}

void PartitionChecks::SeeHeaders(const LoggedRecord& logged) {
  const Record& record = logged.record;
  if (record.id().empty()) Report("event-id-missing", logged, "it has no id");
  if (record.actor().empty()) Report("actor-missing", logged, "nobody did it");
  if (record.time_us() <= 0 || record.time_us() > absl::ToUnixMicros(absl::Now()) + kClocksApartUs)
    Report("time-invalid", logged,
           absl::StrCat("it was recorded at ",
                        absl::FormatTime(absl::FromUnixMicros(record.time_us()))));
}

void PartitionChecks::SeeStory(const LoggedRecord& logged, const domain::Aggregate& aggregate) {
  const Record& record = logged.record;
  const domain::Fold* fold = aggregate.FindFold(record.type());
  if (fold == nullptr && runtime::PrototypeOf(record.type()) != nullptr)
    Report("type-of-other-resource", logged,
           absl::StrCat(record.type(), " does not happen to ", aggregate.collection()));
  const int partition = log::PartitionOf(aggregate.PartitionKey(record.subject()), of_.partitions);
  if (of_.partitions > 0 && partition != logged.partition)
    Report("partition-wrong", logged, absl::StrCat("its key belongs to partition ", partition));
  Resource& resource = resources_[HashOf(record.subject())];
  if (record.revision() != resource.revision + 1)
    Report("revision-gap", logged,
           absl::StrCat("revision ", record.revision(), " follows ", resource.revision));
  if (resource.deleted)
    Report("event-after-deletion", logged, absl::StrCat(record.subject(), " was deleted before"));
  if (record.time_us() < resource.time_us - kClocksApartUs)
    Report("time-backwards", logged, "it was recorded before the event that it follows");
  resource = {record.revision(), record.time_us(),
              resource.deleted || (fold != nullptr && fold->deletes)};
}

void PartitionChecks::SeeRequest(const LoggedRecord& logged) {
  const Record& record = logged.record;
  if (of_.whole && record.request_hash().empty())  // an export leaves it out
    Report("request-hash-missing", logged,
           absl::StrCat("request ", record.request_id(), " has no hash"));
  auto [at, first] = requests_.try_emplace(HashOf(record.request_id()), record.time_us());
  if (!first && record.time_us() - at->second < kRequestWindowUs)
    Report("request-id-reused", logged,
           absl::StrCat("request ", record.request_id(), " was accepted before"));
  at->second = record.time_us();
}

std::unique_ptr<Message> PartitionChecks::Decode(const LoggedRecord& logged) {
  const Record& record = logged.record;
  const Message* prototype = runtime::PrototypeOf(record.type());
  if (prototype == nullptr) {
    Report("type-unknown", logged, absl::StrCat("this version knows no ", record.type()));
    return nullptr;
  }
  std::unique_ptr<Message> payload(prototype->New());
  if (!payload->ParseFromString(record.data())) {
    unreadable_[logged.offset] =
        FindingOf("payload-unreadable", logged, absl::StrCat("it is no ", record.type()));
    return nullptr;
  }
  const std::string again = payload->SerializeAsString();
  if (again == record.data()) return payload;
  // A map may be written in any order: then the same message comes of the other order.
  std::unique_ptr<Message> twice(prototype->New());
  twice->ParseFromString(again);
  if (again.size() != record.data().size() ||
      !google::protobuf::util::MessageDifferencer::Equals(*payload, *twice))
    Report("payload-not-canonical", logged,
           absl::StrCat("written again it has ", again.size(), " bytes in place of ",
                        record.data().size(), ", or others"));
  return payload;
}

}  // namespace leadstream::verify
